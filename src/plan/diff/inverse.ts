/** What puts a user back to what he was: pure. */
import type { Before, Field } from '../../model.js';
import type { UserDetails } from '../../wire-types.js';

/** A change that takes another one back. */
export interface Inverse {
  /** Values from before; without a member where none can be given back. */
  readonly details: UserDetails;
  /** What the fields have to be now: what the change has set. */
  readonly before: Before;
  /** Fields of which the service never said what they were. */
  readonly lost: readonly Field[];
}

/**
 * @param set what a run has set
 * @param before what the same fields were before it
 */
export function inverseOf(set: UserDetails, before: Before): Inverse {
  const details: UserDetails = {};
  const lost: Field[] = [];
  for (const field of Object.keys(set) as Field[]) {
    const was = before[field];
    // That an empty list takes a user out of all groups is not known.
    if (was == null || (Array.isArray(was) && was.length === 0)) lost.push(field);
    else Object.assign(details, { [field]: was });
  }
  const expected = (Object.keys(details) as Field[]).map((field) => [field, set[field]]);
  return { details, before: Object.fromEntries(expected) as Before, lost };
}
