/** Splits CSV records into cells. */
import { parse } from 'csv-parse/sync';
import type { RecordBatch } from './record-framer.js';

/** Each record may end with any of them: files that were pasted together mix them. */
const LINE_ENDS = ['\r\n', '\n', '\r'];

/** The cells of each record of the batch, in order. The batch must come from a RecordFramer with this delimiter. */
export function cellsOf(batch: RecordBatch, delimiter: string): string[][] {
  if (batch.ends.length === 0) return [];
  if (!batch.quotes) return cellsWithoutQuotes(batch, delimiter);
  const records: string[][] = parse(batch.bytes, {
    delimiter,
    record_delimiter: LINE_ENDS,
    // Ragged rows and stray quotes become problems of their rows and must not stop the file.
    relax_column_count: true,
    relax_quotes: true,
  });
  if (records.length === batch.ends.length) return records;
  throw new Error(`csv-parse found ${records.length} records instead of ${batch.ends.length}`);
}

const LF = 10;
const CR = 13;

// Without quotes, which give a delimiter another meaning, it is enough to split the text: at a fifth of the time.
function cellsWithoutQuotes({ bytes, ends }: RecordBatch, delimiter: string): string[][] {
  let start = 0;
  return ends.map((end) => {
    let textEnd = end;
    if (bytes[textEnd - 1] === LF) textEnd--;
    if (bytes[textEnd - 1] === CR) textEnd--;
    const text = bytes.toString('utf8', start, textEnd);
    start = end;
    return text.split(delimiter);
  });
}
