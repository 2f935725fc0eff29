/** Whether a request gets another attempt, and after which wait: pure, given what has happened to it so far. */
import type { Failure } from '../model.js';

/** Times in ms. */
export interface RetryOptions {
  /** Most attempts that may fail for another reason than a throttle, the first included. */
  readonly maxAttempts: number;
  /** How long a request may meet nothing but throttles, counted from the first of them. */
  readonly throttlePatience: number;
}

/** The failed attempt to decide on. */
export interface FailedAttempt extends Pick<Failure, 'kind' | 'retryAfter'> {
  /** Whether the service is down for all requests: then the failure does not count. Default false. */
  readonly excused?: boolean;
}

/** What has happened to one request. */
export interface RetryState {
  /** Attempts that failed for another reason than a throttle. */
  readonly failures: number;
  /** ms of the first throttle of the present series. */
  readonly throttledSince: number | undefined;
}

/** `at-once`: as soon as the limiter has a permit; `after`: then, `wait` ms from now. */
export type RetryDecision =
  | { readonly next: 'at-once'; readonly state: RetryState }
  | { readonly next: 'after'; readonly wait: number; readonly state: RetryState }
  | { readonly next: 'give-up'; readonly reason: string };

export const initialRetryState: RetryState = { failures: 0, throttledSince: undefined };

/** ms; the first wait is drawn from 0 to this, each later one from twice as much. */
const BASE = 200;
/** ms; no wait is drawn from more. */
const LONGEST = 20_000;

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015) for
 * transient failures. A throttled request waits for the limiter alone, which all requests share. A `credentials` failure
 * is not decided here: `wickr/credential-gate.ts` knows whether there are other credentials to try.
 *
 * @param now ms on any clock that never goes back
 * @param random from 0 up to, not including, 1
 */
export function decideRetry(
  state: RetryState,
  failure: FailedAttempt,
  options: RetryOptions,
  now: number,
  random: number,
): RetryDecision {
  if (failure.kind === 'throttle') return afterThrottle(state, options, now);
  if (failure.kind !== 'transient') return { next: 'give-up', reason: '' };
  const failures = state.failures + (failure.excused ? 0 : 1);
  if (!failure.excused && failures >= options.maxAttempts) {
    return {
      next: 'give-up',
      reason: `given up after ${failures} failed ${failures === 1 ? 'attempt' : 'attempts'}`,
    };
  }
  const ceiling = Math.min(LONGEST, BASE * 2 ** Math.max(0, failures - 1));
  // What the service asks for does not overrule how long the caller wants to wait.
  const asked = Math.min(failure.retryAfter ?? 0, options.throttlePatience);
  const wait = Math.max(random * ceiling, asked);
  return { next: 'after', wait, state: { failures, throttledSince: undefined } };
}

function afterThrottle(state: RetryState, options: RetryOptions, now: number): RetryDecision {
  const throttledSince = state.throttledSince ?? now;
  if (now - throttledSince >= options.throttlePatience) {
    const minutes = Math.round(options.throttlePatience / 6_000) / 10;
    return {
      next: 'give-up',
      reason: `throttled for ${minutes} min without a break; \`throttlePatienceMs\` sets how long to keep trying`,
    };
  }
  return { next: 'at-once', state: { ...state, throttledSince } };
}
