/** The columns an input can have, and how a name found in a file is matched to them. */
import type { Field } from '../../model.js';
import { distance, near, nearest } from '../../text/nearest-name.js';
import { fieldNames, isField } from '../../user-fields.js';

/** A column, or a key of a JSONL row, that is read. */
export type ColumnName = 'networkId' | 'userId' | 'lookupUsername' | 'securityGroupNames' | Field;

/** A column whose value changes the user. */
export type ChangeName = Exclude<ColumnName, 'networkId' | 'userId' | 'lookupUsername'>;

/** The columns that change the user, in the order of the documentation. */
export const changeNames: readonly ChangeName[] = fieldNames.flatMap((field): readonly ChangeName[] =>
  field === 'securityGroupIds' ? [field, 'securityGroupNames'] : [field],
);

/** Every column that is read, in the same order. */
export const columnNames: readonly ColumnName[] = ['networkId', 'userId', 'lookupUsername', ...changeNames];

const byPlainName = new Map<string, ColumnName>(columnNames.map((name) => [normalizeName(name), name]));

/**
 * The name as names are compared: without case, spaces and punctuation, and in one form of Unicode, as one letter can be
 * written in several ways that look the same.
 */
export function normalizeName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

/** The column that a header cell or a key of a flat row means; undefined for an unknown name. */
export function columnOf(name: string): ColumnName | undefined {
  return byPlainName.get(normalizeName(name));
}

export function isChange(name: ColumnName): name is ChangeName {
  return name === 'securityGroupNames' || isField(name);
}

/** A name in the file that is not among the known ones. `position` is 1 for the first column or key. */
export interface UnknownName {
  readonly position: number;
  readonly name: string;
}

/** The rule of `map` for a name that is nearly a known one, such as `frstName=firstName`; undefined if it is not. */
export function likelyRule(name: string): string | undefined {
  const plain = normalizeName(name);
  const guess = nearest(plain, columnNames, normalizeName);
  const isNear = plain.length > 3 && distance(plain, normalizeName(guess)) <= plain.length / 4;
  return isNear ? `${shownName(name)}=${guess}` : undefined;
}

const MOST_LISTED = 20;

/**
 * Lists unknown names, with the known name that each most likely means if there is one, such as
 * `column 3 "frstName" (nearest known name: firstName)`.
 */
export function listUnknown(
  kind: 'column' | 'key',
  unknown: readonly UnknownName[],
  known: readonly string[],
): string {
  const listed = unknown.slice(0, MOST_LISTED).map(({ position, name }) => {
    if (normalizeName(name) === '') return `${kind} ${position} without a name`;
    const guess = near(normalizeName(name), known, normalizeName);
    return `${kind} ${position} "${shownName(name)}"${guess === undefined ? '' : ` (nearest known name: ${guess})`}`;
  });
  const rest = unknown.length - listed.length;
  return listed.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

const MOST_PRINTED = 40;

/**
 * A column's name as a message shows it: cut, and without control characters and text direction marks. It comes from the
 * file, and such characters could rewrite the terminal's line.
 */
export function shownName(name: string): string {
  const clean = name.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  const characters = [...clean.slice(0, 4 * MOST_PRINTED)];
  if (characters.length <= MOST_PRINTED) return characters.join('');
  return `${characters.slice(0, MOST_PRINTED - 1).join('')}…`;
}
