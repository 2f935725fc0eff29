/** The columns an input can have, and how a name found in a file is matched to them. */
import type { Field } from '../../model.js';
import { nearest } from '../../text/nearest-name.js';

/** A column, or a key of a JSONL row, that is read. */
export type ColumnName = 'networkId' | 'userId' | 'lookupUsername' | 'securityGroupNames' | Field;

/** A column whose value changes the user. */
export type ChangeName = Exclude<ColumnName, 'networkId' | 'userId' | 'lookupUsername'>;

// Written as records so that the compiler misses a field that is added to the API's types and not here.
const changing: Readonly<Record<ChangeName, true>> = {
  firstName: true,
  lastName: true,
  username: true,
  securityGroupIds: true,
  securityGroupNames: true,
  inviteCode: true,
  inviteCodeTtl: true,
  codeValidation: true,
};
const read: Readonly<Record<ColumnName, true>> = {
  networkId: true,
  userId: true,
  lookupUsername: true,
  ...changing,
};

/** Every column that is read, in the order of the documentation. */
export const columnNames = Object.keys(read) as readonly ColumnName[];

/** Those of them that change the user. */
export const changeNames = Object.keys(changing) as readonly ChangeName[];

const byPlainName = new Map<string, ColumnName>(columnNames.map((name) => [plain(name), name]));

/** The name as it is compared: without case, spaces and punctuation. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The column that a header cell or a key of a flat row means; undefined for an unknown name. */
export function columnOf(name: string): ColumnName | undefined {
  return byPlainName.get(plain(name));
}

export function isChange(name: ColumnName): name is ChangeName {
  return Object.hasOwn(changing, name);
}

/** A name that is in the file and not among the known ones; `position` is 1 for the first column or key. */
export interface UnknownName {
  readonly position: number;
  readonly name: string;
}

const MOST_LISTED = 20;

/**
 * Says which names are unknown and which known one each may have meant, such as
 * `column 3 "frstName" (nearest known name: firstName)`.
 */
export function listUnknown(
  kind: 'column' | 'key',
  unknown: readonly UnknownName[],
  known: readonly string[],
): string {
  const listed = unknown.slice(0, MOST_LISTED).map(({ position, name }) => {
    if (plain(name) === '') return `${kind} ${position} without a name`;
    const guess = nearest(plain(name), known, plain);
    return `${kind} ${position} "${shownName(name)}" (nearest known name: ${guess})`;
  });
  const rest = unknown.length - listed.length;
  return listed.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

const MOST_PRINTED = 40;

/**
 * A column's name as a message shows it: cut, and without control characters and text direction marks, since it comes
 * from the file and would rewrite the terminal's line.
 */
export function shownName(name: string): string {
  const clean = name.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  const characters = [...clean.slice(0, 4 * MOST_PRINTED)];
  if (characters.length <= MOST_PRINTED) return characters.join('');
  return `${characters.slice(0, MOST_PRINTED - 1).join('')}…`;
}
