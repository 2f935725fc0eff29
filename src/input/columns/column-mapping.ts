/** Which field each column of a file is read as: by its own name, or by the option `map`. */

import { near } from '../../text/nearest-name.js';
import { composed } from '../../text/username.js';
import { mapByAuto, wholeNameFault } from './auto-mapping.js';
import { type ColumnName, columnNames, columnOf, normalizeName, shownName } from './column-names.js';
import type { MapRules } from './map-option.js';
import type { MappedColumn, MappingFault } from './mapped-column.js';

export type { MappedColumn, MappingFault } from './mapped-column.js';

/** Indexes of the columns that a caller means by this name: those with exactly this name, else those with a similar one. */
export function columnsNamed(names: readonly string[], wanted: string): number[] {
  const indexes = (is: (name: string) => boolean) =>
    names.flatMap((name, index) => (is(name) ? [index] : []));
  const exact = indexes((name) => composed(name).trim() === composed(wanted).trim());
  if (exact.length > 0 || normalizeName(wanted) === '') return exact;
  return indexes((name) => normalizeName(name) === normalizeName(wanted));
}

/**
 * Index of the column that a caller means by a name: the one with this name in the file, else the one read as the field
 * of this name; -1 if there is none.
 */
export function columnAt(
  wanted: string,
  names: readonly string[],
  columns: readonly (ColumnName | undefined)[],
): number {
  const named = columnsNamed(names, wanted);
  if (named.length > 0) return named[0] as number;
  const field = columnOf(wanted);
  return field === undefined ? -1 : columns.indexOf(field);
}

/** The first column that `map` names and the file does not have. */
export function missingColumn(names: readonly string[], rules: MapRules): MappingFault | undefined {
  const rule = rules.explicit.find(({ column }) => columnsNamed(names, column).length === 0);
  return rule && noColumn('map', rule.column, names);
}

/** For an option that names a column that the file does not have. */
export function noColumn(option: string, wanted: string, names: readonly string[]): MappingFault {
  const guess = near(normalizeName(wanted), names, normalizeName);
  const nearly = guess === undefined ? '' : ` (nearest: "${shownName(guess)}")`;
  return {
    message: `\`${option}\` names the column "${shownName(wanted)}", which the input does not have${nearly}`,
    hint: `Correct the name in \`${option}\`.`,
  };
}

/** What each of the columns is read as. Columns that rules name and the file does not have are no fault here. */
export function mapColumns(
  names: readonly string[],
  rules: MapRules | undefined,
): { readonly mapping: readonly MappedColumn[] } | { readonly fault: MappingFault } {
  const explicit = explicitFields(names, rules);
  if ('message' in explicit) return { fault: explicit };
  const given = new Set(explicit.values());
  const mapping = names.map((column, index): MappedColumn => {
    if (explicit.has(index)) return { column, field: explicit.get(index), how: 'map' };
    const field = columnOf(column);
    return field !== undefined && given.has(field)
      ? { column, field: undefined, how: 'map' }
      : { column, field, how: 'name' };
  });
  const mapped = rules?.auto ? mapByAuto(mapping) : { mapping };
  if ('fault' in mapped) return mapped;
  const fault = duplicateField(mapped.mapping) ?? wholeNameFault(mapped.mapping);
  return fault ? { fault } : mapped;
}

/** By index of the column. */
function explicitFields(
  names: readonly string[],
  rules: MapRules | undefined,
): Map<number, ColumnName | undefined> | MappingFault {
  const fields = new Map<number, ColumnName | undefined>();
  for (const { column, field } of rules?.explicit ?? []) {
    const found = columnsNamed(names, column);
    if (found.length > 1 && field !== undefined) {
      const places = found.map((index) => index + 1).join(' and ');
      const message = `\`map\` names "${shownName(column)}", and columns ${places} have that name`;
      return { message, hint: 'Rename or delete one of them.' };
    }
    for (const index of found) {
      if (fields.has(index))
        return { message: `\`map\` names column ${index + 1} twice`, hint: 'Leave one of them out.' };
      fields.set(index, field);
    }
  }
  return fields;
}

/** Two columns for one field: none of them is ever chosen silently. */
function duplicateField(mapping: readonly MappedColumn[]): MappingFault | undefined {
  const duplicate = columnNames
    .map((field) => ({ field, columns: mapping.filter((entry) => entry.field === field) }))
    .find(({ columns }) => columns.length > 1);
  if (duplicate === undefined) return undefined;
  const { field, columns } = duplicate;
  const names = columns.map(({ column }) => shownName(column));
  if (columns.every(({ how }) => how === 'name')) {
    const places = columns.map((entry) => mapping.indexOf(entry) + 1).join(' and ');
    return {
      message: `columns ${places} are both ${field}`,
      hint: chooseHint(names, field, 'Delete one of them'),
    };
  }
  const quoted = names.map((name) => `"${name}"`);
  return { message: `${quoted.join(' and ')} could each be ${field}`, hint: chooseHint(names, field, '') };
}

/** @param otherwise what else can be done than to choose with `map` */
function chooseHint(names: readonly string[], field: ColumnName, otherwise: string): string {
  if (new Set(names).size < names.length) return `${otherwise || 'Rename or delete one of them'}.`;
  const choices = names.map((name) => `\`map\` "${name}=${field}"`).join(' or ');
  return otherwise ? `${otherwise}, or say which counts: ${choices}.` : `Say which counts: ${choices}.`;
}
