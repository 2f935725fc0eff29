import { describe, expect, it } from 'vitest';
import { decideRetry, initialRetryState, type RetryState } from '../../src/pace/retry-policy.js';

const options = { maxAttempts: 6, throttlePatience: 900_000 };
const transient = { kind: 'transient' } as const;
const throttle = { kind: 'throttle' } as const;
const decide = (state: RetryState, failure: Parameters<typeof decideRetry>[1], now = 0, random = 0.5) =>
  decideRetry(state, failure, options, now, random);

describe('a transient failure', () => {
  it('is tried again after waits whose bound doubles, up to 20 s, and given up at the last attempt', () => {
    const bounds: (number | string)[] = [];
    let state = initialRetryState;
    const many = { ...options, maxAttempts: 10 };
    for (;;) {
      const decision = decideRetry(state, transient, many, 0, 1 - Number.EPSILON);
      if (decision.next !== 'after') {
        bounds.push(decision.next);
        break;
      }
      bounds.push(Math.round(decision.wait));
      state = decision.state;
    }
    expect(bounds).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 'give-up']);
  });

  it.each([0, 0.25, 0.99])('waits a share of the bound that chance decides: %d', (random) => {
    expect(decide(initialRetryState, transient, 0, random)).toMatchObject({
      next: 'after',
      wait: 200 * random,
    });
  });

  it('waits as long as the service asks', () => {
    expect(decide(initialRetryState, { ...transient, retryAfter: 5000 })).toMatchObject({ wait: 5000 });
  });

  it('waits no longer than the caller has patience, whatever the service asks', () => {
    expect(decide(initialRetryState, { ...transient, retryAfter: 1_000_000 })).toMatchObject({
      wait: 900_000,
    });
  });

  it('does not count against the row if the service was down for everyone', () => {
    const atTheLast: RetryState = { failures: 5, throttledSince: undefined };
    expect(decide(atTheLast, transient)).toMatchObject({ next: 'give-up' });
    expect(decide(atTheLast, { ...transient, excused: true })).toMatchObject({
      next: 'after',
      wait: 1600,
      state: { failures: 5 },
    });
    expect(decide(initialRetryState, { ...transient, excused: true })).toMatchObject({ wait: 100 });
  });

  it('has only one attempt if that is the limit', () => {
    const decision = decideRetry(initialRetryState, transient, { ...options, maxAttempts: 1 }, 0, 0);
    expect(decision).toEqual({ next: 'give-up', reason: 'given up after 1 failed attempt' });
  });
});

describe('a throttle', () => {
  it('never counts as a failed attempt', () => {
    let state: RetryState = { failures: 5, throttledSince: undefined };
    for (let i = 0; i < 1000; i += 1) {
      const decision = decide(state, throttle, i);
      if (decision.next !== 'at-once') throw new Error(decision.next);
      state = decision.state;
    }
    expect(state.failures).toBe(5);
  });

  it.each([
    [899_999, 'at-once'],
    [900_000, 'give-up'],
  ])('after %d ms of nothing else: %s', (now, next) => {
    expect(decide({ failures: 0, throttledSince: 0 }, throttle, now).next).toBe(next);
  });

  it('is forgotten once the service has answered otherwise', () => {
    const decision = decide({ failures: 0, throttledSince: 0 }, transient, 899_999);
    expect(decision).toMatchObject({ state: { failures: 1, throttledSince: undefined } });
  });
});

it('a final no is final', () => {
  expect(decide(initialRetryState, { kind: 'final' })).toMatchObject({ next: 'give-up' });
});
