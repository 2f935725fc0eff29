/** The header of a CSV input: which column has which field. */
import { InputError, UsageError } from '../../errors.js';
import {
  columnsNamed,
  type MappedColumn,
  type MappingFault,
  mapColumns,
  missingColumn,
  noColumn,
} from '../columns/column-mapping.js';
import {
  type ColumnName,
  columnNames,
  columnOf,
  likelyRule,
  listUnknown,
  shownName,
} from '../columns/column-names.js';
import { synonymOf } from '../columns/synonyms.js';
import type { InputOptions } from '../options/input-options.js';
import type { RowOptions } from '../options/row-options.js';
import { conditionColumn } from '../options/where-option.js';
import { ColumnRules, rulesFault, withComposed } from '../rules/column-rules.js';

/** The header. Its bytes, followed by those of any rows, are an input again. */
export interface Header {
  readonly line: number;
  /** Offset in bytes just behind the header with its line end. Its bytes begin at 0, with a BOM and the rows above it. */
  readonly end: number;
  readonly delimiter: string;
  /** In the order of the file; undefined for a column that is ignored. */
  readonly columns: readonly (ColumnName | undefined)[];
  /** What each column is read as and why, in the order of the file. */
  readonly mapping: readonly MappedColumn[];
}

const KNOWN = `The columns are: ${columnNames.join(', ')}.`;

/** Finds out what the header's cells mean. @throws InputError if they are not a usable header */
export function readColumns(
  cells: readonly string[],
  line: number,
  options: InputOptions,
  rowOptions: RowOptions,
): Pick<Header, 'columns' | 'mapping'> {
  const { map, replaced } = rowOptions;
  if (!cells.some((name) => isKnown(name, rowOptions))) throw noHeader(cells, line);
  const missing = map && missingColumn(cells, map);
  if (missing) throw asError(missing, line);
  const mapped = mapColumns(cells, map);
  if ('fault' in mapped) throw asError(mapped.fault, line);
  const { mapping } = mapped;
  const columns = mapping.map(({ field }) => (options.roster ? rosterField(field) : field));
  const misfit = rulesFault(rowOptions.rules, cells, columns);
  if (misfit) throw asError(misfit, line);
  if (!options.ignoreUnknownColumns && !options.roster && map === undefined)
    refuseUnknown(cells, columns, line, rowOptions);
  requireUser(cells, columns, line);
  if (!columns.includes('networkId') && options.networkId === undefined) throw noNetwork();
  checkConditions(cells, columns, line, rowOptions);
  return {
    columns: columns.map((field) => (field && replaced.has(field) ? undefined : field)),
    mapping: withComposed(rowOptions.rules, mapping),
  };
}

/** Whether anything says what a column with this name is. */
function isKnown(name: string, { map }: RowOptions): boolean {
  if (columnOf(name) !== undefined) return true;
  if (map === undefined) return false;
  return (
    map.explicit.some(({ column }) => columnsNamed([name], column).length > 0) ||
    synonymOf(name) !== undefined
  );
}

/** The fields that count in a list of users: a username in it says who is meant. */
export function rosterField(field: ColumnName | undefined): ColumnName | undefined {
  if (field === 'username') return 'lookupUsername';
  return field === 'userId' || field === 'lookupUsername' ? field : undefined;
}

function checkConditions(
  cells: readonly string[],
  columns: readonly (ColumnName | undefined)[],
  line: number,
  { conditions }: RowOptions,
): void {
  for (const condition of conditions) {
    if (conditionColumn(condition, cells, columns) === -1)
      throw asError(noColumn('where', condition.column, cells), line);
    if (columnsNamed(cells, condition.column).length > 1) throw asError(namedTwice(condition.column), line);
  }
}

const asError = ({ message, hint }: MappingFault, line: number) => new InputError(message, hint, { line });

const namedTwice = (column: string): MappingFault => ({
  message: `\`where\` names "${shownName(column)}", and more than one column has that name`,
  hint: 'Rename or delete one of them.',
});

const noNetwork = () =>
  new UsageError(
    'the input has no networkId column and no network ID was given',
    'Give the option `networkId`, or say which column has it: `map` "COLUMN=networkId".',
  );

function requireUser(
  cells: readonly string[],
  columns: readonly (ColumnName | undefined)[],
  line: number,
): void {
  if (columns.includes('userId') || columns.includes('lookupUsername')) return;
  const message = 'there is neither a userId nor a lookupUsername column';
  const which =
    'If a column has other words for it, say which: `map` "COLUMN=lookupUsername" or `map` "COLUMN=userId". ';
  const hint = `Every row needs its user's ID or username. ${guessHint(cells, columns) || which}${KNOWN}`;
  throw new InputError(message, hint, { line });
}

/** What `map` would make of columns that are not known: auto, or the one that says it of this column. */
function guessHint(cells: readonly string[], columns: readonly (ColumnName | undefined)[]): string {
  const unknown = cells.filter((_, index) => columns[index] === undefined);
  const guess = unknown.flatMap((name) => likelyRule(name) ?? [])[0];
  const known = synonymHint(unknown);
  if (known !== '' || guess === undefined) return known;
  return `If that is what is meant, give \`map\` "${guess}". `;
}

function synonymHint(names: readonly string[]): string {
  const known = names.find((name) => synonymOf(name) !== undefined);
  if (known === undefined) return '';
  const name = shownName(known);
  return `\`map\` auto reads "${name}" as ${synonymOf(known)}, and so does \`map\` "${name}=${synonymOf(known)}". `;
}

// Without a header the first line is a user's data: none of it may be shown.
function noHeader(cells: readonly string[], line: number): InputError {
  const found = cells.length === 1 ? '1 cell' : `${cells.length} cells`;
  const message = `the first line does not look like a header: none of its ${found} is a known column name`;
  const hint = `Put the column names into the first line, or give \`skipRows\` if they are further down; if the delimiter is another one, give \`delimiter\`; if the columns have other names, say what they are: \`map\` "COLUMN=firstName". ${synonymHint(cells)}${KNOWN}`;
  return new InputError(message, hint, { line });
}

function refuseUnknown(
  cells: readonly string[],
  names: readonly (ColumnName | undefined)[],
  line: number,
  { rules }: RowOptions,
): void {
  const used = new ColumnRules(rules, cells, names);
  const unknown = cells.flatMap((name, index) =>
    names[index] === undefined && !used.isNamed(index) ? [{ position: index + 1, name }] : [],
  );
  if (unknown.length === 0) return;
  const message = `unknown ${unknown.length === 1 ? 'column' : 'columns'}: ${listUnknown('column', unknown, columnNames)}`;
  const guess = guessHint(cells, names);
  const hint = `${guess}${guess === '' ? 'Rename' : 'Otherwise rename'} or delete them, or give \`ignoreUnknownColumns\`. ${KNOWN}`;
  throw new InputError(message, hint, { line });
}
