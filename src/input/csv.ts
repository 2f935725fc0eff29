/** CSV records into drafts of rows. */
import { cellsOf } from './cells.js';
import { Draft, type UserWatch } from './draft.js';
import type { Stretch } from './frame.js';
import { type Header, readColumns } from './header.js';
import type { InputOptions } from './options.js';
import { isBlank, type Rules, takeText } from './value.js';

/** Reads the records of a CSV input, the header first. */
export class CsvRecords {
  header: Header | undefined;
  readonly #delimiter: string;
  readonly #options: InputOptions;
  readonly #rules: Rules;
  readonly #users: UserWatch | undefined;
  #stretch: Stretch | undefined;
  #records: string[][] = [];

  constructor(delimiter: string, options: InputOptions, rules: Rules, users: UserWatch | undefined) {
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

  /** Undefined for a blank line and for the header. Throws InputError for a header that is none. */
  draft(index: number): Draft | undefined {
    const cells = this.#records[index];
    const stretch = this.#stretch;
    if (cells === undefined || stretch === undefined) return undefined;
    if (cells.length === 1 && isBlank(cells[0] as string)) return undefined;
    const line = stretch.lines[index] as number;
    if (this.header === undefined) {
      const columns = readColumns(cells, line, this.#options);
      const end = stretch.offset + (stretch.ends[index] as number);
      this.header = { line, end, delimiter: this.#delimiter, columns };
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

  #take(draft: Draft, cells: readonly string[], columns: Header['columns']): void {
    let networkGiven = false;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const text = cells[index] as string;
      if (column === undefined) continue;
      if (isBlank(text)) {
        if (column === 'userId') draft.reject('userId', 'is blank: every row needs the ID of its user');
        continue;
      }
      if (column === 'networkId') networkGiven = true;
      takeText(draft, column, text, this.#rules);
    }
    if (!networkGiven) this.#rules.network.takeNone(draft);
    draft.check(this.#users);
  }
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
