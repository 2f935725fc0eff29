import { describe, expect, it } from 'vitest';
import {
  FixedWindow,
  type Limiter,
  limiterOf,
  ScopedLimiter,
  SlidingWindow,
  TokenBucket,
} from '../../src/emulator/rate-limiter.js';

/** How many of `count` requests at this moment are let through. */
const burst = (limiter: Limiter, at: number, count: number): number =>
  Array.from({ length: count }, () => limiter.take(at)).filter(Boolean).length;

const bucket = (rate: number | undefined, capacity?: number, chargeRejected = false): TokenBucket => {
  const limiter = new TokenBucket(chargeRejected);
  limiter.change(0, rate, capacity);
  return limiter;
};

describe('a token bucket', () => {
  it('starts full, with one second of its rate', () => {
    expect(burst(bucket(50), 0, 100)).toBe(50);
    expect(burst(bucket(50, 7), 0, 100)).toBe(7);
    expect(burst(bucket(0.5), 0, 100)).toBe(1);
  });

  it('refills at its rate, up to its capacity', () => {
    const limiter = bucket(50, 10);
    burst(limiter, 0, 10);
    expect(limiter.take(19)).toBe(false);
    expect(burst(limiter, 100, 100)).toBe(5);
    expect(burst(limiter, 60_000, 100)).toBe(10);
  });

  it('keeps its rate over many small steps', () => {
    const limiter = bucket(30, 1);
    let passed = 0;
    for (let at = 0; at <= 100_000; at += 0.7) if (limiter.take(at)) passed += 1;
    // One that was there at the start; the steps do not fall on the tokens' moments, which costs a few.
    expect(passed).toBeGreaterThan(2900);
    expect(passed).toBeLessThanOrEqual(3001);
  });

  it('does not charge what it rejects, unless it is told to', () => {
    const outcomes = [false, true].map((chargeRejected) => {
      const limiter = bucket(10, 1, chargeRejected);
      limiter.take(0);
      return [50, 99, 100, 150, 250].map((at) => limiter.take(at));
    });
    expect(outcomes).toEqual([
      [false, false, true, false, true],
      [false, false, false, false, true],
    ]);
  });

  it('follows a change of its rate', () => {
    const limiter = bucket(undefined);
    expect(burst(limiter, 0, 1000)).toBe(1000);
    limiter.change(0, 10, undefined);
    expect(burst(limiter, 0, 100)).toBe(10);
    limiter.change(0, 1000, 500);
    expect(burst(limiter, 0, 100)).toBe(0);
    expect(burst(limiter, 100, 1000)).toBe(100);
    limiter.change(10_000, 10, 5);
    expect(burst(limiter, 10_000, 100)).toBe(5);
    limiter.change(10_000, undefined, undefined);
    expect(burst(limiter, 10_000, 1000)).toBe(1000);
  });

  it('gains nothing from a clock that goes back', () => {
    const limiter = bucket(10, 1);
    expect(limiter.take(1000)).toBe(true);
    expect(limiter.take(0)).toBe(false);
    expect(limiter.take(1000)).toBe(false);
    expect(limiter.take(1100)).toBe(true);
  });
});

describe('a fixed window', () => {
  it('lets its rate through in each second of the clock', () => {
    const limiter = new FixedWindow(1000);
    limiter.change(0, 20);
    expect(burst(limiter, 5_900, 100)).toBe(20);
    expect(burst(limiter, 5_999, 100)).toBe(0);
    expect(burst(limiter, 6_000, 100)).toBe(20);
  });

  it('follows a change of its rate', () => {
    const limiter = new FixedWindow(1000);
    expect(burst(limiter, 0, 100)).toBe(100);
    limiter.change(1000, 3);
    expect(burst(limiter, 1000, 100)).toBe(3);
    limiter.change(1000, 5);
    expect(burst(limiter, 1000, 100)).toBe(2);
  });
});

describe('a window of a minute', () => {
  it("lets a minute's worth through at once, and then nothing until the next one", () => {
    const limiter = new FixedWindow(60_000);
    limiter.change(0, 10);
    expect([0, 30_000, 59_999, 60_000, 60_001].map((at) => burst(limiter, at, 1000))).toEqual([
      600, 0, 0, 600, 0,
    ]);
  });
});

describe('a sliding window', () => {
  it('lets the rate through within any second, whatever the clock says', () => {
    const limiter = new SlidingWindow();
    limiter.change(0, 10);
    expect([300, 900, 1299, 1300, 1900].map((at) => burst(limiter, at, 7))).toEqual([7, 3, 0, 7, 3]);
    limiter.change(1900, undefined);
    expect(burst(limiter, 1900, 100)).toBe(100);
  });
});

describe('several machines', () => {
  const shards = (...shares: number[]) => {
    const limiter = limiterOf('shards', false, () => shares.shift() ?? 0);
    limiter.change(0, 8, 8);
    return limiter;
  };

  it('have a bucket and a quarter of the rate each', () => {
    const limiter = shards(0, 0.1, 0.2, 0.25, 0.5, 0.75, 0.99, 0.99);
    expect(Array.from({ length: 8 }, () => limiter.take(0))).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
    expect([0, 0].map(() => limiter.take(500))).toEqual([true, false]);
  });
});

describe('a limit on what is under way at once', () => {
  it('lets a request through once another has been answered', () => {
    const limiter = limiterOf('at-once', false, () => 0);
    limiter.change(0, 2, undefined);
    const take = (at: number, until: number) => {
      const isTaken = limiter.take(at);
      if (isTaken) limiter.ends?.(until);
      return isTaken;
    };
    expect([take(0, 100), take(10, 60), take(20, 80), take(59, 99), take(60, 90), take(89, 200)]).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('a queue', () => {
  it('refuses nothing: what comes too soon waits for its token', () => {
    const limiter = limiterOf('queue', false, () => 0);
    limiter.change(0, 10, 2);
    const waits = [0, 0, 0, 0, 1000, 1000, 1000].map((at) => limiter.take(at) && limiter.delay);
    expect(waits).toEqual([0, 0, 100, 200, 0, 0, 100]);
  });
});

describe('a limit for each operation', () => {
  const scoped = (scope: 'all' | 'operation') => {
    const limiter = new ScopedLimiter(scope, () => limiterOf('bucket', false, () => 0));
    limiter.change(0, 10, 2);
    return limiter;
  };
  const taken = (limiter: ScopedLimiter, operation: string) => burst(limiter.of(operation), 0, 10);

  it('counts their requests apart; one for all does not', () => {
    const [apart, together] = [scoped('operation'), scoped('all')];
    expect([taken(apart, 'GetUser'), taken(apart, 'UpdateUser')]).toEqual([2, 2]);
    expect([taken(together, 'GetUser'), taken(together, 'UpdateUser')]).toEqual([2, 0]);
  });

  it('can be set for one operation alone, before and after its first request', () => {
    const limiter = scoped('operation');
    limiter.change(0, 10, 1, 'GetUser');
    expect([taken(limiter, 'GetUser'), taken(limiter, 'UpdateUser')]).toEqual([1, 2]);
    limiter.change(0, undefined, undefined, 'UpdateUser');
    expect([taken(limiter, 'GetUser'), taken(limiter, 'UpdateUser')]).toEqual([0, 10]);
    limiter.change(0, undefined, undefined);
    expect([taken(limiter, 'GetUser'), taken(limiter, 'ListUsers')]).toEqual([10, 10]);
  });
});
