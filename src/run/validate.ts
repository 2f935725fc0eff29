import type { ReadingOptions } from './options.js';
import { parseReadingOptions } from './parse-options.js';
import { prepareInput } from './prepare.js';

/** What `validate` found in an input that can be used. */
export interface CheckedInput {
  readonly networkId: string;
  /** Data rows. */
  readonly rows: number;
  /** Things that are odd but no reason to refuse the input. */
  readonly warnings: number;
  /** Of all its bytes, in hex. */
  readonly sha256: string;
}

/**
 * Reads a whole input without sending anything.
 *
 * @throws InvalidInputError where it cannot be used, after `onProblem` was told of every problem; UsageError or
 *   InputError where it cannot be read at all
 */
export async function validate(options: ReadingOptions): Promise<CheckedInput> {
  const reading = parseReadingOptions(options);
  const prepared = await prepareInput(reading, { skipInvalid: false });
  await prepared.source.close();
  const { networkId, rows, warnings, sha256 } = prepared.validation;
  return { networkId, rows, warnings: warnings.total, sha256 };
}
