/** When a run has gone wrong as a whole, so that going on would only do harm: pure, over outcomes. */
import { ExitCode } from '../errors.js';
import type { Outcome } from '../model.js';
import type { StopReason } from './stop.js';

/** A number of rows, or a share of the input's rows. */
export type Cap = { readonly rows: number } | { readonly percent: number };

export interface BreakerState {
  readonly outcomes: number;
  readonly failures: number;
  /** The error that every row so far has met; undefined as soon as one has met another or none. */
  readonly onlyCode: string | undefined;
}

export const closedBreaker: BreakerState = { outcomes: 0, failures: 0, onlyCode: undefined };

/** Rows at the start of a run that have to meet the same error for the run to be stopped. */
const SAME_AT_START = 20;

/** How many of so many rows a cap allows. */
export const rowsOf = (cap: Cap, rows: number): number =>
  'rows' in cap ? cap.rows : Math.floor((rows * cap.percent) / 100);

/** The state after one more outcome. Invalid rows do not count: they were known before the run and accepted. */
export function nextBreaker(state: BreakerState, outcome: Outcome): BreakerState {
  if (outcome.status === 'invalid' || outcome.status === 'skipped' || outcome.status === 'unprocessed')
    return state;
  const failed = outcome.status !== 'updated' && outcome.status !== 'unchanged';
  const code = failed ? outcome.errorCode : '';
  const isFirst = state.outcomes === 0;
  return {
    outcomes: state.outcomes + 1,
    failures: state.failures + (failed ? 1 : 0),
    onlyCode: failed && (isFirst || state.onlyCode === code) ? code : undefined,
  };
}

/**
 * Why the run has to stop now, if it has to.
 *
 * @param rows data rows of the input
 */
export function tripped(
  state: BreakerState,
  maxErrors: Cap | undefined,
  rows: number,
): StopReason | undefined {
  if (state.onlyCode !== undefined && state.outcomes === SAME_AT_START) return sameError(state.onlyCode);
  if (maxErrors === undefined || state.failures === 0) return undefined;
  const most = rowsOf(maxErrors, rows);
  if (state.failures <= most) return undefined;
  return {
    exitCode: ExitCode.stopped,
    message: `${state.failures} rows failed, and --max-errors allows ${most}`,
    hint: 'Look at the report; then correct and run the failed file again, or raise --max-errors.',
  };
}

function sameError(code: string): StopReason {
  return {
    exitCode: ExitCode.stopped,
    message: `the first ${SAME_AT_START} rows all met ${code}, so the rest most likely would too`,
    hint:
      (Object.hasOwn(hints, code) ? hints[code] : undefined) ??
      "Look at the messages in the report's first lines.",
  };
}

const hints: Readonly<Record<string, string>> = {
  ResourceNotFoundError: 'Is it the right network? Check --network-id, --region and the account.',
  ValidationError:
    "Check what the report's first lines name: often a security group that this network does not have.",
  BadRequestError: "Check --network-id and the user IDs against the network's.",
  RateLimitError: 'Something else uses up the rate limit. Try later, or raise --throttle-patience.',
  ENOTFOUND: 'Check --region, --endpoint-url and the network connection.',
  ECONNREFUSED: 'Check --endpoint-url: nothing answers there.',
  Timeout: 'The service does not answer. Check the network, or raise --timeout.',
  BadAnswer: 'Something in between answers in place of the service: a proxy, or a wrong --endpoint-url.',
};
