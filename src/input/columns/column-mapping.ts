/** Which field each column of a file is read as: by its own name, by `--map COLUMN=FIELD`, or by `--map auto`. */

import { nearest } from '../../text/nearest-name.js';
import { type ColumnName, columnNames, columnOf, plain, shownName } from './column-names.js';
import type { MapRules } from './map-option.js';
import { synonymOf } from './synonyms.js';

/** One column of the file, or one key of its rows. */
export interface MappedColumn {
  /** As the file names it; shown to people only with unseen characters replaced. */
  readonly column: string;
  /** Undefined where the column is left out. */
  readonly field: ColumnName | undefined;
  /** Who decided: the column's own name, `--map auto`, or a `--map` that names it or the field. */
  readonly how: 'name' | 'auto' | 'map';
}

/** Why columns cannot be mapped, and what to do about it. */
export interface MappingFault {
  readonly message: string;
  readonly hint: string;
}

/** The columns, by index, that somebody means by this name: those named just so, else those named alike. */
export function columnsNamed(names: readonly string[], wanted: string): number[] {
  const where = (is: (name: string) => boolean) => names.flatMap((name, index) => (is(name) ? [index] : []));
  const exact = where((name) => name.trim() === wanted.trim());
  if (exact.length > 0 || plain(wanted) === '') return exact;
  return where((name) => plain(name) === plain(wanted));
}

/** The first column that `--map` names and the file does not have. */
export function missingColumn(names: readonly string[], rules: MapRules): MappingFault | undefined {
  const rule = rules.explicit.find(({ column }) => columnsNamed(names, column).length === 0);
  return rule && noColumn('--map', rule.column, names);
}

/** A flag names a column that the file does not have. */
export function noColumn(flag: string, wanted: string, names: readonly string[]): MappingFault {
  const guess = nearest(plain(wanted), names, plain);
  const nearly = guess === '' ? '' : ` (nearest: "${shownName(guess)}")`;
  return {
    message: `${flag} names the column "${shownName(wanted)}", which the input does not have${nearly}`,
    hint: `Correct the name in ${flag}.`,
  };
}

/** What each of the columns is read as. Columns that rules name and that are not there are nobody's fault here. */
export function mapColumns(
  names: readonly string[],
  rules: MapRules | undefined,
): { readonly mapping: readonly MappedColumn[] } | { readonly fault: MappingFault } {
  const told = explicitFields(names, rules);
  if ('message' in told) return { fault: told };
  const given = new Set(told.values());
  const mapping = names.map((column, index): MappedColumn => {
    if (told.has(index)) return { column, field: told.get(index), how: 'map' };
    const field = columnOf(column);
    return field !== undefined && given.has(field)
      ? { column, field: undefined, how: 'map' }
      : { column, field, how: 'name' };
  });
  const mapped = rules?.auto ? mapping.map((entry) => guessed(entry, mapping)) : mapping;
  const fault = rivalry(mapped);
  return fault ? { fault } : { mapping: mapped };
}

function explicitFields(
  names: readonly string[],
  rules: MapRules | undefined,
): Map<number, ColumnName | undefined> | MappingFault {
  const told = new Map<number, ColumnName | undefined>();
  for (const { column, field } of rules?.explicit ?? []) {
    const found = columnsNamed(names, column);
    if (found.length > 1 && field !== undefined) {
      const places = found.map((index) => index + 1).join(' and ');
      const message = `--map names "${shownName(column)}", and columns ${places} are named so`;
      return { message, hint: 'Rename or delete one of them.' };
    }
    for (const index of found) {
      if (told.has(index))
        return { message: `--map names column ${index + 1} twice`, hint: 'Leave one of them out.' };
      told.set(index, field);
    }
  }
  return told;
}

/** What `--map auto` makes of a column that nobody has spoken for. */
function guessed(entry: MappedColumn, mapping: readonly MappedColumn[]): MappedColumn {
  if (entry.field !== undefined || entry.how === 'map') return entry;
  const field = synonymOf(entry.column);
  if (field === undefined || mapping.some((other) => other.how === 'map' && other.field === field))
    return entry;
  if (field === 'lookupUsername' && mapping.some(saysWho)) return entry;
  return { column: entry.column, field, how: 'auto' };
}

/** Whether the column tells users for certain: a "User ID" that is not spelt as ours may be HR's own number. */
function saysWho({ column, field, how }: MappedColumn): boolean {
  if (field === 'lookupUsername') return true;
  return field === 'userId' && (how === 'map' || column.trim() === 'userId');
}

/** Two columns for one field: never chosen between silently. */
function rivalry(mapping: readonly MappedColumn[]): MappingFault | undefined {
  const rivals = columnNames
    .map((field) => ({ field, columns: mapping.filter((entry) => entry.field === field) }))
    .find(({ columns }) => columns.length > 1);
  if (rivals === undefined) return undefined;
  const { field, columns } = rivals;
  const names = columns.map(({ column }) => shownName(column));
  if (columns.every(({ how }) => how === 'name')) {
    const places = columns.map((entry) => mapping.indexOf(entry) + 1).join(' and ');
    return {
      message: `columns ${places} are both ${field}`,
      hint: distinct(names, field, 'Delete one of them'),
    };
  }
  const quoted = names.map((name) => `"${name}"`);
  return { message: `${quoted.join(' and ')} could each be ${field}`, hint: distinct(names, field, '') };
}

function distinct(names: readonly string[], field: ColumnName, otherwise: string): string {
  if (new Set(names).size < names.length) return `${otherwise || 'Rename or delete one of them'}.`;
  const flags = names.map((name) => `--map "${name}=${field}"`).join(' or ');
  return otherwise ? `${otherwise}, or say which counts: ${flags}.` : `Say which counts: ${flags}.`;
}
