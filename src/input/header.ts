/** The header of a CSV input: which column holds what. */
import { InputError, UsageError } from '../errors.js';
import {
  type ColumnName,
  columnNames,
  columnOf,
  insteadOf,
  isLookup,
  type LookupName,
  listUnknown,
} from './columns.js';
import type { InputOptions } from './options.js';

/** The header; its bytes and those of any rows are an input again. */
export interface Header {
  readonly line: number;
  /** Offset in bytes just behind the header, its line end included. It starts at 0, with a BOM and blank lines. */
  readonly end: number;
  readonly delimiter: string;
  /** In the order of the file; undefined for a column that is left out of account. */
  readonly columns: readonly (ColumnName | undefined)[];
}

const KNOWN = `The columns are: ${columnNames.join(', ')}.`;

/** What the header's cells mean. Throws InputError where they are no usable header. */
export function readColumns(
  cells: readonly string[],
  line: number,
  options: InputOptions,
): (ColumnName | undefined)[] {
  const names = cells.map(columnOf);
  if (names.every((name) => name === undefined)) throw noHeader(cells, line);
  refuseLookups(names, line);
  if (options.ignoreUnknownColumns !== true) refuseUnknown(cells, names, line);
  refuseRepeated(names, line);
  const columns = names as (ColumnName | undefined)[];
  if (!columns.includes('userId')) {
    throw new InputError('there is no userId column', `Every row needs the ID of its user. ${KNOWN}`, {
      line,
    });
  }
  if (!columns.includes('networkId') && options.networkId === undefined) {
    const hint = 'Give --network-id, or add a networkId column.';
    throw new UsageError('the input has no networkId column and no network ID was given', hint);
  }
  return columns;
}

// Without a header the first line is somebody's data: none of it may be shown.
function noHeader(cells: readonly string[], line: number): InputError {
  const first = cells[0] ?? '';
  if (/^(#TYPE|sep=)/i.test(first)) {
    const hint = 'Delete that line (PowerShell: Export-Csv -NoTypeInformation) and start again.';
    return new InputError('the first line is an instruction to a program, not the header', hint, { line });
  }
  const found = cells.length === 1 ? '1 cell' : `${cells.length} cells`;
  const message = `the first line does not look like a header: none of its ${found} is a known column name`;
  const hint = `Put the column names into the first line; if the delimiter is another one, give --delimiter. ${KNOWN}`;
  return new InputError(message, hint, { line });
}

function refuseLookups(names: readonly (ColumnName | LookupName | undefined)[], line: number): void {
  const at = names.findIndex((name) => name !== undefined && isLookup(name));
  if (at !== -1) throw needsLookup(names[at] as LookupName, `column ${at + 1}`, line);
}

/** A column that this version cannot resolve. */
export function needsLookup(name: LookupName, where: string, line: number): InputError {
  const message = `${where} is ${name}, which this version cannot look up in the network yet`;
  return new InputError(message, `Use ${insteadOf[name]} instead.`, { line });
}

function refuseUnknown(cells: readonly string[], names: readonly unknown[], line: number): void {
  const unknown = cells.flatMap((name, index) =>
    names[index] === undefined ? [{ position: index + 1, name }] : [],
  );
  if (unknown.length === 0) return;
  const message = `unknown ${unknown.length === 1 ? 'column' : 'columns'}: ${listUnknown('column', unknown, columnNames)}`;
  const hint = `Rename or delete them, or give --ignore-unknown-columns. ${KNOWN}`;
  throw new InputError(message, hint, { line });
}

function refuseRepeated(names: readonly (string | undefined)[], line: number): void {
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (name === undefined || first === index) continue;
    const message = `columns ${first + 1} and ${index + 1} are both ${name}`;
    throw new InputError(message, 'Delete one of them.', { line });
  }
}
