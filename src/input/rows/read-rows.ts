/** The rows of a source. */
import type { Row } from '../../model.js';
import type { UserWatch } from '../fields/row-draft.js';
import type { InputOptions } from '../options/input-options.js';
import type { Source } from '../source/source.js';
import { RowReader } from './row-reader.js';

/**
 * Every row of the source in order, in batches: the rows that one chunk of the file completes. Give `users` the
 * `duplicates` of the source's Validation, else nobody knows that a user comes twice.
 *
 * Throws UsageError for unusable options, and InputError where the file cannot be read (on); the rows before that
 * place have been given out.
 */
export async function* readRows(
  source: Source,
  options: InputOptions,
  users?: UserWatch,
): AsyncGenerator<Row[], void, undefined> {
  const reader = new RowReader(source, options, users);
  for await (const chunk of source.chunks()) {
    options.signal?.throwIfAborted();
    const rows = reader.push(chunk);
    if (rows.length > 0) yield rows;
    if (reader.done) break;
  }
  const rows = reader.end();
  if (rows.length > 0) yield rows;
  if (reader.damage !== undefined) throw reader.damage;
}
