/** What a row would change of its user, and whether the user is still as expected: pure. */

import type { Before, CommandRow, Field, Member, Person, ReadyRow } from '../../model.js';
import { composed } from '../../text/username.js';
import { isReadable, type ReadableField } from '../../user-fields.js';
import type { UserDetails } from '../../wire-types.js';
import { otherPerson } from './person.js';

/** The fields of a user that can be read, and so compared. */
export type ReadableFields = Pick<Member, ReadableField> & Partial<Pick<Member, 'suspended'>>;

/** The change that a run wanted for a user when it started, what the user was then, and whether it may have been made. */
export type RecordedChange = Pick<CommandRow, 'command' | 'before' | 'person' | 'inDoubt' | 'conflicts'>;

/** How rows are compared with the network. */
export interface CompareOptions {
  /** The rows are those of a plan: whatever has changed since is a conflict, and makes no row invalid. */
  readonly planned: boolean;
  /** If somebody else has changed some fields of a user, the row's other fields are sent anyway. */
  readonly partly: boolean;
  /** IDs of groups that have another name than was meant, or are gone: no user is put into one. */
  readonly otherGroups?: ReadonlySet<string>;
  /**
   * Of a resumed run: what it recorded of the row. If that is in doubt, a value that the user has by now may be the
   * run's own, and is sent again.
   */
  readonly recorded?: (row: number) => RecordedChange | undefined;
}

/**
 * The row with only the fields that differ and their present values, or the reason why nothing is sent for it.
 *
 * @param user `same`: known to be as the row wants it; undefined: not in the network, which is a conflict
 */
export function compare(
  row: CommandRow,
  user: ReadableFields | 'same' | undefined,
  { partly, otherGroups }: Pick<CompareOptions, 'partly' | 'otherGroups'>,
): ReadyRow {
  const { command, before: expected, conflicts: known, already: had, ...others } = row;
  if (user === 'same') return unchanged(row);
  if (user === undefined) return conflict(row, [], GONE);
  const other = otherPerson(
    row.person,
    user,
    { wanted: command.details, expected, conflicts: known },
    partly,
  );
  if (other) return conflict(row, other.fields, other.reason);
  const { details, before, already, conflicts } = differences(
    { ...command.details, ...had },
    had ? { ...expected, ...had } : expected,
    user,
  );
  if (conflicts.length > 0 && !partly) return conflict(row, conflicts, CHANGED);
  if (Object.keys(details).length === 0)
    return conflicts.length > 0 ? conflict(row, conflicts, CHANGED) : unchanged(row);
  if (otherGroups && details.securityGroupIds?.some((id) => otherGroups.has(id)))
    return conflict(row, ['securityGroupIds'], OTHER_GROUP);
  return {
    ...others,
    ...(row.person && { person: asWanted(row.person, command.details, details) }),
    command: { ...command, details },
    before,
    ...(Object.keys(already).length > 0 && { already }),
    ...(conflicts.length > 0 && { conflicts }),
  };
}

/** The person with the names that somebody else has given them as the row wants them: so they are met when this is taken back. */
function asWanted(person: Person, wanted: UserDetails, left: UserDetails): Person {
  const given = personNames.filter((name) => wanted[name] !== undefined && left[name] === undefined);
  return { ...person, ...Object.fromEntries(given.map((name) => [name, wanted[name]])) };
}

const personNames = ['username', 'firstName', 'lastName'] as const;

interface Differences {
  /** The wanted values that the user does not have. */
  readonly details: UserDetails;
  /** What the same fields are now. */
  readonly before: Before;
  /** The wanted values that the user has. */
  readonly already: UserDetails;
  /** Fields that are neither as wanted nor as expected. */
  readonly conflicts: readonly Field[];
}

function differences(wanted: UserDetails, expected: Before | undefined, user: ReadableFields): Differences {
  const details: UserDetails = {};
  const before: Record<string, unknown> = {};
  const already: UserDetails = {};
  const conflicts: Field[] = [];
  for (const field of new Set([...fieldsOf(expected), ...fieldsOf(wanted)])) {
    const now = readValue(user, field);
    if (now !== undefined && same(now, wanted[field])) {
      Object.assign(already, { [field]: wanted[field] });
      continue;
    }
    if (isUnexpected(field, now, expected)) conflicts.push(field);
    else if (wanted[field] !== undefined) {
      Object.assign(details, { [field]: wanted[field] });
      before[field] = now ?? null;
    }
  }
  return { details, before: before as Before, already, conflicts };
}

const isUnexpected = (field: Field, now: unknown, expected: Before | undefined): boolean =>
  expected !== undefined &&
  field in expected &&
  isReadable(field) &&
  !same(now, expected[field] ?? undefined);

/**
 * Of the values that a row asks for, those that were no change when the run started: the user had them already. What
 * cannot be read was never compared.
 */
export function alreadyHad(asked: UserDetails, { command, conflicts }: RecordedChange): UserDetails {
  return Object.fromEntries(
    Object.entries(asked).filter(([name]) => {
      const field = name as Field;
      return isReadable(field) && command.details[field] === undefined && !conflicts?.includes(field);
    }),
  );
}

/** The fields that a read shows with another value than the one that was set. Fields that no read shows are never among them. */
export function fieldsNotTaken(details: UserDetails, user: ReadableFields | undefined): Field[] {
  if (user === undefined) return fieldsOf(details);
  return fieldsOf(details).filter((field) => {
    const now = readValue(user, field);
    return now !== undefined && !same(now, details[field]);
  });
}

/** What is known of the row from before it was compared once more: fields that somebody else has changed. */
export function withConflicts(row: CommandRow, compared: ReadyRow, known: readonly Field[] = []): ReadyRow {
  if (known.length === 0) return compared;
  if ('unchanged' in compared) return conflict(row, known, CHANGED);
  if (!('command' in compared)) return compared;
  return { ...compared, conflicts: [...new Set([...known, ...(compared.conflicts ?? [])])] };
}

/** The row, settled as a conflict. */
export const conflict = (row: CommandRow, conflicts: readonly Field[], reason: string): ReadyRow => ({
  ...withoutCommand(row),
  conflict: reason,
  conflicts,
  userId: row.command.userId,
});

const unchanged = (row: CommandRow): ReadyRow => ({
  ...withoutCommand(row),
  unchanged: true,
  userId: row.command.userId,
});

const withoutCommand = ({ row, line, start, end, warnings }: CommandRow) => ({
  ...{ row, line, start, end },
  ...(warnings && { warnings }),
});

const fieldsOf = (values: UserDetails | Before | undefined): Field[] => Object.keys(values ?? {}) as Field[];

/** The user's present value; undefined also for a field that no read shows. */
const readValue = (user: ReadableFields, field: Field) => (isReadable(field) ? user[field] : undefined);

/** Compares texts in NFC, and lists of groups without regard to their order. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return composed(a) === composed(b);
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const [here, there] = [new Set(a), new Set(b)];
  return here.size === there.size && [...here].every((item) => there.has(item));
}

const CHANGED = 'somebody else has changed the user since';
const OTHER_GROUP =
  'a security group of the row has another name than when the change was planned, or is gone, and may be meant for others';
const GONE = 'the user is no longer in the network';
