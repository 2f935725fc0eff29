import { describe, expect, it } from 'vitest';
import { type Answer, RateController, type RateOptions } from '../../../src/pace/rate/rate-controller.js';
import { type Service, simulate, tokenBucket } from './simulation.js';

/** A controller and a clock: `send` sends evenly at its rate for a while, each row answered 30 ms later. */
function play(options: RateOptions = {}) {
  const rate = new RateController(options, 0);
  let now = 0;
  const answer = (sentAt: number, result: Answer['result'] = 'accepted', trip = 30) => {
    rate.sent(sentAt);
    rate.answered({ at: sentAt + trip, sentAt, result });
  };
  return {
    rate,
    /** A row sent at that moment and what came of it, the clock aside. */
    answer,
    get now() {
      return now;
    },
    send(ms: number, share = 1) {
      const end = now + ms;
      for (now = Math.max(now, rate.holdUntil); now < end; now += 1000 / rate.rate / share) answer(now);
    },
    /** Two throttles in a row: more than a stray. */
    alarm() {
      const sentAt = now;
      this.throttle(sentAt);
      this.throttle(sentAt + 1);
    },
    throttle(sentAt = now, retryAfter?: number) {
      rate.sent(sentAt);
      now = Math.max(now, sentAt + 30);
      const asked = retryAfter === undefined ? {} : { retryAfter };
      rate.answered({ at: now, sentAt, result: 'throttled', ...asked });
    },
  };
}

/** A controller that was alone for so many ms at a bucket of so many rows/s, and has just met a throttle. */
function alone(perSecond: number, ms = 40_000) {
  const game = play();
  let tokens = 5;
  for (let last = 0; ; ) {
    const at = Math.max(game.now, game.rate.holdUntil);
    tokens = Math.min(5, tokens + ((at - last) * perSecond) / 1000);
    last = at;
    if (tokens >= 1) {
      game.send(at - game.now + 1);
      tokens -= 1;
    } else {
      game.throttle(at);
      if (at > ms) return game;
    }
  }
}

/** A controller that has measured a rate more than once, in rows/s. */
function settled(options: RateOptions = {}, measured = 100) {
  const game = play(options);
  for (let throttles = 0; throttles < 4; throttles++) {
    const end = game.now + 3000;
    let at = Math.max(game.now, game.rate.holdUntil);
    for (; at < end; at += 1000 / measured) {
      game.answer(at, 'accepted', 5);
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
    const { rate, answer } = play();
    answer(0);
    const before = rate.rate;
    rate.sent(60_000);
    expect(rate.rate).toBe(before);
  });

  it('stops growing if the rows in flight cannot use the rate', () => {
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
    game.alarm();
    expect(game.rate.holdUntil).toBeGreaterThanOrEqual(game.now + 20);
    expect(game.rate.holdUntil).toBeLessThan(game.now + 100);
  });

  it('makes the rate what was accepted since the throttle before', () => {
    const { rate } = settled();
    expect(rate.rate).toBeGreaterThan(90);
    expect(rate.rate).toBeLessThan(110);
    expect(rate.found).toBeCloseTo(rate.rate, 5);
  });

  it('at first is believed to be far above the limit, if one of the rows in flight came through', () => {
    const game = play();
    game.send(300);
    const before = game.rate.rate;
    const sentAt = game.now;
    game.rate.sent(sentAt + 1);
    game.throttle(sentAt);
    game.rate.answered({ at: game.now + 1, sentAt: sentAt + 1, result: 'accepted' });
    expect(game.rate.rate).toBeLessThan(0.46 * before);
    expect(game.rate.rate).toBeGreaterThan(0.4 * before);
  });

  it('is one event with those of the rows that were under way', () => {
    const game = settled();
    game.send(500);
    const sentAt = game.now;
    game.alarm();
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
    game.answer(game.rate.holdUntil);
    expect(game.rate.rate).toBeGreaterThanOrEqual(before);
  });

  it('waits as Retry-After asks, at most a minute, and at most as long as the caller wants to wait', () => {
    for (const [asked, waits, longestWait] of [
      [5000, 5000, undefined],
      [3_600_000, 60_000, undefined],
      [5000, 2000, 2000],
      [3_600_000, 60_000, 900_000],
    ] as const) {
      const game = settled(longestWait === undefined ? {} : { longestWait });
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

  it('does not take an idle minute for a slow service', () => {
    const game = settled();
    game.send(500);
    const at = game.now + 60_000;
    for (let i = 0; i < 300; i++) {
      game.answer(at + i * 10, 'accepted', 5);
    }
    game.throttle(at + 3000);
    expect(game.rate.rate).toBeGreaterThan(90);
  });

  it('does not rise while the rate is not used', () => {
    const game = settled();
    const before = game.rate.rate;
    game.send(10_000, 0.7);
    expect(game.rate.rate).toBeLessThan(1.1 * before);
  });

  it('learns nothing from a failed attempt', () => {
    for (const make of [settled, () => play({ rows: 60_000 })]) {
      const [game, other] = [make(), make()];
      for (const one of [game, other]) one.send(1000);
      const at = game.now;
      for (let i = 0; i < 50; i++) {
        for (const { rate } of [game, other]) rate.sent(at);
        game.rate.answered({ at: at + 1, sentAt: at, result: 'failed' });
      }
      expect(game.rate.rate).toBe(other.rate.rate);
      for (const one of [game, other]) one.throttle(at + 1);
      expect(game.rate.rate).toBe(other.rate.rate);
      expect(game.rate.holdUntil).toBe(other.rate.holdUntil);
      expect(game.rate.found).toBe(other.rate.found);
    }
  });
});

describe('an early throttle', () => {
  it('makes a slow client share: a step down, and a slow rise', () => {
    const game = alone(20);
    const before = game.rate.rate;
    game.send(2000);
    game.alarm();
    const after = game.rate.rate;
    expect(after).toBeLessThan(0.87 * before);
    expect(after).toBeGreaterThan(0.75 * before);
    game.send(1000);
    expect(game.rate.rate).toBeGreaterThan(after + 0.5);
    expect(game.rate.rate).toBeLessThan(1.25 * after);
  });

  it('makes each throttle after it a step down, and a larger one if no row came between', () => {
    const game = alone(20);
    game.send(2000);
    game.alarm();
    game.send(1000);
    const before = game.rate.rate;
    game.throttle();
    expect(game.rate.rate).toBeCloseTo(0.85 * before, 0);
    game.throttle(game.rate.holdUntil);
    expect(game.rate.rate).toBeCloseTo(0.75 * 0.85 * before, 0);
    expect(game.rate.holdUntil - game.now).toBeGreaterThan(100);
  });

  it('says nothing if more rows came through than are behind the measured rate', () => {
    const game = alone(20);
    const measure = (rows: number) => {
      for (let i = 0; i < rows; i++) game.send(1000 / game.rate.rate);
      game.alarm();
    };
    measure(150);
    measure(30);
    const { rate } = game.rate;
    expect(rate).toBeGreaterThan(0.99 * (game.rate.found ?? Number.NaN));
    measure(40);
    expect(game.rate.rate).toBeGreaterThan(0.99 * (game.rate.found ?? Number.NaN));
    expect(game.rate.rate).toBeGreaterThan(0.9 * rate);
  });

  it('is forgotten when no other comes', () => {
    const game = alone(20);
    game.send(2000);
    game.alarm();
    game.send(5000);
    const { rate } = game.rate;
    game.send(4000);
    expect(game.rate.rate).toBeGreaterThan(2 * rate);
  });

  it('is forgotten after half a minute, or when the service asks to wait', () => {
    const game = alone(20);
    game.send(2000);
    game.alarm();
    for (const end = game.now + 30_000; game.now < end; ) {
      game.send(2000);
      const { rate } = game.rate;
      game.throttle();
      if (game.now < end) expect(game.rate.rate).toBeCloseTo(0.85 * rate, 0);
    }
    expect(game.rate.rate).toBe(game.rate.found);

    const other = alone(20);
    other.send(2000);
    other.alarm();
    other.send(4000);
    other.throttle(other.now, 100);
    expect(other.rate.rate).toBe(other.rate.found);
  });

  it('is forgotten in a dry time without going back to what was before it', () => {
    const game = alone(20);
    game.send(2000);
    game.alarm();
    const end = game.now + 30_000;
    while (game.now < end - 1000) {
      game.send(400);
      game.throttle();
    }
    const { rate } = game.rate;
    expect(rate).toBeLessThan(12);
    game.throttle(Math.max(end, game.rate.holdUntil));
    game.send(game.rate.holdUntil - game.now + 1);
    expect(game.rate.rate).toBeLessThan(2 * rate);
  });

  it('counts only what comes after it is forgotten', () => {
    const game = alone(20);
    game.send(2000);
    game.alarm();
    game.send(5200);
    const { rate } = game.rate;
    game.send(600);
    game.throttle();
    expect(game.rate.rate).toBeGreaterThan(0.9 * rate);
  });

  it('leaves a fast client as it is', () => {
    const game = settled();
    game.send(1000);
    game.alarm();
    expect(game.rate.rate).toBe(game.rate.found);
  });

  it('that stays single is a stray: the rate is kept, and one row is waited for', () => {
    const game = settled();
    game.send(1000);
    const { rate } = game.rate;
    game.throttle();
    expect(game.rate.rate).toBeCloseTo(rate, 1);
    expect(game.rate.holdUntil - game.now).toBeLessThan(20);
  });
});

describe('a measurement', () => {
  it('is believed over a first guess, however far above that the rate has gone', () => {
    const { rate, answer } = play();
    for (let sentAt = 0; sentAt < 3000; sentAt += 20) answer(sentAt, 'accepted', 5);
    answer(3000, 'throttled', 5);
    expect(rate.rate).toBeLessThan(60);
    for (let sentAt = rate.holdUntil; sentAt < 6000; sentAt += 5) answer(sentAt, 'accepted', 5);
    expect(rate.rate).toBeGreaterThan(300);
    answer(6000, 'throttled', 5);
    expect(rate.rate).toBeGreaterThan(190);
    expect(rate.rate).toBeLessThan(210);
  });

  it('takes some round trips, however many rows', () => {
    const game = settled();
    const at = game.rate.holdUntil;
    for (let i = 0; i < 50; i++) {
      game.answer(at + i);
    }
    const { found } = game.rate;
    game.throttle(at + 50);
    game.throttle(at + 51);
    expect(game.rate.rate).toBeGreaterThan(200);
    expect(game.rate.found).toBe(found);
  });
});

describe('a dry time', () => {
  /** Sends `rows` in `ms`, then is refused for `dry` ms, then one row comes through: the rate that it goes on with. */
  const goesOnAt = (rows: number, ms: number, dry = 200): number => {
    const { rate, answer } = play();
    for (let i = 0; i < rows; i++) answer((i * ms) / rows);
    let sentAt = ms;
    for (; sentAt < ms + dry; sentAt = rate.holdUntil) answer(sentAt, 'throttled');
    answer(sentAt);
    return rate.rate;
  };

  it('after many rows was the end of a window: it goes on as in the second before', () => {
    expect(goesOnAt(20, 500)).toBe(20);
  });

  it('after few rows was a slow bucket: one row in that time is all that is known', () => {
    expect(goesOnAt(3, 100, 400)).toBeLessThan(4);
  });

  it('before anything is known may also mean another client', () => {
    const { rate, answer } = play();
    for (const sentAt of [0, 50]) answer(sentAt);
    for (let sentAt = 100; sentAt < 900; sentAt = rate.holdUntil) answer(sentAt, 'throttled');
    let sentAt = rate.holdUntil;
    answer(sentAt);
    const before = rate.rate;
    for (const end = sentAt + 2000; sentAt < end; sentAt += 1000 / rate.rate) answer(sentAt);
    expect(rate.rate).toBeGreaterThan(before + 1.5);
    expect(rate.rate).toBeLessThan(before + 4);

    // An answer that was under way at a throttle says nothing any more.
    for (const at of [sentAt, sentAt + 1]) rate.sent(at);
    rate.answered({ at: sentAt + 30, sentAt, result: 'throttled' });
    const after = rate.rate;
    rate.answered({ at: sentAt + 31, sentAt: sentAt + 1, result: 'accepted' });
    expect(rate.rate).toBe(after);
  });

  it('with very few rows a second may also mean another client: the rate rises by time', () => {
    const game = alone(4, 30_000);
    for (let i = 0; i < 3; i++) game.throttle(game.rate.holdUntil);
    game.send(game.rate.holdUntil - game.now + 1);
    const { rate } = game.rate;
    game.send(1000);
    expect(game.rate.rate).toBeGreaterThan(rate + 0.8);
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
    expect(play({ max: 0.1 }).rate.rate).toBe(0.1);
  });
});
