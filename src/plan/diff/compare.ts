/** What a row would change of its user, and whether he still is who he was: pure. */

import type { Before, CommandRow, Field, Member, ReadyRow } from '../../model.js';
import { composed } from '../../text/username.js';
import type { UserDetails } from '../../wire-types.js';

/** What of a user can be read, and so compared. */
export type Values = Pick<Member, 'firstName' | 'lastName' | 'username' | 'securityGroupIds'>;

/** What a run wanted of a user when it was begun, and what he was then. */
export type Kept = Pick<CommandRow, 'command' | 'before'>;

/** How rows are compared with the network. */
export interface Comparing {
  /** The rows are those of a plan: whatever has changed since is a conflict, and makes no row invalid. */
  readonly planned: boolean;
  /** Of a user whom somebody else has changed in part, the other fields are sent all the same. */
  readonly partly: boolean;
  /** What a run that goes on has kept of the row: it may be under way already, so a value that is there is sent again. */
  readonly kept?: (row: number) => Kept | undefined;
}

/**
 * The row with what it would change and what its user's fields are now, or what settles it.
 *
 * @param user `same`: he is known to be as the row wants him; undefined: the network does not have him, a conflict
 */
export function compare(row: CommandRow, user: Values | 'same' | undefined, partly: boolean): ReadyRow {
  const { command, before: expected, conflicts: _, ...others } = row;
  const { userId, details } = command;
  if (user === 'same') return { ...placeOf(row), unchanged: true, userId };
  if (user === undefined) return conflict(row, [], GONE);
  const differing: UserDetails = {};
  const before: Record<string, unknown> = {};
  const conflicts: Field[] = [];
  for (const field of new Set([...fieldsOf(expected), ...fieldsOf(details)])) {
    const now = told(user, field);
    if (now !== undefined && same(now, details[field])) continue;
    if (expected && field in expected && isReadable(field) && !same(now, expected[field] ?? undefined))
      conflicts.push(field);
    else if (details[field] !== undefined) {
      Object.assign(differing, { [field]: details[field] });
      before[field] = now ?? null;
    }
  }
  if (conflicts.length > 0 && !partly) return conflict(row, conflicts, CHANGED);
  if (Object.keys(differing).length === 0) {
    return conflicts.length > 0
      ? conflict(row, conflicts, CHANGED)
      : { ...placeOf(row), unchanged: true, userId };
  }
  return {
    ...others,
    command: { ...command, details: differing },
    before: before as Before,
    ...(conflicts.length > 0 && { conflicts }),
  };
}

/** Fields that a user shows with another value than the one set; what cannot be read is in none. */
export function fieldsNotTaken(details: UserDetails, user: Values | undefined): Field[] {
  if (user === undefined) return fieldsOf(details);
  return fieldsOf(details).filter((field) => {
    const now = told(user, field);
    return now !== undefined && !same(now, details[field]);
  });
}

/** The row, settled as a conflict. */
export const conflict = (row: CommandRow, conflicts: readonly Field[], reason: string): ReadyRow => ({
  ...placeOf(row),
  conflict: reason,
  conflicts,
  userId: row.command.userId,
});

const placeOf = ({ row, line, start, end, warnings }: CommandRow) => ({
  ...{ row, line, start, end },
  ...(warnings && { warnings }),
});

const fieldsOf = (values: UserDetails | Before | undefined): Field[] => Object.keys(values ?? {}) as Field[];

const readable = ['firstName', 'lastName', 'username', 'securityGroupIds'] as const;
const isReadable = (field: Field): field is (typeof readable)[number] =>
  readable.some((name) => name === field);

/** Invite codes and what belongs to them are told in no answer to a read. */
const told = (user: Values, field: Field) => (isReadable(field) ? user[field] : undefined);

/** Texts by what they show, groups whatever their order. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return composed(a) === composed(b);
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const [here, there] = [new Set(a), new Set(b)];
  return here.size === there.size && [...here].every((item) => there.has(item));
}

const CHANGED = 'somebody else has changed the user since';
const GONE = 'the user is no longer in the network';
