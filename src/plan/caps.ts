/** How much one run of a reconciliation may change. An input that is cut off or mixed up must do no harm: pure. */
import type { Changes } from './diff/change-counts.js';

/** A number of rows, or a share of them. */
export type Cap = { readonly rows: number } | { readonly percent: number };

/** What a run may do at the most. */
export interface Caps {
  /** Users that are changed, of the input's rows. */
  readonly changes: Cap;
  /** Users whose names or usernames are changed, likewise. */
  readonly renames: Cap;
  /** Share of a group's members that may leave it, in percent. */
  readonly groupDrain: number;
  /** Rows that the input has to have. */
  readonly minRows: number;
  /** By how much the input may be shorter than the last one, in percent. */
  readonly shrink: number;
}

/** Shares are of no use among a few: so many users may always change, and leave a group. */
export const ALWAYS_ALLOWED = 20;

/** What the caps are held against, beside the changes. */
export interface Circumstances {
  /** Rows of the last input; undefined where there was none. */
  readonly lastRows: number | undefined;
  /** Members of a group, by its ID. */
  readonly membersOf: (groupId: string) => number;
}

/** A cap that is gone beyond. */
export interface Tripped {
  /** The flag that raises it. */
  readonly flag: string;
  /** What would be, and what is allowed, as a sentence without its stop. */
  readonly message: string;
}

/** How many of so many rows a cap allows. */
export const rowsOf = (cap: Cap, rows: number): number =>
  'rows' in cap ? cap.rows : Math.floor((rows * cap.percent) / 100);

/** Groups of which the caps have to know how many members they have. */
export const drained = ({ leavers }: Changes): string[] =>
  [...leavers].flatMap(([group, users]) => (users > ALWAYS_ALLOWED ? [group] : []));

/** All caps that are gone beyond; none where the run may go on. */
export function trippedCaps(caps: Caps, changes: Changes, circumstances: Circumstances): Tripped[] {
  const { rows, changed, renames } = changes;
  const { lastRows, membersOf } = circumstances;
  const tripped: Tripped[] = [];
  const trip = (flag: string, message: string) => tripped.push({ flag, message });
  const most = allowed(caps.changes, rows);
  if (changed > most)
    trip('--max-changes', `${changed} of ${rows} users would be changed, allowed are ${most}`);
  const mostRenames = allowed(caps.renames, rows);
  if (renames > mostRenames)
    trip('--max-renames', `${renames} of ${rows} users would be renamed, allowed are ${mostRenames}`);
  for (const group of drained(changes)) {
    const users = changes.leavers.get(group) ?? 0;
    // Who was invited and has not come yet can leave a group, and is in no count.
    const members = Math.max(users, membersOf(group));
    if (users > Math.max(ALWAYS_ALLOWED, (members * caps.groupDrain) / 100))
      trip(
        '--max-group-drain',
        `${users} of the ${members} members of group ${group} would leave it, allowed are ${caps.groupDrain} %`,
      );
  }
  if (rows < caps.minRows) trip('--min-rows', `the input has ${rows} rows, needed are ${caps.minRows}`);
  if (lastRows !== undefined && rows < lastRows * (1 - caps.shrink / 100))
    trip(
      '--max-shrink',
      `the input has ${rows} rows and the last one had ${lastRows}, allowed are ${caps.shrink} % less`,
    );
  return tripped;
}

/** A share allows some users always; a number says just what it says. */
const allowed = (cap: Cap, rows: number): number =>
  'rows' in cap ? cap.rows : Math.max(ALWAYS_ALLOWED, rowsOf(cap, rows));
