/**
 * The values that a row wants for its user, as one number. Most users of a reconciliation have them already, and nothing
 * else has to be kept of those: 8 bytes instead of their names and groups.
 */
import { hash } from 'node:crypto';
import type { Member } from '../../model.js';
import { composed } from '../../text/username.js';
import { readableFields } from '../../user-fields.js';
import type { UserDetails } from '../../wire-types.js';

/** The lowest bits of a fingerprint say which of the fields the row has. */
const MASKS = 2 ** readableFields.length;
/**
 * Bytes of the hash that are kept: a user with other values matches with a probability of 1 in 2^48. A double has room
 * for five readable fields beside them.
 */
const BYTES = 6;

/** The fingerprint of a row that can only be compared in full. */
export const NO_FINGERPRINT = 0;

/** The fingerprint of the values that a row wants. */
export function fingerprintOf(details: UserDetails): number {
  const known = readableFields.filter((field) => details[field] !== undefined);
  if (known.length === 0 || known.length < Object.keys(details).length) return NO_FINGERPRINT;
  const mask = readableFields.reduce(
    (sum, field, bit) => sum + (details[field] === undefined ? 0 : 2 ** bit),
    0,
  );
  return numberOf(details, mask);
}

/** Whether the user has the values that the fingerprint stands for. */
export const matchesFingerprint = (user: Member, fingerprint: number): boolean =>
  fingerprint !== NO_FINGERPRINT && numberOf(user, fingerprint % MASKS) === fingerprint;

/** Whether a username is among the values that the fingerprint stands for. */
export const wantsUsername = (fingerprint: number): boolean =>
  hasBit(fingerprint % MASKS, readableFields.indexOf('username'));

function numberOf(values: UserDetails | Member, mask: number): number {
  const compared = readableFields.map((field, bit) => (hasBit(mask, bit) ? normalized(values[field]) : null));
  return hash('sha256', JSON.stringify(compared), 'buffer').readUIntBE(0, BYTES) * MASKS + mask;
}

const hasBit = (mask: number, bit: number): boolean => Math.floor(mask / 2 ** bit) % 2 === 1;

const normalized = (value: string | readonly string[] | undefined) =>
  typeof value === 'string' ? composed(value) : value === undefined ? false : [...new Set(value)].sort();
