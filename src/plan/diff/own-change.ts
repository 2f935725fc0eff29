/** A user as they are by what this program has set itself, though a read does not show it yet: pure. */
import type { Before, Field, Member, OwnChange } from '../../model.js';
import { isReadable, readableFields } from '../../user-fields.js';
import { same } from './compare.js';

/**
 * ms after a change within which a read may be older than it. It is not documented how soon a read sees a write; after
 * this what is read counts.
 */
export const VISIBLE_WITHIN = 15_000;

/** Values that were set, and what is known of that. */
export interface SetValues extends Partial<Omit<OwnChange, 'at'>> {
  readonly set: Before;
}

/** A user, and whether the read that showed them is older than the change. */
export interface SeenUser {
  readonly user: Member;
  readonly isOld: boolean;
}

/**
 * The user with the values that were set: for fields that are as they were until then, as long as that can be due to an
 * old read, and for a username that is the temporary one.
 *
 * @param change without `was` the fields may have been anything
 * @param isRecent whether the read began so soon after the change that it may be older
 */
export function asSet(user: Member, { set, was, via }: SetValues, isRecent: boolean): SeenUser {
  const older = isRecent ? readableFields.filter((field) => isAsBefore(user, field, set, was)) : [];
  const values = Object.fromEntries(older.map((field) => [field, set[field]])) as Partial<Member>;
  const keepsVia =
    typeof set.username === 'string' && via !== undefined && same(user.username, via) && !values.username;
  const username = keepsVia ? { username: set.username as string } : {};
  return { user: { ...user, ...values, ...username }, isOld: older.length > 0 };
}

function isAsBefore(user: Member, field: Field, set: Before, was: Before | undefined): boolean {
  if (!isReadable(field) || set[field] == null) return false;
  const now = user[field];
  if (now === undefined || same(now, set[field])) return false;
  return was === undefined || (field in was && same(now, was[field]));
}
