/** The header of a CSV input: which column holds what. */
import { InputError, UsageError } from '../../errors.js';
import {
  columnsNamed,
  type MappedColumn,
  type MappingFault,
  mapColumns,
  missingColumn,
  noColumn,
} from '../columns/column-mapping.js';
import { type ColumnName, columnNames, columnOf, listUnknown, shownName } from '../columns/column-names.js';
import { synonymOf } from '../columns/synonyms.js';
import type { InputOptions } from '../options/input-options.js';
import type { Asked } from '../options/row-options.js';
import { columnAsked } from '../options/where-option.js';

/** The header; its bytes and those of any rows are an input again. */
export interface Header {
  readonly line: number;
  /** Offset in bytes just behind the header, its line end included. It starts at 0, with a BOM and what stands above it. */
  readonly end: number;
  readonly delimiter: string;
  /** In the order of the file; undefined for a column that is left out of account. */
  readonly columns: readonly (ColumnName | undefined)[];
  /** How each column came to what it is read as, in the order of the file. */
  readonly mapping: readonly MappedColumn[];
}

const KNOWN = `The columns are: ${columnNames.join(', ')}.`;

/** What the header's cells mean. Throws InputError where they are no usable header. */
export function readColumns(
  cells: readonly string[],
  line: number,
  options: InputOptions,
  { map, replaced, conditions }: Asked,
): Pick<Header, 'columns' | 'mapping'> {
  const stop = ({ message, hint }: MappingFault) => new InputError(message, hint, { line });
  const told = (name: string) => map?.explicit.some(({ column }) => columnsNamed([name], column).length > 0);
  if (!cells.some((name) => columnOf(name) ?? (told(name) || (map && synonymOf(name)))))
    throw noHeader(cells, line);
  const missing = map && missingColumn(cells, map);
  if (missing) throw stop(missing);
  const mapped = mapColumns(cells, map);
  if ('fault' in mapped) throw stop(mapped.fault);
  const { mapping } = mapped;
  const columns = mapping.map(({ field }) => (options.roster ? rosterField(field) : field));
  if (!options.ignoreUnknownColumns && !options.roster && map === undefined)
    refuseUnknown(cells, columns, line);
  requireUser(cells, columns, line);
  if (!columns.includes('networkId') && options.networkId === undefined) {
    const hint = 'Give --network-id, or add a networkId column.';
    throw new UsageError('the input has no networkId column and no network ID was given', hint);
  }
  for (const condition of conditions) {
    if (columnAsked(condition, cells, columns) === -1)
      throw stop(noColumn('--where', condition.column, cells));
    if (columnsNamed(cells, condition.column).length > 1) throw stop(namedTwice(condition.column));
  }
  return { columns: columns.map((field) => (field && replaced.has(field) ? undefined : field)), mapping };
}

/** What counts in a list of users: a username in it says who is meant. */
export function rosterField(field: ColumnName | undefined): ColumnName | undefined {
  if (field === 'username') return 'lookupUsername';
  return field === 'userId' || field === 'lookupUsername' ? field : undefined;
}

const namedTwice = (column: string): MappingFault => ({
  message: `--where names "${shownName(column)}", and more than one column is named so`,
  hint: 'Rename or delete one of them.',
});

function requireUser(
  cells: readonly string[],
  columns: readonly (ColumnName | undefined)[],
  line: number,
): void {
  if (columns.includes('userId') || columns.includes('lookupUsername')) return;
  const message = 'there is neither a userId nor a lookupUsername column';
  const hint = `Every row needs the ID of its user, or his username. ${guessHint(cells, columns)}${KNOWN}`;
  throw new InputError(message, hint, { line });
}

/** What `--map auto` would make of columns that nobody knows. */
function guessHint(cells: readonly string[], columns: readonly (ColumnName | undefined)[]): string {
  const at = cells.findIndex((name, index) => columns[index] === undefined && synonymOf(name) !== undefined);
  const name = cells[at];
  if (name === undefined) return '';
  return `--map auto reads "${shownName(name)}" as ${synonymOf(name)}. `;
}

// Without a header the first line is somebody's data: none of it may be shown.
function noHeader(cells: readonly string[], line: number): InputError {
  const found = cells.length === 1 ? '1 cell' : `${cells.length} cells`;
  const message = `the first line does not look like a header: none of its ${found} is a known column name`;
  const hint = `Put the column names into the first line, or give --skip-rows where they stand further down; if the delimiter is another one, give --delimiter. ${guessHint(cells, [])}${KNOWN}`;
  return new InputError(message, hint, { line });
}

function refuseUnknown(
  cells: readonly string[],
  names: readonly (ColumnName | undefined)[],
  line: number,
): void {
  const unknown = cells.flatMap((name, index) =>
    names[index] === undefined ? [{ position: index + 1, name }] : [],
  );
  if (unknown.length === 0) return;
  const message = `unknown ${unknown.length === 1 ? 'column' : 'columns'}: ${listUnknown('column', unknown, columnNames)}`;
  const hint = `Rename or delete them, or give --ignore-unknown-columns. ${guessHint(cells, names)}${KNOWN}`;
  throw new InputError(message, hint, { line });
}
