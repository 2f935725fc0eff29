/**
 * What a row wants its user to be, as one number. Most users of a reconciliation are so already, and of them nothing
 * else has to be kept: 8 bytes in the place of their names and groups.
 */
import { hash } from 'node:crypto';
import type { Member } from '../../model.js';
import { composed } from '../../text/username.js';
import type { UserDetails } from '../../wire-types.js';

const FIELDS = ['firstName', 'lastName', 'username', 'securityGroupIds'] as const;
/** As many bits say which of the fields there are. */
const MASKS = 2 ** FIELDS.length;
/** Bytes of the hash that are kept: that a user fits whose values differ has a chance of 1 in 2^48. */
const BYTES = 6;

/** The number of a row that can only be compared in full. */
export const NO_FINGERPRINT = 0;

/** The number of what a row wants. */
export function fingerprintOf(details: UserDetails): number {
  const known = FIELDS.filter((field) => details[field] !== undefined);
  if (known.length === 0 || known.length < Object.keys(details).length) return NO_FINGERPRINT;
  const mask = FIELDS.reduce((sum, field, bit) => sum + (details[field] === undefined ? 0 : 2 ** bit), 0);
  return numberOf(details, mask);
}

/** Whether the user is what a row wants him to be. */
export const fits = (user: Member, fingerprint: number): boolean =>
  fingerprint !== NO_FINGERPRINT && numberOf(user, fingerprint % MASKS) === fingerprint;

/** Whether the row says what username its user shall have. */
export const wantsUsername = (fingerprint: number): boolean =>
  Math.floor((fingerprint % MASKS) / 2 ** FIELDS.indexOf('username')) % 2 === 1;

function numberOf(values: UserDetails | Member, mask: number): number {
  const compared = FIELDS.map((field, bit) =>
    Math.floor(mask / 2 ** bit) % 2 === 1 ? plainly(values[field]) : null,
  );
  return hash('sha256', JSON.stringify(compared), 'buffer').readUIntBE(0, BYTES) * MASKS + mask;
}

const plainly = (value: string | readonly string[] | undefined) =>
  typeof value === 'string' ? composed(value) : value === undefined ? false : [...new Set(value)].sort();
