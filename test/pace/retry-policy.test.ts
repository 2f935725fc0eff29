import { describe, expect, it } from 'vitest';
import { decideRetry, initialRetryState, type RetryState } from '../../src/pace/retry-policy.js';

const options = { maxAttempts: 6, throttlePatience: 900_000 };
const transient = { kind: 'transient' } as const;
const throttle = { kind: 'throttle' } as const;
const decide = (state: RetryState, failure: Parameters<typeof decideRetry>[1], now = 0, random = 0.5) =>
  decideRetry(state, failure, options, now, random);
/** A state in which some attempts have failed, and maybe a throttle was met at this time. */
const met = (failures: number, throttledSince?: number): RetryState => ({ failures, throttledSince });

it('a request starts with nothing against it', () => {
  expect(initialRetryState).toEqual(met(0));
});

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
    expect(decide(initialRetryState, transient, 0, random)).toEqual({
      next: 'after',
      wait: 200 * random,
      state: met(1),
    });
  });

  it.each([
    ['as long as the service asks', 5000, 5000],
    ['no less than chance decides', 50, 100],
    ['as chance decides if the service asks for no wait', 0, 100],
    ['no longer than the caller’s patience', 1_000_000, 900_000],
  ])('waits %s', (_, retryAfter, wait) => {
    expect(decide(initialRetryState, { ...transient, retryAfter })).toEqual({
      next: 'after',
      wait,
      state: met(1),
    });
  });

  it.each([
    ['the first', 0, 100, 0],
    ['the last', 5, 1600, 5],
    ['beyond the last', 6, 3200, 6],
  ])(
    'does not count against the row if the service was down for everyone: %s',
    (_, before, wait, failures) => {
      expect(decide(met(before), { ...transient, excused: true })).toEqual({
        next: 'after',
        wait,
        state: met(failures),
      });
    },
  );

  it.each([
    [1, 'given up after 1 failed attempt'],
    [2, 'given up after 2 failed attempts'],
    [6, 'given up after 6 failed attempts'],
  ])('of at most %i attempts is final at the last', (maxAttempts, reason) => {
    const limit = { ...options, maxAttempts };
    expect(decideRetry(met(maxAttempts - 1), transient, limit, 0, 0)).toEqual({ next: 'give-up', reason });
    expect(decideRetry(met(maxAttempts - 2), transient, limit, 0, 0).next).toBe('after');
  });
});

describe('a throttle', () => {
  it('never counts as a failed attempt', () => {
    let state: RetryState = met(5);
    for (let i = 0; i < 1000; i += 1) {
      const decision = decide(state, throttle, i);
      if (decision.next !== 'at-once') throw new Error(decision.next);
      state = decision.state;
    }
    expect(state).toEqual(met(5, 0));
  });

  it.each([
    ['counts its patience from the first', met(2), 1000, met(2, 1000)],
    ['not from a later one', met(2, 1000), 5000, met(2, 1000)],
    ['also if that was at 0', met(0, 0), 899_999, met(0, 0)],
  ])('%s', (_, before, now, state) => {
    expect(decide(before, throttle, now)).toEqual({ next: 'at-once', state });
  });

  it.each([
    [900_000, '15 min'],
    [90_000, '1.5 min'],
    [100_000, '1.7 min'],
  ])('of nothing else for %d ms is given up', (throttlePatience, shown) => {
    const patience = { ...options, throttlePatience };
    const first = met(0, 500);
    expect(decideRetry(first, throttle, patience, 499 + throttlePatience, 0).next).toBe('at-once');
    expect(decideRetry(first, throttle, patience, 500 + throttlePatience, 0)).toEqual({
      next: 'give-up',
      reason: `throttled for ${shown} without a break; \`throttlePatienceMs\` sets how long to keep trying`,
    });
  });

  it('is forgotten once the service has answered otherwise', () => {
    const decision = decide(met(0, 0), transient, 899_999);
    expect(decision).toMatchObject({ state: met(1) });
  });
});

it.each(['final', 'credentials', 'unreachable'] as const)('%s: needs no reason beside its own', (kind) => {
  expect(decide(initialRetryState, { kind, retryAfter: 5 })).toEqual({ next: 'give-up', reason: '' });
});
