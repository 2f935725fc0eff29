import { describe, expect, it } from 'vitest';
import { RateController, type RateOptions } from '../../src/pace/rate.js';
import { capacities, RATES } from '../bench/pace.js';
import { fixedWindow, type Service, simulate, slidingWindow, tokenBucket } from './simulation.js';

/** A controller and a clock: `send` sends evenly at its rate for a while, each row answered 30 ms later. */
function play(options: RateOptions = {}) {
  const rate = new RateController(options, 0);
  let now = 0;
  const accept = (at: number) => {
    rate.sent(at);
    rate.answered({ at: at + 30, sentAt: at, verdict: 'accepted' });
  };
  return {
    rate,
    get now() {
      return now;
    },
    send(ms: number, share = 1) {
      const end = now + ms;
      for (now = Math.max(now, rate.holdUntil); now < end; now += 1000 / rate.rate / share) accept(now);
    },
    throttle(sentAt = now, retryAfter?: number) {
      rate.sent(sentAt);
      now = Math.max(now, sentAt + 30);
      const asked = retryAfter === undefined ? {} : { retryAfter };
      rate.answered({ at: now, sentAt, verdict: 'throttled', ...asked });
    },
  };
}

/** A controller that has measured a rate more than once, in rows/s. */
function settled(options: RateOptions = {}, measured = 100) {
  const game = play(options);
  for (let throttles = 0; throttles < 4; throttles++) {
    const end = game.now + 3000;
    let at = Math.max(game.now, game.rate.holdUntil);
    for (; at < end; at += 1000 / measured) {
      game.rate.sent(at);
      game.rate.answered({ at: at + 5, sentAt: at, verdict: 'accepted' });
    }
    game.throttle(at);
  }
  return game;
}

describe('seeking', () => {
  /** The rate after `ms` of a service that never refuses. */
  const reached = (ms: number, rows: number, options: RateOptions = {}): number => {
    let last = 0;
    const service: Service = { accepts: () => true };
    const watch = (at: number, _: number, rate: number) => {
      if (at <= ms) last = rate;
    };
    simulate({ service, clients: [{ rows, options }], seed: 1, concurrency: 256, watch });
    return last;
  };

  it('starts at 20 rows/s, and for many rows reaches 2000 rows/s in half a second', () => {
    expect(reached(0, 60_000)).toBe(20);
    expect(reached(500, 60_000)).toBeGreaterThan(2000);
  });

  it('is more careful with fewer rows', () => {
    expect(reached(500, 6000)).toBeLessThan(700);
    expect(reached(500, 600)).toBeLessThan(100);
    expect(reached(3000, 6000)).toBeGreaterThan(1000);
  });

  it('grows with accepted rows, not with time', () => {
    const { rate } = play();
    rate.sent(0);
    rate.answered({ at: 30, sentAt: 0, verdict: 'accepted' });
    const before = rate.rate;
    rate.sent(60_000);
    expect(rate.rate).toBe(before);
  });

  it('stops growing where the rows in flight cannot use the rate', () => {
    const result = simulate({
      service: tokenBucket({ limit: [{ from: 0, rate: 1e9 }], capacity: 1e9 }),
      clients: [{ rows: 20_000 }],
      seed: 1,
      concurrency: 16,
    });
    expect(result[0]?.rate).toBeLessThan(2.5 * (16 / 0.03));
  });

  it('approaches a quarter of a remembered rate faster', () => {
    expect(reached(400, 600, { start: 2000 })).toBeGreaterThan(400);
    expect(reached(400, 600, { start: 2000 })).toBeLessThan(700);
  });
});

describe('a throttle', () => {
  it('holds everything back at once', () => {
    const game = settled();
    game.send(1000);
    game.throttle();
    expect(game.rate.holdUntil).toBeGreaterThanOrEqual(game.now + 20);
    expect(game.rate.holdUntil).toBeLessThan(game.now + 100);
  });

  it('makes the rate what was accepted since the throttle before', () => {
    const { rate } = settled();
    expect(rate.rate).toBeGreaterThan(90);
    expect(rate.rate).toBeLessThan(110);
    expect(rate.found).toBeCloseTo(rate.rate, 5);
  });

  it('is one event with those of the rows that were under way', () => {
    const game = settled();
    game.send(500);
    const sentAt = game.now;
    game.throttle(sentAt);
    const { rate, holdUntil } = game.rate;
    for (let i = 0; i < 10; i++) game.throttle(sentAt - i);
    expect(game.rate.rate).toBeCloseTo(rate, 0);
    expect(game.rate.holdUntil).toBe(holdUntil);
  });

  it('with nothing accepted since the last makes single rows probe, and the rate comes back', () => {
    const game = settled();
    const before = game.rate.rate;
    for (let i = 0; i < 4; i++) game.throttle(game.rate.holdUntil);
    expect(game.rate.rate).toBeLessThan(10);
    expect(game.rate.holdUntil - game.now).toBeGreaterThan(200);
    game.rate.sent(game.rate.holdUntil);
    const sentAt = game.rate.holdUntil;
    game.rate.answered({ at: sentAt + 30, sentAt, verdict: 'accepted' });
    expect(game.rate.rate).toBeGreaterThanOrEqual(before);
  });

  it('waits as Retry-After asks, at most a minute', () => {
    for (const [asked, waits] of [
      [5000, 5000],
      [3_600_000, 60_000],
    ] as const) {
      const game = settled();
      game.send(500);
      const { rate } = game.rate;
      game.throttle(game.now, asked);
      expect(game.rate.holdUntil).toBe(game.now + waits);
      expect(game.rate.rate).toBeGreaterThan(0.8 * rate);
    }
  });
});

describe('tracking', () => {
  it('rises ever faster when no throttle comes', () => {
    const game = settled();
    const before = game.rate.rate;
    game.send(1000);
    expect(game.rate.rate).toBeLessThan(1.02 * before);
    game.send(4000);
    expect(game.rate.rate).toBeGreaterThan(1.99 * before);
  });

  it('does not rise while the rate is not used', () => {
    const game = settled();
    const before = game.rate.rate;
    game.send(10_000, 0.7);
    expect(game.rate.rate).toBeLessThan(1.1 * before);
  });

  it('learns nothing from a failed attempt', () => {
    const [game, other] = [settled(), settled()];
    const at = game.now;
    for (let i = 0; i < 50; i++) {
      for (const { rate } of [game, other]) rate.sent(at);
      game.rate.answered({ at: at + 1, sentAt: at, verdict: 'failed' });
    }
    expect(game.rate.rate).toBe(other.rate.rate);
    expect(game.rate.holdUntil).toBe(other.rate.holdUntil);
  });
});

describe('an early throttle', () => {
  it('makes a slow client share: a step down at each throttle, and a slow rise', () => {
    // Settled by a throttle every 3 s, where 6.5 s would be a cycle.
    const game = settled({}, 20);
    const before = game.rate.rate;
    game.throttle();
    const after = game.rate.rate;
    expect(after).toBeCloseTo(0.85 * before, 1);
    game.send(1000);
    expect(game.rate.rate).toBeGreaterThan(after + 0.5);
    expect(game.rate.rate).toBeLessThan(1.2 * after);
  });

  it('is forgotten when no other comes', () => {
    const game = settled({}, 20);
    game.send(5000);
    const alone = game.rate.rate;
    game.send(4000);
    expect(game.rate.rate).toBeGreaterThan(2 * alone);
  });

  it('leaves a fast client as it is', () => {
    const game = settled();
    game.send(1000);
    game.throttle();
    expect(game.rate.rate).toBe(game.rate.found);
  });
});

describe('a measurement', () => {
  it('takes some round trips, however many rows', () => {
    const game = settled();
    const at = game.rate.holdUntil;
    for (let i = 0; i < 50; i++) {
      game.rate.sent(at + i);
      game.rate.answered({ at: at + i + 30, sentAt: at + i, verdict: 'accepted' });
    }
    game.throttle(at + 50);
    expect(game.rate.found).toBeUndefined();
  });
});

describe('a dry time', () => {
  /** Sends `rows` in `ms`, then is refused for 200 ms, then one row comes through: the rate that it goes on with. */
  const goesOnAt = (rows: number, ms: number): number => {
    const { rate } = play();
    for (let i = 0; i < rows; i++) {
      const sentAt = (i * ms) / rows;
      rate.sent(sentAt);
      rate.answered({ at: sentAt + 30, sentAt, verdict: 'accepted' });
    }
    let sentAt = ms;
    for (; sentAt < ms + 200; sentAt = rate.holdUntil) {
      rate.sent(sentAt);
      rate.answered({ at: sentAt + 30, sentAt, verdict: 'throttled' });
    }
    rate.sent(sentAt);
    rate.answered({ at: sentAt + 30, sentAt, verdict: 'accepted' });
    return rate.rate;
  };

  it('after many rows was the end of a window: it goes on as in the second before', () => {
    expect(goesOnAt(20, 500)).toBe(20);
  });

  it('after few rows was a slow bucket: one row in that time is all that is known', () => {
    expect(goesOnAt(3, 100)).toBeLessThan(6);
  });
});

describe('options', () => {
  it('keeps a fixed rate through everything, and holds back for a moment', () => {
    const game = play({ fixed: 50 });
    game.send(3000);
    expect(game.rate.rate).toBe(50);
    game.throttle();
    expect(game.rate.rate).toBe(50);
    expect(game.rate.holdUntil).toBeGreaterThan(game.now);
  });

  it('never goes above max', () => {
    const game = play({ max: 40, start: 1000 });
    game.send(20_000);
    expect(game.rate.rate).toBe(40);
    expect(settled({ max: 15 }).rate.rate).toBe(15);
    expect(play({ max: 5 }).rate.rate).toBe(5);
  });
});

const SEEDS = [11, 12, 1011];
const ratio = (service: () => Service, rate: number, seconds: number, options: RateOptions = {}) =>
  SEEDS.map((seed) => {
    const rows = seconds * rate;
    const [run] = simulate({ service: service(), clients: [{ rows, options }], seed });
    return (run?.endsAt ?? Number.NaN) / (seconds * 1000);
  }).sort((a, b) => a - b);

describe('in simulated time', () => {
  it('gives the same run for the same seed', () => {
    const run = () =>
      simulate({
        service: tokenBucket({ limit: [{ from: 0, rate: 100 }], capacity: 10 }),
        clients: [{ rows: 2000 }, { rows: 2000 }],
        seed: 5,
      });
    expect(run()).toEqual(run());
  });

  describe.each([undefined, 10, 0.1])('with a remembered rate of %s × the real one', (wrong) => {
    it.each(RATES.flatMap((rate) => capacities(rate).map((capacity) => [rate, capacity] as const)))(
      'is close to %s rows/s with a burst of %s',
      (rate, capacity) => {
        for (const seed of SEEDS) {
          const rows = Math.max(200, 30 * rate + capacity);
          const [run] = simulate({
            service: tokenBucket({ limit: [{ from: 0, rate }], capacity }),
            clients: [{ rows, options: wrong === undefined ? {} : { start: wrong * rate } }],
            seed,
          });
          const { endsAt, throttled, requests } = run ?? { endsAt: 0, throttled: 0, requests: 0 };
          expect(endsAt).toBeLessThan((1.08 * 1000 * (rows - capacity)) / rate + 500);
          expect(throttled).toBeLessThanOrEqual(Math.max(0.03 * requests, 10 + rate * 0.03));
        }
      },
    );
  });

  it.each([20, 200, 2000])('takes %s rows/s of a long run to a hundredth, few of them throttled', (rate) => {
    const service = tokenBucket({ limit: [{ from: 0, rate }], capacity: rate / 2 });
    const [run] = simulate({ service, clients: [{ rows: 200 * rate + rate / 2 }], seed: 1012 });
    expect(run?.endsAt).toBeLessThan(1.01 * 200_000);
    expect(run?.throttled).toBeLessThan(0.015 * (run?.requests ?? 0));
  });

  it.each([0.5, 2, 0.1])('follows a limit of 200 rows/s that becomes %s × that', (factor) => {
    const to = 200 * factor;
    const limit = [
      { from: 0, rate: 200 },
      { from: 20_000, rate: to },
    ];
    const rows = 200 * 20 + to * 40;
    const [run] = simulate({
      service: tokenBucket({ limit, capacity: 50 }),
      clients: [{ rows }],
      seed: 1013,
    });
    const settles = 200 + Math.max(50, 500 / to);
    const after = run?.accepted.slice(settles, settles + 250) ?? [];
    expect(after.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.95 * 25 * to);
  });

  it.each([
    [20, 0],
    [20, 20_000],
    [50, 0],
    [50, 20_000],
    [200, 0],
    [200, 20_000],
  ])('shares %s rows/s between two clients, of which one starts %s ms later', (rate, startsAt) => {
    const shares = Array.from({ length: 20 }, (_, i) => {
      const service = tokenBucket({ limit: [{ from: 0, rate }], capacity: rate });
      const clients = [{ rows: 100 * rate }, { rows: 100 * rate, startsAt }];
      const runs = simulate({ service, clients, seed: i + 1 });
      const from = startsAt / 50 + 50;
      const [one = 0, other = 0] = runs.map(({ accepted }) =>
        accepted.slice(from, from + 550).reduce((a, b) => a + b, 0),
      );
      expect(one + other).toBeGreaterThan(0.95 * rate * 55);
      return Math.min(one, other) / (one + other);
    });
    expect(shares.sort((a, b) => a - b)[10]).toBeGreaterThan(0.4);
  });

  it('recovers where refused calls are charged', () => {
    for (const rate of [20, 200]) {
      const bucket = { limit: [{ from: 0, rate }], capacity: rate / 2, chargesRefused: true };
      expect(ratio(() => tokenBucket(bucket), rate, 30)[2]).toBeLessThan(1.15);
      expect(ratio(() => slidingWindow(rate, true), rate, 60)[1]).toBeLessThan(1.25);
    }
  });

  it('gets along with windows of a second', () => {
    for (const rate of [20, 200]) expect(ratio(() => fixedWindow(rate, 400), rate, 30)[1]).toBeLessThan(1.15);
  });

  it('comes through a service that is shut for a minute', () => {
    const bucket = tokenBucket({ limit: [{ from: 0, rate: 100 }], capacity: 50 });
    const service: Service = { accepts: (at) => (at > 10_000 && at < 70_000 ? false : bucket.accepts(at)) };
    const [run] = simulate({ service, clients: [{ rows: 3000 }], seed: 1019 });
    expect(run?.endsAt).toBeLessThan(70_000 + 20_000 + 10_000);
    expect(run?.throttled).toBeLessThan(120);
  });

  it('works at one row in two seconds', () => {
    const service = tokenBucket({ limit: [{ from: 0, rate: 0.5 }], capacity: 3 });
    const [run] = simulate({ service, clients: [{ rows: 20 }], seed: 1020 });
    expect(run?.endsAt).toBeLessThan(1.1 * 34_000);
  });
});
