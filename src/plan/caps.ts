/** How much one run of a reconciliation may change, so that an input that is cut off or mixed up does no harm: pure. */

import { count } from '../text/count.js';
import type { Changes } from './diff/change-counts.js';

/** A number of rows, or a share of them. */
export type Cap = { readonly rows: number } | { readonly percent: number };

/** The most that a run may do. */
export interface Caps {
  /** Users that are changed, of the input's rows. */
  readonly changes: Cap;
  /** Users whose names or usernames are changed, of the input's rows. */
  readonly renames: Cap;
  /** Rows whose user is not in the network and that are left out for that, of the input's rows. */
  readonly missing: Cap;
  /** Users of the network whom no row names, of all users; undefined: any number. */
  readonly unlisted: Cap | undefined;
  /** Share of a group's members that may leave it, in percent. */
  readonly groupDrain: number;
  /** Rows that the input must have at least. */
  readonly minRows: number;
  /** Rows that the caller's filters must leave at least. */
  readonly minSelected: number;
  /** By how much the input may be shorter than the largest of the last ten, in percent. */
  readonly shrink: number;
}

/** A share says little about a few users: this many may always change, and leave a group. */
export const ALWAYS_ALLOWED = 20;

/** What the caps have to know beside the changes. */
export interface CapContext {
  /** Rows of the last input; undefined if there was none. */
  readonly lastRows: number | undefined;
  /** Members of a group, by its ID; undefined if the service does not tell. */
  readonly membersOf: (groupId: string) => number | undefined;
  /** How many users no row names, of how many; undefined if not all users were listed. */
  readonly unlisted?: { readonly count: number; readonly users: number } | undefined;
}

/** A cap that the input exceeds. */
export interface ExceededCap {
  /** Name of the option that raises it. */
  readonly option: string;
  /** What would happen and what is allowed, as a sentence without a full stop. */
  readonly message: string;
}

/** How many rows out of `rows` a cap allows. */
export const rowsOf = (cap: Cap, rows: number): number =>
  'rows' in cap ? cap.rows : Math.floor((rows * cap.percent) / 100);

/** The groups whose number of members the caps have to know. */
export const drainedGroups = ({ leavers, unknownGroups }: Changes): string[] =>
  [...leavers].flatMap(([group, users]) => (users + unknownGroups > ALWAYS_ALLOWED ? [group] : []));

/** All caps that the input exceeds; none if the run may start. */
export function exceededCaps(
  caps: Caps,
  changes: Changes,
  { lastRows, membersOf, unlisted }: CapContext,
): ExceededCap[] {
  const { rows, changed, renames } = changes;
  const exceeded: ExceededCap[] = [];
  const most = limitOf(caps.changes, rows);
  if (changed > most)
    exceeded.push({
      option: 'maxChanges',
      message: `${count(changed)} of ${count(rows)} users would be changed, but at most ${count(most)} are allowed`,
    });
  const mostRenames = limitOf(caps.renames, rows);
  if (renames > mostRenames)
    exceeded.push({
      option: 'maxRenames',
      message: `${count(renames)} of ${count(rows)} users would be renamed, but at most ${count(mostRenames)} are allowed`,
    });
  exceeded.push(
    ...exceededDrains(caps.groupDrain, changes, membersOf),
    ...exceededPeople(caps, changes, unlisted),
  );
  if (rows < caps.minRows)
    exceeded.push({
      option: 'minRows',
      message: `the input has ${count(rows)} rows, but at least ${count(caps.minRows)} are required`,
    });
  const selected = rows - (changes.skipped - changes.missing);
  if (rows > 0 && selected < caps.minSelected)
    exceeded.push({
      option: 'minSelected',
      message: `${count(selected)} of ${count(rows)} rows are selected, but at least ${count(caps.minSelected)} are required`,
    });
  if (lastRows !== undefined && rows < lastRows * (1 - caps.shrink / 100))
    exceeded.push({
      option: 'maxShrink',
      message: `the input has ${count(rows)} rows and the largest of the last ones had ${count(lastRows)}, but it may be at most ${caps.shrink} % shorter`,
    });
  return exceeded;
}

/** People who are in the input alone, or in the network alone. */
function exceededPeople(
  caps: Caps,
  { rows, missing }: Changes,
  unlisted: CapContext['unlisted'],
): ExceededCap[] {
  const exceeded: ExceededCap[] = [];
  const mostMissing = limitOf(caps.missing, rows);
  if (missing > mostMissing)
    exceeded.push({
      option: 'maxMissing',
      message: `${count(missing)} of ${count(rows)} rows name users who are not in the network, but at most ${count(mostMissing)} may`,
    });
  if (!caps.unlisted || !unlisted) return exceeded;
  const mostUnlisted = limitOf(caps.unlisted, unlisted.users);
  if (unlisted.count > mostUnlisted)
    exceeded.push({
      option: 'maxUnlisted',
      message: `${count(unlisted.count)} of the ${count(unlisted.users)} users of the network are in no row, but at most ${count(mostUnlisted)} may be`,
    });
  return exceeded;
}

/** @param most share of a group's members that may leave it, in percent */
function exceededDrains(most: number, changes: Changes, membersOf: CapContext['membersOf']): ExceededCap[] {
  // What everybody may do need not be judged.
  if (most >= 100) return [];
  return [...hiddenDrains(changes), ...drainedGroups(changes)].flatMap((group) => {
    if (typeof group !== 'string') return [group];
    const users = (changes.leavers.get(group) ?? 0) + changes.unknownGroups;
    const counted = membersOf(group);
    if (counted === undefined) {
      const message = `${count(users)} users would leave group ${group}, and the service does not tell how many members it has: that counts as all of them, but at most ${most} % may`;
      return [{ option: 'maxGroupDrain', message }];
    }
    // Invited users can leave a group, but are not in its count of members.
    const members = Math.max(users, counted);
    if (users <= Math.max(ALWAYS_ALLOWED, (members * most) / 100)) return [];
    const message = `${count(users)} of the ${count(members)} members of group ${group} would leave it, but at most ${most} % may`;
    return [{ option: 'maxGroupDrain', message }];
  });
}

/** Users whose present groups are not told may all leave one and the same group. */
function hiddenDrains({ unknownGroups }: Changes): ExceededCap[] {
  if (unknownGroups <= ALWAYS_ALLOWED) return [];
  const message = `${count(unknownGroups)} users would get other groups, and the service does not tell which they are in: they count as all leaving one group, and only 100% allows that`;
  return [{ option: 'maxGroupDrain', message }];
}

/** A share always allows some users; a number allows exactly that many. */
export const limitOf = (cap: Cap, rows: number): number =>
  'rows' in cap ? cap.rows : Math.max(ALWAYS_ALLOWED, rowsOf(cap, rows));
