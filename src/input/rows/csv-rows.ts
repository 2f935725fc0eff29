/** CSV records into drafts of rows. */

import { isBlank } from '../../text/blank.js';
import { Draft, type UserWatch } from '../fields/row-draft.js';
import { takeText } from '../fields/text-value.js';
import type { InputOptions } from '../options/input-options.js';
import type { RowRules } from '../options/row-options.js';
import { cellsOf } from '../records/csv-cells.js';
import type { Stretch } from '../records/record-framer.js';
import { type Header, readColumns } from './csv-header.js';
import { Sieve } from './row-filter.js';

/** Reads the records of a CSV input, the header first. */
export class CsvRecords {
  header: Header | undefined;
  readonly #delimiter: string;
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #users: UserWatch | undefined;
  /** Records above the header that are still to come. */
  #skip: number;
  #sieve: Sieve | undefined;
  #stretch: Stretch | undefined;
  #records: string[][] = [];

  /** `skip`: how many records stand above the header. */
  constructor(
    delimiter: string,
    options: InputOptions,
    rules: RowRules,
    users: UserWatch | undefined,
    skip = 0,
  ) {
    this.#skip = skip;
    this.#delimiter = delimiter;
    this.#options = options;
    this.#rules = rules;
    this.#users = users;
  }

  /** The records that `draft` is asked for from now on. */
  open(stretch: Stretch): void {
    this.#stretch = stretch;
    this.#records = cellsOf(stretch, this.#delimiter);
  }

  /** Undefined for a blank line, for the header and for what stands above it. Throws InputError for a header that is none. */
  draft(index: number): Draft | undefined {
    const cells = this.#records[index];
    const stretch = this.#stretch;
    if (cells === undefined || stretch === undefined) return undefined;
    if (this.#skip > 0) {
      this.#skip--;
      return undefined;
    }
    if (cells.length === 1 && isBlank(cells[0] as string)) return undefined;
    const line = stretch.lines[index] as number;
    if (this.header === undefined) {
      const end = stretch.offset + (stretch.ends[index] as number);
      this.#begin(cells, line, end);
      return undefined;
    }
    const draft = new Draft(line);
    const fault = stretch.strayQuotes.has(index)
      ? STRAY_QUOTE
      : shapeFault(cells, this.header.columns.length);
    if (fault === undefined) this.#take(draft, cells, this.header.columns);
    else draft.reject(undefined, fault);
    return draft;
  }

  /** The columns asked for are there, or the header was refused. */
  missing(): undefined {}

  get mapping(): Header['mapping'] | undefined {
    return this.header?.mapping;
  }

  #begin(cells: readonly string[], line: number, end: number): void {
    const { asked } = this.#rules;
    const read = readColumns(cells, line, this.#options, asked);
    this.header = { line, end, delimiter: this.#delimiter, ...read };
    const fields = read.mapping.map(({ field }) => field);
    if (Sieve.isNeeded(asked)) this.#sieve = new Sieve(asked, cells, fields);
  }

  #take(draft: Draft, cells: readonly string[], columns: Header['columns']): void {
    const left = this.#sieve?.leaveOut(draft, (index) => cells[index] ?? '');
    if (left) return;
    let networkGiven = false;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const text = cells[index] as string;
      if (column === undefined || isBlank(text)) continue;
      if (column === 'networkId') networkGiven = true;
      takeText(draft, column, text, this.#rules);
    }
    for (const { field, text } of this.#rules.asked.settings) takeText(draft, field, text, this.#rules);
    if (!networkGiven) this.#rules.network.takeNone(draft);
    if (draft.userId === '' && draft.lookupUsername === undefined) requireUser(draft, cells, columns);
    if (this.#options.roster) draft.askForChange();
    draft.check(this.#users);
  }
}

function requireUser(draft: Draft, cells: readonly string[], columns: Header['columns']): void {
  const [userId, username] = [columns.indexOf('userId'), columns.indexOf('lookupUsername')];
  if (!isBlank(cells[userId] ?? '') || !isBlank(cells[username] ?? '')) return;
  if (userId === -1) draft.reject('lookupUsername', 'is blank: every row needs the username of its user');
  else if (username === -1) draft.reject('userId', 'is blank: every row needs the ID of its user');
  else draft.reject('userId', 'is blank, and so is lookupUsername: every row needs one of them');
}

const STRAY_QUOTE =
  'a quote stands inside a cell that does not start with one: put the whole cell in quotes and write the quote twice';

function shapeFault(cells: readonly string[], expected: number): string | undefined {
  if (cells.length !== expected) {
    const has = `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${expected}`;
    return cells.length > expected ? `${has}: does a cell with the delimiter in it lack its quotes?` : has;
  }
  return cells.every(isBlank) ? 'every cell is blank: delete the row' : undefined;
}
