/** How the caller wants an input to be read. */
import { UsageError } from '../errors.js';
import { networkIdFault } from './ids.js';

export interface InputOptions {
  /** The network of every row that names none; a row that names another one is invalid. */
  readonly networkId?: string;
  /** CSV: one ASCII character, or `tab`. Default: found by itself from the header, tab for `.tsv`. */
  readonly delimiter?: string;
  /** Leave unknown columns and keys out of account instead of refusing them. Default: false. */
  readonly ignoreUnknownColumns?: boolean;
  /** More than one security group in a row is an error instead of a warning. Default: false. */
  readonly singleGroup?: boolean;
  /** A user may stand in several rows, which are sent one after the other. Default: false, such rows are invalid. */
  readonly allowDuplicates?: boolean;
  /** Only the first so many data rows are read, checked and counted. Default: all. */
  readonly limit?: number;
  /** Stops the reading between two chunks of the file, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The options, with the delimiter as the character it means. Throws UsageError for one that cannot be used. */
export function checkOptions(options: InputOptions): InputOptions {
  const { networkId, limit, delimiter } = options;
  const fault = networkId === undefined ? undefined : networkIdFault(networkId);
  if (fault !== undefined) {
    throw new UsageError(
      `the network ID ${fault}`,
      'Give --network-id with the 8 digits that the Wickr console shows.',
    );
  }
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new UsageError(
      'the limit is not a whole number of 1 or more',
      'Give --limit with a number of rows.',
    );
  }
  return delimiter === undefined ? options : { ...options, delimiter: delimiterOf(delimiter) };
}

function delimiterOf(given: string): string {
  const delimiter = given.toLowerCase() === 'tab' || given === '\\t' ? '\t' : given;
  if (/^[\t!#-/:-@[-`{-~]$/.test(delimiter)) return delimiter;
  const hint = 'Give --delimiter with one character such as ";" or "|", or with the word tab.';
  throw new UsageError('the delimiter is not one punctuation character or a tab', hint);
}
