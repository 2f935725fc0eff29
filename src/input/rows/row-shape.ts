/** What is wrong with a CSV record as a whole: quotes that do not do what they seem to, and the number of its cells. */
import { isBlank } from '../../text/blank.js';
import type { ColumnName } from '../columns/column-names.js';

/** Why a quote stands inside a cell that does not start with one. */
export function strayQuote(cells: readonly string[]): string {
  const at = cells.findIndex((cell) => /^(?:\s+|=)"/.test(cell));
  if (at === -1)
    return 'a quote is inside a cell that does not start with one: put the whole cell in quotes and write the quote twice';
  if (cells[at]?.startsWith('='))
    return `cell ${at + 1} is written as ="…", a spreadsheet's trick to keep it a text: write what is in the quotes alone`;
  return `cell ${at + 1} has a blank before its quote, which makes the quote a part of the value: take the blank out`;
}

/** @param expected cells of the header */
export function shapeFault(cells: readonly string[], expected: number): string | undefined {
  const extra = cells.slice(expected);
  if (cells.length < expected || !extra.every(isBlank)) {
    const has = `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${expected}`;
    if (cells.length > expected && cells.some((cell) => /^\s*[“”„‟«]/.test(cell)))
      return `${has}: curly quotes are none to CSV, write straight ones (")`;
    return cells.length > expected ? `${has}: does a cell with the delimiter in it lack its quotes?` : has;
  }
  return undefined;
}

/**
 * Whether a quote that was lost, or is one too many, has made another row a part of this one: a line further down has as
 * many cells as the header, were there no quotes, and a user where the header has users.
 *
 * @param line on which the record starts
 */
export function swallowedRow(
  cells: readonly string[],
  columns: readonly (ColumnName | undefined)[],
  delimiter: string,
  line: number,
): string | undefined {
  if (columns.length < 2 || !cells.some((cell) => /[\n\r]/.test(cell))) return undefined;
  const [, ...below] = linesOf(cells, delimiter);
  const idAt = columns.indexOf('userId');
  const nameAt = columns.indexOf('lookupUsername');
  const digits = (cells[idAt] ?? '').length;
  const isRow = (bare: readonly string[]) =>
    bare.length === columns.length &&
    ((/^[0-9]{1,10}$/.test(bare[idAt] ?? '') && bare[idAt]?.length === digits) ||
      /^[^\s@]+@[^\s@]+$/.test(bare[nameAt] ?? ''));
  const at = below.findIndex(isRow);
  if (at === -1) return undefined;
  return `line ${line + at + 1} looks like a row of its own, but a quote before it makes it a part of this one: close the quote where its value ends`;
}

/** The record's lines, each split as if it had no quotes. */
function linesOf(cells: readonly string[], delimiter: string): string[][] {
  const lines: string[][] = [[]];
  for (const cell of cells) {
    const [first = '', ...more] = cell.split(/\r\n|[\r\n]/);
    lines.at(-1)?.push(...first.split(delimiter));
    for (const part of more) lines.push(part.split(delimiter));
  }
  return lines;
}
