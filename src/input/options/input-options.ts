/** How the caller wants an input to be read. */
import { UsageError } from '../../errors.js';
import { networkIdFault } from '../fields/ids.js';
import { isDelimiter } from '../records/csv-dialect.js';
import type { Exclusions } from './exclusions.js';

export interface InputOptions {
  /** The network of every row that names none; a row that names another one is invalid. */
  readonly networkId?: string;
  /** CSV: one ASCII character, or `tab`. Default: found by itself from the header, tab for `.tsv`. */
  readonly delimiter?: string;
  /**
   * Such as `windows-1252`, `shift_jis` or `utf-16le`. Default: UTF-8, or UTF-16 where the input begins with its byte
   * order mark.
   */
  readonly encoding?: string;
  /** CSV: how many records (lines, but for line ends in quotes; blank ones count) stand above the header. Default: 0. */
  readonly skipRows?: number;
  /** Leave unknown columns and keys out of account instead of refusing them. Default: false. */
  readonly ignoreUnknownColumns?: boolean;
  /** More than one security group in a row is an error instead of a warning. Default: false. */
  readonly singleGroup?: boolean;
  /** A user may stand in several rows, which are sent one after the other. Default: false, such rows are invalid. */
  readonly allowDuplicates?: boolean;
  /**
   * What columns and keys are read as: `auto` for what HR files call names and e-mail addresses, `COLUMN=FIELD`, or
   * `COLUMN=ignore`. With any of these, columns that stay unknown are left out. Default: each by its own name.
   */
  readonly map?: readonly string[];
  /** `FIELD=VALUE`: the value of this field in every row, in the place of the row's own. */
  readonly set?: readonly string[];
  /**
   * `FIELD=VALUE` or `FIELD=/regex/flags`: rows that do not meet all of these are skipped. FIELD is a column by the
   * file's own name, or a field; values are compared in NFC and without white space around them.
   */
  readonly where?: readonly string[];
  /** Rows of these users are skipped. */
  readonly exclusions?: Exclusions;
  /** Not an input to send but a list of users: who is meant is all that is read. */
  readonly roster?: boolean;
  /** The lines are those of a plan: they say what their users were, and a first line about the plan is no row. */
  readonly planned?: boolean;
  /** Only the first so many data rows are read, checked and counted, skipped ones among them. Default: all. */
  readonly limit?: number;
  /** Stops the reading between two chunks of the file, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The options, with the delimiter as the character it means. Throws UsageError for one that cannot be used. */
export function checkOptions(options: InputOptions): InputOptions {
  const { networkId, limit, delimiter, skipRows } = options;
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
  if (
    skipRows !== undefined &&
    !(Number.isSafeInteger(skipRows) && skipRows >= 0 && skipRows <= MOST_SKIPPED)
  ) {
    throw new UsageError(
      `the number of rows to skip is not a whole number from 0 to ${MOST_SKIPPED}`,
      'Give --skip-rows with the number of rows above the header.',
    );
  }
  return delimiter === undefined ? options : { ...options, delimiter: delimiterOf(delimiter) };
}

/** What stands above a header is held until the header is there. */
const MOST_SKIPPED = 1000;

function delimiterOf(given: string): string {
  const delimiter = given.toLowerCase() === 'tab' || given === '\\t' ? '\t' : given;
  if (isDelimiter(delimiter)) return delimiter;
  const hint = 'Give --delimiter with one character such as ";" or "|", or with the word tab.';
  throw new UsageError('the delimiter is not one punctuation character or a tab', hint);
}
