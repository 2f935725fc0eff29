/** When a run has gone wrong as a whole, so that going on would only do harm: pure, over outcomes. */

import { kindOf } from '../../error-codes.js';
import type { StopReason } from '../../errors.js';
import type { Outcome } from '../../model.js';
import { type Cap, rowsOf } from '../../plan/caps.js';
import { hintOn, lastingOutage } from '../service/stop-reasons.js';

export interface AbortState {
  readonly outcomes: number;
  readonly failures: number;
  /** The error that every row so far has met; undefined as soon as one has met another or none. */
  readonly onlyCode: string | undefined;
  /** The error of the last row that was given up without a word of the service; undefined as soon as one had one. */
  readonly unansweredCode: string | undefined;
  /** Rows that have ended, in whatever way. */
  readonly ended: number;
  /** Epoch ms at which a row last got past the throttle. */
  readonly letThroughAt: number;
  /** A row was throttled until its patience was over, and for half of that time no other row got through. */
  readonly onlyThrottled: boolean;
}

export const initialAbortState: AbortState = {
  outcomes: 0,
  failures: 0,
  onlyCode: undefined,
  unansweredCode: undefined,
  ended: 0,
  letThroughAt: 0,
  onlyThrottled: false,
};

/** Rows at the start of a run that have to meet the same error for the run to be stopped. */
const SAME_AT_START = 20;

/** The state after one more outcome. Failures that were known, and accepted, before the run do not count. */
export function nextAbortState(state: AbortState, outcome: Outcome): AbortState {
  if (isKnownBefore(outcome) || outcome.status === 'skipped') return { ...state, ended: state.ended + 1 };
  if (outcome.status === 'unprocessed') {
    const isGivenUp = outcome.attempts > 0 && state.outcomes === 0;
    const unansweredCode = isGivenUp ? outcome.errorCode : state.unansweredCode;
    return { ...state, unansweredCode, ended: state.ended + 1 };
  }
  const failed = outcome.status !== 'updated' && outcome.status !== 'unchanged';
  const { httpStatus = 0, errorCode = '', startedAt = 0, finishedAt = 0 } = outcome;
  const isFirst = state.outcomes === 0;
  const isThrottled = failed && kindOf(httpStatus, errorCode) === 'throttle';
  return {
    ended: state.ended + 1,
    letThroughAt: isThrottled ? state.letThroughAt : Math.max(state.letThroughAt, finishedAt),
    onlyThrottled: isThrottled && state.letThroughAt <= (startedAt + finishedAt) / 2,
    outcomes: state.outcomes + 1,
    unansweredCode: undefined,
    failures: state.failures + (failed ? 1 : 0),
    onlyCode: failed && (isFirst || state.onlyCode === errorCode) ? errorCode : undefined,
  };
}

const isKnownBefore = ({ status, attempts }: Outcome) =>
  status === 'invalid' || (status === 'conflict' && attempts === 0);

/**
 * Why the run has to stop now, if it has to.
 *
 * @param rows data rows of the input
 */
export function abortReason(
  state: AbortState,
  maxErrors: Cap | undefined,
  rows: number,
): StopReason | undefined {
  if (state.onlyCode !== undefined && state.outcomes === SAME_AT_START) return sameError(state.onlyCode);
  if (state.onlyThrottled && state.ended < rows) return throttledThroughout;
  if (state.unansweredCode !== undefined && state.ended === rows)
    return lastingOutage({ code: state.unansweredCode }, true, 'resume the run');
  if (maxErrors === undefined) return undefined;
  const most = rowsOf(maxErrors, rows);
  if (state.failures <= most) return undefined;
  return {
    code: 'MAX_ERRORS',
    message: `${state.failures} rows failed, and \`maxErrors\` allows ${most}`,
    hint: 'Look at the report. Then resume the run with a higher `maxErrors`, or correct the file of failed rows and run it again.',
  };
}

function sameError(code: string): StopReason {
  return {
    code: 'SAME_ERROR',
    message: `the first ${SAME_AT_START} rows all met ${code}, so the rest most likely would too`,
    hint: hintOn(code) ?? 'Look at the messages in the first lines of the report.',
  };
}

const throttledThroughout: StopReason = {
  code: 'THROTTLED',
  message: 'the service has throttled every request for as long as `throttlePatienceMs` allows',
  hint: 'Something else uses up the rate limit, or the limit is 0. Find out which, and resume the run later.',
};
