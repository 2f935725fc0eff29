/** Whether a user is still the person who was meant: pure. */
import type { Before, Field, Member, Person } from '../../model.js';
import { composed } from '../../text/username.js';
import type { UserDetails } from '../../wire-types.js';

/** What is known of a user as a person. */
export const personOf = ({
  username,
  firstName,
  lastName,
  suspended,
}: Pick<Member, 'username' | 'firstName' | 'lastName' | 'suspended'>): Person => ({
  ...(username !== undefined && { username }),
  ...(firstName !== undefined && { firstName }),
  ...(lastName !== undefined && { lastName }),
  suspended,
});

/** Why a user is not taken for the person who was meant. */
export interface OtherPerson {
  readonly reason: string;
  /** The fields that show it. */
  readonly fields: readonly Field[];
}

const names = ['username', 'firstName', 'lastName'] as const;

/**
 * Compares a user with the person who was meant. What the row itself sets or expects is not looked at here, nor what
 * the service does not tell now or has not told then.
 *
 * @param row the values that a row wants, those that it expects, and the fields that are known to be another's
 * @param byUsername whether the username alone decides, so that other names may have been changed
 */
export function otherPerson(
  meant: Person | undefined,
  user: Partial<Pick<Member, 'username' | 'firstName' | 'lastName' | 'suspended'>>,
  row: {
    readonly wanted: UserDetails;
    readonly expected: Before | undefined;
    readonly conflicts: readonly Field[] | undefined;
  },
  byUsername: boolean,
): OtherPerson | undefined {
  if (meant === undefined) return undefined;
  const fields = names.filter((name) => {
    if (byUsername && name !== 'username') return false;
    if (row.wanted[name] !== undefined || (row.expected && name in row.expected)) return false;
    if (row.conflicts?.includes(name)) return false;
    const [then, now] = [meant[name], user[name]];
    return then !== undefined && now !== undefined && composed(then) !== composed(now);
  });
  if (fields.length > 0) return { reason: OTHER, fields };
  if (byUsername || meant.suspended === undefined || user.suspended === undefined) return undefined;
  if (user.suspended === meant.suspended) return undefined;
  return { reason: user.suspended ? SUSPENDED : UNSUSPENDED, fields: [] };
}

const OTHER =
  'the user with this ID has other names than when the change was planned, and may be another person';
const SUSPENDED = 'the user was suspended since the change was planned';
const UNSUSPENDED = 'the user was suspended when the change was planned, and no longer is';
