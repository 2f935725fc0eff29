/** Reads the rows of a source. */
import type { Row } from '../../model.js';
import type { DuplicateCheck } from '../fields/row-builder.js';
import type { InputOptions } from '../options/input-options.js';
import type { Source } from '../source/source.js';
import { RowReader } from './row-reader.js';

/**
 * Every row of the source in order, in batches: the rows that one chunk of the file completes.
 *
 * @param duplicates those of the source's Validation; without them, no row is invalid because its user comes twice
 * @throws UsageError for options that cannot be used; InputError if the file cannot be read (on), after the rows before
 *   that place have been given out
 */
export async function* readRows(
  source: Source,
  options: InputOptions,
  duplicates?: DuplicateCheck,
): AsyncGenerator<Row[], void, undefined> {
  const reader = new RowReader(source, options, duplicates);
  for await (const chunk of source.chunks()) {
    options.signal?.throwIfAborted();
    const rows = reader.push(chunk);
    if (rows.length > 0) yield rows;
    if (reader.done) break;
  }
  const rows = reader.end();
  if (rows.length > 0) yield rows;
  if (reader.error !== undefined) throw reader.error;
}
