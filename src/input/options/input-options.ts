/** How the caller wants an input to be read. */
import { UsageError } from '../../errors.js';
import { networkIdFault } from '../fields/ids.js';
import { isDelimiter } from '../records/csv-dialect.js';
import type { RuleOptions } from '../rules/rule-set.js';
import type { Exclusions } from './exclusions.js';

export interface InputOptions extends RuleOptions {
  /** The network of every row that names none. A row that names another network is invalid. */
  readonly networkId?: string;
  /** CSV: one ASCII character, or `tab`. Default: detected from the header; a tab for `.tsv`. */
  readonly delimiter?: string;
  /**
   * Such as `windows-1252`, `shift_jis` or `utf-16le`. Default: UTF-8, or UTF-16 if the input begins with its byte
   * order mark.
   */
  readonly encoding?: string;
  /** CSV: how many records are above the header (lines, except for line ends in quotes; blank ones count). Default: 0. */
  readonly skipRows?: number;
  /** Ignore unknown columns and keys instead of refusing them. Default: false. */
  readonly ignoreUnknownColumns?: boolean;
  /** More than one security group in a row is an error instead of a warning. Default: false. */
  readonly singleGroup?: boolean;
  /** What is odd about a row is an error instead of a warning. Default: false. */
  readonly strict?: boolean;
  /** Fields in which words such as `Null` are meant as they stand. Default: none. */
  readonly accept?: readonly string[];
  /** A user may have several rows, which are sent one after the other. Default: false, such rows are invalid. */
  readonly allowDuplicates?: boolean;
  /**
   * What columns and keys are read as: `auto` for what HR files call names and e-mail addresses, `COLUMN=FIELD`, or
   * `COLUMN=ignore`. With any of these, columns that stay unknown are ignored. Default: each by its own name.
   */
  readonly map?: readonly string[];
  /** `FIELD=VALUE`: the value of this field in every row, instead of the row's own. */
  readonly set?: readonly string[];
  /**
   * `COLUMN=VALUE`, `COLUMN=(VALUE, VALUE)` or `COLUMN=/regex/flags`, each also with `!=`: rows that do not meet all of
   * these are skipped. COLUMN is one by the file's own name, or a field; values are compared in NFC and without white
   * space around them.
   */
  readonly where?: readonly string[];
  /** Rows of these users are skipped. */
  readonly exclusions?: Exclusions;
  /** The input is a list of users instead of changes: only whom its rows mean is read. */
  readonly roster?: boolean;
  /** The lines are those of a plan: they say what their users were, and a first line about the plan is not a row. */
  readonly planned?: boolean;
  /** Only the first so many data rows are read, checked and counted, skipped ones included. Default: all. */
  readonly limit?: number;
  /** Aborts the reading between two chunks of the file, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The options, with the delimiter as the character it means. @throws UsageError for an option that cannot be used */
export function checkOptions(options: InputOptions): InputOptions {
  const { networkId, limit, delimiter, skipRows } = options;
  const fault = networkId === undefined ? undefined : networkIdFault(networkId);
  if (fault !== undefined) {
    throw new UsageError(
      `the network ID ${fault}`,
      'Give `networkId` with the 8 digits that the Wickr console shows.',
    );
  }
  if (limit !== undefined && !isWhole(limit, 1, Number.MAX_SAFE_INTEGER)) {
    throw new UsageError(
      'the limit is not a whole number of 1 or more',
      'Give `limit` with a number of rows.',
    );
  }
  if (skipRows !== undefined && !isWhole(skipRows, 0, MOST_SKIPPED)) {
    throw new UsageError(
      `the number of rows to skip is not a whole number from 0 to ${MOST_SKIPPED}`,
      'Give `skipRows` with the number of rows above the header.',
    );
  }
  return delimiter === undefined ? options : { ...options, delimiter: delimiterOf(delimiter) };
}

/** The rows above a header are held in memory until the header is there. */
const MOST_SKIPPED = 1000;

const isWhole = (number: number, min: number, max: number): boolean =>
  Number.isSafeInteger(number) && number >= min && number <= max;

function delimiterOf(given: string): string {
  const delimiter = given.toLowerCase() === 'tab' || given === '\\t' ? '\t' : given;
  if (isDelimiter(delimiter)) return delimiter;
  const hint = 'Give `delimiter` with one character such as ";" or "|", or with the word tab.';
  throw new UsageError('the delimiter is not one punctuation character or a tab', hint);
}
