/** The change that gives a user the former values back: pure. */
import type { Before, Field } from '../../model.js';
import type { UserDetails } from '../../wire-types.js';

/** A change that takes another one back. */
export interface Inverse {
  /** The former values; empty if none can be given back. */
  readonly details: UserDetails;
  /** What these fields have to be now: the values that the first change has set. */
  readonly before: Before;
  /** Fields that cannot be given back, because the service never said what they were. */
  readonly notRestorable: readonly Field[];
}

/**
 * @param set the values that a run has set
 * @param before what the same fields were before it
 */
export function inverseOf(set: UserDetails, before: Before): Inverse {
  const details: UserDetails = {};
  const notRestorable: Field[] = [];
  for (const field of Object.keys(set) as Field[]) {
    const was = before[field];
    // It is not known whether an empty list takes a user out of all groups.
    if (was == null || (Array.isArray(was) && was.length === 0)) notRestorable.push(field);
    else Object.assign(details, { [field]: was });
  }
  const expected = (Object.keys(details) as Field[]).map((field) => [field, set[field]]);
  return { details, before: Object.fromEntries(expected) as Before, notRestorable };
}
