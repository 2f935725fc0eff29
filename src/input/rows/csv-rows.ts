/** Turns CSV records into rows. */

import { isBlank } from '../../text/blank.js';
import { unsureReason } from '../../text/unsure-cell.js';
import { type DuplicateCheck, RowBuilder } from '../fields/row-builder.js';
import { takeText } from '../fields/text-value.js';
import type { InputOptions } from '../options/input-options.js';
import type { RowRules } from '../options/row-options.js';
import { cellsOf } from '../records/csv-cells.js';
import type { RecordBatch } from '../records/record-framer.js';
import { ColumnRules } from '../rules/column-rules.js';
import { hasRules } from '../rules/rule-set.js';
import { type Header, readColumns } from './csv-header.js';
import { isMade, takeMade } from './made-values.js';
import { RowFilter } from './row-filter.js';
import { shapeFault, strayQuote, swallowedRow } from './row-shape.js';

/** Reads the records of a CSV input, the header first. */
export class CsvRows {
  header: Header | undefined;
  /** Rows of nothing but blank cells, which spreadsheets leave behind: how many, and the line of the first. */
  readonly leftOver = { rows: 0, line: 0 };
  readonly #delimiter: string;
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #duplicates: DuplicateCheck | undefined;
  /** Records above the header that are still to come. */
  #skip: number;
  #filter: RowFilter | undefined;
  #made: ColumnRules | undefined;
  #batch: RecordBatch | undefined;
  #records: string[][] = [];

  /** @param skip how many records are above the header */
  constructor(
    delimiter: string,
    options: InputOptions,
    rules: RowRules,
    duplicates: DuplicateCheck | undefined,
    skip = 0,
  ) {
    this.#skip = skip;
    this.#delimiter = delimiter;
    this.#options = options;
    this.#rules = rules;
    this.#duplicates = duplicates;
  }

  /** Sets the records that `parse` gets from now on. */
  load(batch: RecordBatch): void {
    this.#batch = batch;
    this.#records = cellsOf(batch, this.#delimiter);
  }

  /**
   * The row of a record; undefined for a blank line, for the header and for what is above it.
   *
   * @throws InputError if the header is not a usable one
   */
  parse(index: number): RowBuilder | undefined {
    const cells = this.#records[index];
    const batch = this.#batch;
    if (cells === undefined || batch === undefined) return undefined;
    if (this.#skip > 0) {
      this.#skip--;
      return undefined;
    }
    if (cells.length === 1 && isBlank(cells[0] as string)) return undefined;
    const line = batch.lines[index] as number;
    if (this.header === undefined) {
      const end = batch.offset + (batch.ends[index] as number);
      this.#readHeader(cells, line, end);
      return undefined;
    }
    if (cells.every(isLeftOver)) {
      this.leftOver.line ||= line;
      this.leftOver.rows += 1;
      return undefined;
    }
    const row = new RowBuilder(line, this.#rules.strict);
    const { columns } = this.header;
    const fault = batch.strayQuotes.has(index)
      ? strayQuote(cells)
      : (shapeFault(cells, columns.length) ?? swallowedRow(cells, columns, this.#delimiter, line));
    if (fault === undefined) this.#fill(row, cells, columns);
    else row.reject(undefined, fault);
    return row;
  }

  /** Nothing is left to check: the columns that options name are there, or the header was refused. */
  checkEnd(): undefined {}

  get mapping(): Header['mapping'] | undefined {
    return this.header?.mapping;
  }

  #readHeader(cells: readonly string[], line: number, end: number): void {
    const { rowOptions } = this.#rules;
    const read = readColumns(cells, line, this.#options, rowOptions);
    this.header = { line, end, delimiter: this.#delimiter, ...read };
    const fields = read.mapping.map(({ field }) => field);
    if (RowFilter.isNeeded(rowOptions)) this.#filter = new RowFilter(this.#rules, cells, fields);
    if (hasRules(rowOptions.rules)) this.#made = new ColumnRules(rowOptions.rules, cells, fields);
  }

  /** The text of a cell that counts. One that a workbook does not tell for sure makes the row invalid. */
  #used(row: RowBuilder, cells: readonly string[], index: number): string {
    const text = cells[index] ?? '';
    const reason = unsureReason(text);
    if (reason === undefined) return text;
    if (!row.problems.some((problem) => problem.reason === reason))
      row.reject(this.header?.columns[index], reason);
    row.noteChange();
    return '';
  }

  #fill(row: RowBuilder, cells: readonly string[], columns: Header['columns']): void {
    const used = (index: number) => this.#used(row, cells, index);
    if (this.#filter?.skips(row, used)) return;
    const made = this.#made?.make(row, used, this.#rules.untranslated);
    let networkGiven = false;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column === undefined || isMade(column, made)) continue;
      const text = used(index);
      if (isBlank(text)) continue;
      if (column === 'networkId') networkGiven = true;
      takeText(row, column, text, this.#rules);
    }
    takeMade(row, made, this.#rules);
    // What is odd about them was told once, when they were read.
    row.isMuted = true;
    for (const { field, text } of this.#rules.rowOptions.settings) takeText(row, field, text, this.#rules);
    row.isMuted = false;
    if (!networkGiven) this.#rules.network.useDefault(row);
    if (row.userId === '' && row.lookupUsername === undefined) requireUser(row, cells, columns);
    if (this.#options.roster) row.noteChange();
    row.check(this.#duplicates);
  }
}

function requireUser(row: RowBuilder, cells: readonly string[], columns: Header['columns']): void {
  const [userId, username] = [columns.indexOf('userId'), columns.indexOf('lookupUsername')];
  if (!isBlank(cells[userId] ?? '') || !isBlank(cells[username] ?? '')) return;
  if (userId === -1) row.reject('lookupUsername', 'is blank: every row needs the username of its user');
  else if (username === -1) row.reject('userId', 'is blank: every row needs the ID of its user');
  else row.reject('userId', 'is blank, and so is lookupUsername: every row needs one of them');
}

/** DOS ended a text with Ctrl-Z. */
const isLeftOver = (cell: string): boolean => isBlank(cell) || cell === '\u001a';
