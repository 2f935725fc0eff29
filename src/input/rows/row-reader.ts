/** Bytes into rows: each chunk that is pushed gives the rows that it completes. Holds one record, never the file. */
import { UsageError, WickrBulkError } from '../../errors.js';
import type { Row } from '../../model.js';
import type { MappedColumn } from '../columns/column-mapping.js';
import { columnOf } from '../columns/column-names.js';
import { synonymOf } from '../columns/synonyms.js';
import type { UserWatch } from '../fields/row-draft.js';
import { Network } from '../fields/run-network.js';
import { checkOptions, type InputOptions } from '../options/input-options.js';
import type { RowRules } from '../options/row-options.js';
import { parseAsked } from '../options/row-options.js';
import { type IsKnown, type Opened, Opening } from '../records/csv-dialect.js';
import { emptyFile, noDataRows, nothingLeft } from '../records/record-errors.js';
import { Framer, type Stretch } from '../records/record-framer.js';
import type { Header } from './csv-header.js';
import { CsvRecords } from './csv-rows.js';
import { JsonRecords } from './jsonl-rows.js';

/** What reading needs to know of a source. */
export interface Kind {
  readonly format: 'csv' | 'jsonl';
  /** The delimiter that the file's name tells. */
  readonly delimiter?: string;
}

export class RowReader {
  /** Set where the rest of the input cannot be read; the rows before it have been given out. */
  damage: WickrBulkError | undefined;
  /** How many rows have been given out. */
  rows = 0;
  /** Whether the limit has left something of the input unread. */
  more = false;
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #users: UserWatch | undefined;
  readonly #limit: number;
  readonly #opening: Opening;
  #framer: Framer | undefined;
  #records: CsvRecords | JsonRecords;

  /** Throws UsageError for options that cannot be used. */
  constructor(kind: Kind, options: InputOptions, users?: UserWatch) {
    this.#options = checkOptions(options);
    this.#rules = {
      network: new Network(options.networkId),
      singleGroup: options.singleGroup === true,
      asked: parseAsked(options),
    };
    this.#users = options.allowDuplicates === true ? undefined : users;
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY;
    const { delimiter, skipRows = 0 } = this.#options;
    if (kind.format === 'jsonl' && skipRows > 0) throw skipsJson();
    this.#opening = new Opening({
      format: kind.format,
      delimiter,
      byName: kind.delimiter,
      skipRows,
      isKnown: isColumn,
    });
    this.#records = new JsonRecords(this.#options, this.#rules, this.#users);
  }

  /** The network of the rows; undefined as long as neither the option nor a row has named one. */
  get networkId(): string | undefined {
    return this.#rules.network.id;
  }

  /** Undefined for JSONL, and until a CSV input's header has been read. */
  get header(): Header | undefined {
    return this.#records instanceof CsvRecords ? this.#records.header : undefined;
  }

  /** What was made of the columns, or of the keys of the rows so far; undefined where that is not known. */
  get mapping(): readonly MappedColumn[] | undefined {
    return this.#records.mapping;
  }

  /** Whether nothing more is given out: the limit is reached, or the rest is damaged. */
  get done(): boolean {
    return this.damage !== undefined || this.rows >= this.#limit;
  }

  /** The rows that are complete with this chunk. */
  push(chunk: Buffer): Row[] {
    return this.#read(chunk, false);
  }

  /** The rows that the end of the input completes. */
  end(): Row[] {
    const rows = this.#read(Buffer.alloc(0), true);
    if (this.rows > 0 && !this.more) this.damage ??= this.#records.missing();
    // A plan may change nobody.
    if (this.rows > 0 || this.damage !== undefined || this.#options.planned) return rows;
    const { header } = this;
    const { skipRows = 0 } = this.#options;
    if (header !== undefined) this.damage = noDataRows(header.line);
    else this.damage = skipRows > 0 ? nothingLeft(skipRows) : emptyFile();
    return rows;
  }

  #read(chunk: Buffer, last: boolean): Row[] {
    if (this.done) {
      this.more ||= this.damage === undefined && hasContent(chunk);
      return [];
    }
    const rows: Row[] = [];
    try {
      const opened = this.#framer === undefined ? this.#opening.push(chunk, last) : undefined;
      if (opened !== undefined) this.#begin(opened);
      const framer = this.#framer;
      if (framer === undefined) return rows;
      this.#take(framer, framer.push(opened?.rest ?? chunk), rows);
      if (last) this.#take(framer, framer.end(), rows);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      this.damage = error;
    }
    return rows;
  }

  #begin({ bom, delimiter, skip }: Opened): void {
    this.#framer = new Framer(bom, delimiter);
    if (delimiter === undefined) return;
    this.#records = new CsvRecords(delimiter, this.#options, this.#rules, this.#users, skip);
  }

  #take(framer: Framer, stretch: Stretch, rows: Row[]): void {
    this.#records.open(stretch);
    for (const [index, end] of stretch.ends.entries()) {
      if (this.done) break;
      const draft = this.#records.draft(index);
      if (draft === undefined) continue;
      const start = stretch.offset + (stretch.ends[index - 1] ?? 0);
      rows.push(draft.toRow({ row: ++this.rows, start, end: stretch.offset + end }));
      if (this.done) this.more = hasContent(stretch.bytes.subarray(end)) || hasContent(framer.rest);
    }
    if (!this.done) this.damage = framer.damage;
  }
}

function skipsJson(): UsageError {
  return new UsageError(
    'JSONL has no header, so there are no rows above it to skip',
    'Leave --skip-rows out, or give --format csv.',
  );
}

const SPACE = 32;

function hasContent(bytes: Buffer): boolean {
  return bytes.some((byte) => byte > SPACE);
}
/** Whether a cell of a header is a column by its own name or by one that HR files use. */
export const isColumn: IsKnown = (cell) => (columnOf(cell) ?? synonymOf(cell)) !== undefined;
