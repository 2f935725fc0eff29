/** Turns bytes into rows: each chunk gives the rows that it completes. Holds one record in memory, never the file. */
import { InputError, UsageError, WickrBulkError } from '../../errors.js';
import type { Problem, Row } from '../../model.js';
import { columnsNamed, type MappedColumn } from '../columns/column-mapping.js';
import { columnOf, shownName } from '../columns/column-names.js';
import { synonymOf } from '../columns/synonyms.js';
import type { DuplicateCheck } from '../fields/row-builder.js';
import { RunNetwork } from '../fields/run-network.js';
import { checkOptions, type InputOptions } from '../options/input-options.js';
import { parseRowOptions, type RowOptions, type RowRules } from '../options/row-options.js';
import { type Dialect, DialectDetector, type IsColumnName } from '../records/csv-dialect.js';
import { emptyFile, noDataRows, nothingLeft } from '../records/record-errors.js';
import { type RecordBatch, RecordFramer } from '../records/record-framer.js';
import { Untranslated, type UntranslatedValue } from '../rules/untranslated.js';
import type { LineMap } from '../source/line-map.js';
import type { Header } from './csv-header.js';
import { CsvRows } from './csv-rows.js';
import { JsonlRows } from './jsonl-rows.js';

/** What a reader needs to know of a source. */
export interface SourceFormat {
  readonly format: 'csv' | 'jsonl';
  /** Of the file, if that is another. */
  readonly fileFormat?: string;
  /** The delimiter that the file's name tells. */
  readonly delimiter?: string;
  /** The line of the file for each line of its copy, if rows are read from one. */
  readonly lines?: LineMap;
}

export class RowReader {
  /** Why the rest of the input cannot be read, once that is known. The rows before it have been given out. */
  error: WickrBulkError | undefined;
  /** How many rows have been given out. */
  rows = 0;
  /** Whether the limit has left a part of the input unread. */
  more = false;
  readonly #options: InputOptions;
  readonly #rules: RowRules;
  readonly #duplicates: DuplicateCheck | undefined;
  readonly #limit: number;
  readonly #isWorkbook: boolean;
  readonly #lines: LineMap | undefined;
  readonly #dialect: DialectDetector;
  #framer: RecordFramer | undefined;
  #records: CsvRows | JsonlRows;

  /** @throws UsageError for options that cannot be used */
  constructor(
    { format, fileFormat, delimiter: byName, lines }: SourceFormat,
    options: InputOptions,
    duplicates?: DuplicateCheck,
  ) {
    this.#options = checkOptions(options);
    this.#lines = lines;
    const rowOptions = parseRowOptions(options);
    this.#rules = {
      network: new RunNetwork(options.networkId),
      singleGroup: options.singleGroup === true,
      strict: options.strict === true,
      graded: options.planned !== true,
      accepted: rowOptions.accepted,
      rowOptions,
      met: rowOptions.conditions.map(() => 0),
      untranslated: new Untranslated(),
    };
    this.#duplicates = options.allowDuplicates === true ? undefined : duplicates;
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY;
    const { delimiter, skipRows = 0 } = this.#options;
    if (format === 'jsonl' && skipRows > 0) throw skipsJson();
    this.#isWorkbook = fileFormat === 'xlsx';
    if (this.#isWorkbook && delimiter !== undefined) throw noDelimiter();
    this.#dialect = new DialectDetector({
      ...{ format, delimiter, byName, skipRows },
      isColumnName: (cell) => isColumnName(cell) || isMapped(cell, rowOptions),
    });
    this.#records = new JsonlRows(this.#options, this.#rules, this.#duplicates);
  }

  /** The network of the rows; undefined as long as neither the option nor a row has named one. */
  get networkId(): string | undefined {
    return this.#rules.network.id;
  }

  /** Undefined for JSONL, and until a CSV input's header has been read. */
  get header(): Header | undefined {
    return this.#records instanceof CsvRows ? this.#records.header : undefined;
  }

  /** What the columns, or the keys of the rows so far, are read as; undefined if that is not known. */
  get mapping(): readonly MappedColumn[] | undefined {
    return this.#records.mapping;
  }

  /** Rows of nothing but blank cells, which are left out: how many, and the line of the first. */
  get leftOver(): { readonly rows: number; readonly line: number } | undefined {
    return this.#records instanceof CsvRows && this.#records.leftOver.rows > 0
      ? this.#records.leftOver
      : undefined;
  }

  /** The line of the last row, if it has no line end though others have. */
  unended: number | undefined;

  /** What is odd about values that options give to every row. */
  get optionWarnings(): Problem[] {
    return this.#rules.rowOptions.settings.flatMap(({ field, warnings }) =>
      warnings.map((reason) => ({ line: 1, column: field, reason: `the value of \`set\` ${reason}` })),
    );
  }

  /** The conditions that no row so far has met, as sentences. */
  get unmet(): string[] {
    const { rowOptions, met } = this.#rules;
    return rowOptions.conditions.flatMap(({ column }, index) =>
      met[index] === 0 ? [`\`where\` ${shownName(column)}: no row meets this condition`] : [],
    );
  }

  /** The values so far that a table has no translation for. */
  get untranslated(): readonly UntranslatedValue[] {
    return this.#rules.untranslated.values;
  }

  /** Whether no more rows come: the limit is reached, or the rest cannot be read. */
  get done(): boolean {
    return this.error !== undefined || this.rows >= this.#limit;
  }

  /** The rows that this chunk completes. */
  push(chunk: Buffer): Row[] {
    return this.#read(chunk, false);
  }

  /** The rows that the end of the input completes. */
  end(): Row[] {
    const rows = this.#read(Buffer.alloc(0), true);
    if (this.rows > 0 && !this.more) this.error ??= this.#records.checkEnd();
    // A plan may change nobody.
    if (this.rows > 0 || this.error !== undefined || this.#options.planned) return rows;
    const { header } = this;
    const { skipRows = 0 } = this.#options;
    if (header !== undefined) this.error = noDataRows(header.line);
    else this.error = skipRows > 0 ? nothingLeft(skipRows) : emptyFile();
    return rows;
  }

  #read(chunk: Buffer, last: boolean): Row[] {
    if (this.done) {
      this.more ||= this.error === undefined && hasContent(chunk);
      return [];
    }
    const rows: Row[] = [];
    try {
      const dialect = this.#framer === undefined ? this.#dialect.push(chunk, last) : undefined;
      if (dialect !== undefined) this.#start(dialect);
      const framer = this.#framer;
      if (framer === undefined) return rows;
      this.#take(framer, framer.push(dialect?.rest ?? chunk), rows);
      if (last) this.#takeLast(framer, rows);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      this.error = this.#located(error);
    }
    return rows;
  }

  #start({ bom, delimiter, skip }: Dialect): void {
    this.#framer = new RecordFramer(bom, delimiter);
    if (delimiter === undefined) return;
    this.#records = new CsvRows(delimiter, this.#options, this.#rules, this.#duplicates, skip);
  }

  #takeLast(framer: RecordFramer, rows: Row[]): void {
    const isUnended = hasContent(framer.rest) && this.rows > 0 && this.#records instanceof CsvRows;
    const before = this.rows;
    this.#take(framer, framer.end(), rows);
    if (isUnended && this.rows > before) this.unended = rows.at(-1)?.line;
  }

  #take(framer: RecordFramer, batch: RecordBatch, rows: Row[]): void {
    this.#records.load(
      this.#lines ? { ...batch, lines: batch.lines.map((line) => this.#lineOf(line)) } : batch,
    );
    for (const [index, end] of batch.ends.entries()) {
      if (this.done) break;
      const row = this.#records.parse(index);
      if (row === undefined) continue;
      const start = batch.offset + (batch.ends[index - 1] ?? 0);
      rows.push(row.build({ row: ++this.rows, start, end: batch.offset + end }));
      if (this.done) this.more = hasContent(batch.bytes.subarray(end)) || hasContent(framer.rest);
    }
    if (!this.done) this.error = framer.error && this.#located(framer.error);
  }

  /** The line of the file, of one of the copy that is read. */
  #lineOf(line: number): number {
    return this.#lines?.at(line) ?? line;
  }

  #located(error: WickrBulkError): WickrBulkError {
    if (!this.#lines || !(error instanceof InputError) || error.line === undefined) return error;
    const line = this.#lineOf(error.line);
    const isOther = this.#isWorkbook && this.header === undefined;
    const hint = `${error.hint ?? ''}${isOther ? otherSheet : ''}`;
    return new InputError(error.message.replace(/^line \d+: /, ''), hint, {
      cause: error.cause,
      line,
    });
  }
}

/** Whether the caller has named the column. */
const isMapped = (cell: string, { map }: RowOptions): boolean =>
  map?.explicit.some(({ column }) => columnsNamed([cell], column).length > 0) ?? false;

const otherSheet = ' If the list is on another sheet, give `sheet` with its name.';

const noDelimiter = () => new UsageError('a workbook (.xlsx) has no delimiter', 'Leave `delimiter` out.');

function skipsJson(): UsageError {
  return new UsageError(
    'JSONL has no header, so there are no rows above it to skip',
    'Leave `skipRows` out, or give `format` csv.',
  );
}

const SPACE = 32;

function hasContent(bytes: Buffer): boolean {
  return bytes.some((byte) => byte > SPACE);
}

/** Whether a cell of a header is a column by its own name or by one that HR files use. */
export const isColumnName: IsColumnName = (cell) => (columnOf(cell) ?? synonymOf(cell)) !== undefined;
