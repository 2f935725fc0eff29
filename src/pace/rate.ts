/**
 * Which rate: a pure decider over what was sent and answered. It owns no clock; every event says when it happened.
 *
 * Simple for now: it starts at 10 rows/s, grows by a tenth each second in which the rate was used, and takes three
 * quarters of the rate at a throttle, once for all the requests that were already under way at that moment.
 */

/** What the controller may do, in rows/s. */
export interface RateOptions {
  /** Keep to this rate whatever happens; a throttle still holds the run back for a moment. */
  readonly fixed?: number;
  /** Never go above this rate. */
  readonly max?: number;
  /** Begin here instead of at 10 rows/s. */
  readonly start?: number;
}

/** What the controller is told; `at` and `sentAt` are ms on one clock that never goes back. */
export type RateEvent =
  | { readonly type: 'sent'; readonly at: number }
  | {
      readonly type: 'answered';
      readonly at: number;
      readonly sentAt: number;
      /** `failed`: no answer, or one that says nothing about the rate. */
      readonly verdict: 'accepted' | 'throttled' | 'failed';
      /** How long the service asked to wait, in ms. */
      readonly retryAfter?: number;
    };

/** Where the controller stands. */
export interface RateState {
  /** Rows/s to send at from now on. */
  readonly rate: number;
  /** Nothing is to be sent before this moment (ms). */
  readonly holdUntil: number;
  readonly options: RateOptions;
  /** Answers to requests sent before this moment belong to a throttle already acted on. */
  readonly actedAt: number;
  /** Start of the second in which `used` requests were sent. */
  readonly second: number;
  readonly used: number;
}

const START = 10;
const MIN = 0.5;
const GROWTH_A_SECOND = 1.1;
const CUT = 0.75;
/** ms; a hold without Retry-After, long enough for a bucket to get something back. */
const HOLD = 200;
/** ms; no service may hold the run longer by one answer. */
const LONGEST_HOLD = 60_000;

export function startRate(options: RateOptions, at: number): RateState {
  const rate = options.fixed ?? Math.min(options.start ?? START, options.max ?? Number.POSITIVE_INFINITY);
  return { rate, holdUntil: at, options, actedAt: Number.NEGATIVE_INFINITY, second: at, used: 0 };
}

/** The state after `event`. */
export function nextRate(state: RateState, event: RateEvent): RateState {
  if (event.type === 'sent') return afterSent(state, event.at);
  if (event.verdict !== 'throttled') return state;
  const hold = Math.min(event.retryAfter ?? HOLD, LONGEST_HOLD);
  const held = { ...state, holdUntil: Math.max(state.holdUntil, event.at + hold) };
  if (event.sentAt < state.actedAt) return held;
  const rate = state.options.fixed ?? Math.max(MIN, state.rate * CUT);
  return { ...held, rate, actedAt: event.at, second: event.at, used: 0 };
}

function afterSent(state: RateState, at: number): RateState {
  if (at - state.second < 1000) return { ...state, used: state.used + 1 };
  const wasUsed = state.used >= 0.8 * state.rate;
  const { fixed, max = Number.POSITIVE_INFINITY } = state.options;
  const rate = fixed ?? (wasUsed ? Math.min(max, state.rate * GROWTH_A_SECOND + 1) : state.rate);
  return { ...state, rate, second: at, used: 1 };
}
