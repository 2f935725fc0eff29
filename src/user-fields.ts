/** The fields of a user that UpdateUser can change, and what is true of each: the one list of them. */
import type { UserDetails } from './wire-types.js';

interface FieldTraits {
  /** Whether ListUsers and GetUser show its value. */
  readonly readable: boolean;
  /** Whether its value says something about one person, so that it must not be kept in a run's record. */
  readonly personal: boolean;
}

// The compiler refuses a field that is added to the wire types and not here.
const traits = {
  firstName: { readable: true, personal: true },
  lastName: { readable: true, personal: true },
  username: { readable: true, personal: true },
  securityGroupIds: { readable: true, personal: false },
  inviteCode: { readable: false, personal: true },
  inviteCodeTtl: { readable: false, personal: false },
  codeValidation: { readable: false, personal: false },
} as const satisfies Readonly<Record<keyof UserDetails, FieldTraits>>;

type Traits = typeof traits;

/** A field whose value the service shows. */
export type ReadableField = {
  [Name in keyof Traits]: Traits[Name]['readable'] extends true ? Name : never;
}[keyof Traits];

/** Every field, in the order of the documentation. */
export const fieldNames = Object.keys(traits) as readonly (keyof UserDetails)[];

/** The fields whose values the service shows, in the same order. */
export const readableFields = fieldNames.filter(isReadable);

export function isField(name: string): name is keyof UserDetails {
  return Object.hasOwn(traits, name);
}

export function isReadable(field: keyof UserDetails): field is ReadableField {
  return traits[field].readable;
}

/** Whether a value of this field says something about one person. */
export function isPersonal(field: keyof UserDetails): boolean {
  return traits[field].personal;
}
