/** Reads the file of the option `translate`: two columns, a value and what it stands for. */
import { basename } from 'node:path';
import { InputError, WickrBulkError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { printable } from '../../text/printable.js';
import { columnOf } from '../columns/column-names.js';
import { cellsOf } from '../records/csv-cells.js';
import { RecordFramer } from '../records/record-framer.js';
import { openSource } from '../source/open-source.js';
import { entryFault, type TranslationPlace } from './translate-option.js';
import type { TranslationTable } from './translation-table.js';

/** Bytes: a table is held in memory. */
const MOST_BYTES = 16 * 1024 * 1024;
const DELIMITERS = [',', ';', '\t', '|'];
const HINT = 'Each line has two cells: a value of the file, and what it stands for.';

interface TableRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a table: CSV in UTF-8, or in UTF-16 with its byte order mark, its delimiter found by itself. A first line whose
 * second cell is the field's name is a header; blank lines do not count.
 *
 * @throws InputError with line and cell, free of values
 */
export async function readTranslation({ field, file }: TranslationPlace): Promise<TranslationTable> {
  const name = printable(basename(file));
  try {
    const records = recordsIn(await bytesOf(file), /\.tsv(?:\.gz)?$/i.test(file));
    const [first] = records;
    const rows = columnOf(first?.cells[1] ?? '') === field ? records.slice(1) : records;
    if (rows.length === 0) throw new InputError('there is nothing in it', HINT);
    const entries = rows.map(({ cells }): [string, string] => [cells[0] ?? '', cells[1] ?? '']);
    refuseFaults(entries, rows);
    return { field, name, entries };
  } catch (cause) {
    if (!(cause instanceof WickrBulkError)) throw cause;
    throw new InputError(`\`translate\` ${name}: ${cause.message}`, cause.hint, { cause });
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  // Whatever it is called, it has cells.
  const source = await openSource(file, { format: 'csv' });
  try {
    if (source.size > MOST_BYTES)
      throw new InputError('it has more than 16 MB', 'Give the table of values, not the file of users.');
    const pieces: Buffer[] = [];
    for await (const chunk of source.chunks()) pieces.push(Buffer.from(chunk));
    const bytes = Buffer.concat(pieces);
    return bytes.subarray(0, 3).toString('latin1') === '\xef\xbb\xbf' ? bytes.subarray(3) : bytes;
  } finally {
    await source.close();
  }
}

/** The records of the table, by the delimiter that gives each of them two cells. @throws InputError if none does */
function recordsIn(bytes: Buffer, byTabs: boolean): readonly TableRecord[] {
  const read = (byTabs ? ['\t'] : DELIMITERS).map((delimiter) => recordsBy(bytes, delimiter));
  const even = read.find(({ error, odd }) => error === undefined && odd === undefined);
  if (even) return even.records;
  const [best] = read.sort((a, b) => b.pairs - a.pairs);
  if (best?.error) throw best.error;
  const { line = 1, cells = [] } = best?.odd ?? {};
  throw new InputError(
    `it has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, not two`,
    `${HINT} One with the delimiter in it stands in double quotes.`,
    { line },
  );
}

interface ReadTable {
  readonly records: readonly TableRecord[];
  readonly error: InputError | undefined;
  /** How many have two cells, and the first that has not. */
  readonly pairs: number;
  readonly odd: TableRecord | undefined;
}

function recordsBy(bytes: Buffer, delimiter: string): ReadTable {
  const framer = new RecordFramer(0, delimiter);
  const batches = [() => framer.push(bytes), () => framer.end()];
  const records = batches.flatMap((next) => {
    // The bytes of a batch last until the next one.
    const batch = next();
    return cellsOf(batch, delimiter).map((cells, index) => ({ line: batch.lines[index] ?? 1, cells }));
  });
  const filled = records.filter(({ cells }) => !cells.every(isBlank));
  return {
    records: filled,
    error: framer.error,
    pairs: filled.filter(({ cells }) => cells.length === 2).length,
    odd: filled.find(({ cells }) => cells.length !== 2),
  };
}

/** @throws InputError with the line and cell of what is wrong */
function refuseFaults(entries: TranslationTable['entries'], rows: readonly TableRecord[]): void {
  const fault = entryFault(entries);
  if (fault === undefined) return;
  const { index, column, reason, other } = fault;
  const also = other === undefined ? '' : ` (first on line ${rows[other]?.line})`;
  throw new InputError(`cell ${column}: ${reason}${also}`, HINT, { line: rows[index]?.line ?? 1 });
}
