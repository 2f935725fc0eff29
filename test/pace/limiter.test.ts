import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Pace } from '../../src/pace/limiter.js';
import { createLimiters } from '../../src/pace/limiters.js';
import { Outage } from '../../src/pace/outage.js';
import { RateController, type RateOptions } from '../../src/pace/rate/rate-controller.js';

/** One limiter for all requests, and what there is for the whole run. */
function createLimiterWith(options: Omit<RateOptions, 'start'>, most: number, outage: Outage, shared?: Pace) {
  const limiters = createLimiters(shared ? 'operation' : 'all', options, most, outage, shared);
  const { acquire, answered } = limiters.of('reads');
  const writes = limiters.of('writes');
  return {
    ...{ hold: limiters.hold, tune: limiters.tune, stop: limiters.stop },
    acquire: acquire.bind(writes),
    answered: answered.bind(writes),
    get rate() {
      return writes.rate;
    },
    get rowsInFlight() {
      return limiters.rowsInFlight;
    },
  };
}

const createLimiter = (options: Omit<RateOptions, 'start'>, most: number) =>
  createLimiterWith(options, most, new Outage(60_000));

/** Lets as many leases of a limiter at full rate go by. */
async function limiterTurns(leases: number): Promise<void> {
  const other = createLimiter({ fixed: 5000 }, 64);
  for (let i = 0; i < 100 * leases; i += 1) await other.acquire();
  other.stop();
}

describe('a clock that is set', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['back', -600_000],
    ['forward', 600_000],
  ])(
    '%s during a run neither holds a permit nor lets one go early',
    async (_how, step) => {
      const limiter = createLimiter({ fixed: 100 }, 64);
      await limiter.acquire();
      const now = Date.now.bind(Date);
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + step);
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: 10 }, () => limiter.acquire()));
      clock.mockRestore();
      await limiter.acquire();
      limiter.stop();
      expect(performance.now() - startedAt).toBeGreaterThan(85);
    },
    60_000,
  );

  it('back at whatever moment holds no permit', async () => {
    const real = Date.now.bind(Date);
    let [calls, off] = [0, 0];
    // At each eleventh look at the clock, which comes at another step of a lease each time.
    vi.spyOn(Date, 'now').mockImplementation(() => {
      calls += 1;
      if (calls % 11 === 0) off -= 600_000;
      return real() + off;
    });
    const limiter = createLimiter({ fixed: 200 }, 64);
    while (off > -20 * 600_000) expect(await limiter.acquire()).toBeDefined();
    limiter.stop();
  }, 60_000);
});

describe('the limiter', () => {
  it.each([
    ['one by one at a low rate', 100, 20],
    ['in leases at a high one', 5000, 1000],
  ])('gives permits %s', async (_how, rate, permits) => {
    const startedAt = performance.now();
    const limiter = createLimiter({ fixed: rate }, 64);
    const given = await Promise.all(Array.from({ length: permits }, () => limiter.acquire()));
    limiter.stop();
    const moments = given.flatMap((at) => at ?? []);
    expect(moments).toHaveLength(permits);
    const inOneLease = Math.max(1, rate / 50);
    for (let i = inOneLease; i < permits; i += 1) {
      // No permit comes before its time (timers stray by a few ms), however late the machine grants those before it.
      expect((moments[i] ?? 0) - startedAt).toBeGreaterThan((1000 * (i - inOneLease)) / rate - 5);
    }
  });

  it('lets the urgent go first', async () => {
    const limiter = createLimiter({ fixed: 200 }, 64);
    const order: string[] = [];
    const wait = (name: string, urgent: boolean) => limiter.acquire(urgent).then(() => order.push(name));
    await Promise.all([
      wait('first', false),
      wait('second', false),
      wait('third', false),
      wait('urgent', true),
    ]);
    limiter.stop();
    expect(order.indexOf('urgent')).toBeLessThan(order.indexOf('third'));
  });

  it('holds everyone back as long as a throttle asks', async () => {
    const limiter = createLimiter({ fixed: 1000 }, 64);
    const sent = (await limiter.acquire()) ?? 0;
    const throttled = performance.now();
    limiter.answered('throttled', sent, 300);
    const [a = 0, b = 0] = await Promise.all([limiter.acquire(), limiter.acquire(true)]);
    limiter.stop();
    expect(Math.min(a, b) - throttled).toBeGreaterThanOrEqual(299);
  });

  it('tells those who wait when it is stopped, and everyone after', async () => {
    const limiter = createLimiter({ fixed: 0.5 }, 64);
    await limiter.acquire();
    const waiting = [limiter.acquire(), limiter.acquire(true)];
    limiter.stop();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    expect(await limiter.acquire()).toBeUndefined();
  });

  it('begins again after a time with nobody waiting', async () => {
    const limiter = createLimiter({ fixed: 1000 }, 64);
    await limiter.acquire();
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 50; i += 1) expect(await limiter.acquire()).toBeTypeOf('number');
    limiter.stop();
  });

  it('lets one request at a time try a service that is down, and all once it is back', async () => {
    const outage = new Outage(60_000);
    const limiter = createLimiterWith({ fixed: 5000 }, 64, outage);
    const failing = await Promise.all(Array.from({ length: 20 }, () => limiter.acquire()));
    for (const sentAt of failing) limiter.answered('failed', sentAt ?? 0);
    const downAt = performance.now();
    expect([outage.isOn, limiter.rate]).toEqual([true, 0]);
    let given = 0;
    const waiting = Array.from({ length: 30 }, async () => {
      const sentAt = await limiter.acquire();
      given += 1;
      return sentAt;
    });
    const probe = (await Promise.race(waiting)) ?? 0;
    expect(probe - downAt).toBeGreaterThanOrEqual(245);
    // More than a lease's time later nobody else has gone: the probe has no answer yet.
    await limiterTurns(20);
    expect(given).toBe(1);
    limiter.answered('accepted', probe);
    await limiterTurns(20);
    expect(given).toBe(1 + 4);
    limiter.stop();
    expect((await Promise.all(waiting)).filter((sentAt) => sentAt === undefined)).toHaveLength(25);
  });

  it('is not told by refused credentials that the service is down', async () => {
    const outage = new Outage(60_000);
    const limiter = createLimiterWith({ fixed: 5000 }, 64, outage);
    const sent = await Promise.all(Array.from({ length: 64 }, () => limiter.acquire()));
    for (const sentAt of sent) limiter.answered('void', sentAt ?? 0);
    limiter.stop();
    expect(outage.isOn).toBe(false);
  });

  it('gives nobody a permit while it is held, also those who wait already, and goes on then', async () => {
    const limiter = createLimiter({ fixed: 5000 }, 64);
    await limiter.acquire();
    limiter.hold(true);
    limiter.hold(true);
    let given = 0;
    const waiting = Array.from({ length: 30 }, () => limiter.acquire(given > 1).then(() => (given += 1)));
    await limiterTurns(20);
    expect(given).toBe(0);
    limiter.hold(false);
    await Promise.all(waiting);
    limiter.hold(true);
    const last = limiter.acquire();
    limiter.stop();
    expect(await last).toBeUndefined();
  });

  it('holds no time against a service that is down while it is held', async () => {
    const outage = new Outage(1);
    const limiter = createLimiterWith({ fixed: 5000 }, 64, outage);
    const sent = await Promise.all(Array.from({ length: 22 }, () => limiter.acquire()));
    limiter.answered('accepted', sent[21] ?? 0);
    limiter.hold(true);
    for (const sentAt of sent.slice(0, 20)) limiter.answered('failed', sentAt ?? 0);
    expect(outage.isOn).toBe(true);
    await limiterTurns(5);
    limiter.answered('failed', performance.now());
    limiter.stop();
    expect(outage.isLasting).toBe(false);
  });

  it('keeps to bounds that are set anew, lower and higher ones, whatever it was made for', async () => {
    const fixed = createLimiter({ fixed: 400 }, 64);
    fixed.tune({ maxRate: 100 });
    expect(fixed.rate).toBe(100);
    fixed.tune({ concurrency: 3 });
    expect([fixed.rate, fixed.rowsInFlight]).toEqual([100, 3]);
    const from = performance.now();
    for (let i = 0; i < 21; i += 1) await fixed.acquire();
    // Two permits a lease of 20 ms.
    expect(performance.now() - from).toBeGreaterThanOrEqual(180);
    fixed.tune({ maxRate: 1000, concurrency: 1000 });
    expect(fixed.rate).toBe(400);
    fixed.stop();
    const capped = createLimiter({ max: 20 }, 64);
    const accepted = async (count: number) => {
      for (let i = 0; i < count; i += 1) capped.answered('accepted', (await capped.acquire()) ?? 0);
      return capped.rate;
    };
    expect(await accepted(3)).toBe(20);
    capped.tune({ maxRate: 10_000 });
    expect(await accepted(20)).toBeGreaterThan(20);
    capped.stop();
  });
});

describe('a permit that is taken back', () => {
  /** A pace that counts the requests it believes to be in flight. */
  function countingPace() {
    const told = { inFlight: 0, again: 0 };
    const pace: Pace = {
      ...{ rate: 5000, holdUntil: 0, found: undefined },
      sent: (_at, isAgain) => {
        told.inFlight += 1;
        if (isAgain) told.again += 1;
      },
      answered: () => {
        told.inFlight -= 1;
      },
    };
    return { pace, told };
  }

  it('is in flight no more, and again once it is taken up, without counting twice against the rate', async () => {
    const { pace, told } = countingPace();
    const limiters = createLimiters('all', {}, 64, new Outage(60_000), pace);
    const writes = limiters.of('writes');
    writes.unused((await writes.acquire()) ?? 0);
    expect(told).toEqual({ inFlight: 0, again: 0 });
    const again = writes.reuse() ?? Number.NaN;
    expect(told).toEqual({ inFlight: 1, again: 1 });
    writes.answered('accepted', again);
    expect(told.inFlight).toBe(0);
    limiters.stop();
  });

  it.each<[string, (limiters: ReturnType<typeof createLimiters>) => Promise<void> | void]>([
    [
      'a throttle',
      async (limiters) => {
        const writes = limiters.of('writes');
        writes.answered('throttled', (await writes.acquire()) ?? 0, 60_000);
      },
    ],
    ['a pause', (limiters) => limiters.hold(true)],
    ['the end of the run', (limiters) => limiters.stop()],
  ])('is not taken up during %s', async (_what, happen) => {
    const limiters = createLimiters('operation', { fixed: 5000 }, 64, new Outage(60_000));
    const writes = limiters.of('writes');
    writes.unused((await writes.acquire()) ?? 0);
    await happen(limiters);
    expect(writes.reuse()).toBeUndefined();
    expect(limiters.of('reads').reuse() === undefined).toBe(_what !== 'a throttle');
    limiters.stop();
  });

  it('makes a rate grow no faster: a run that waits for its looks does not use it', () => {
    const rateAfter = (isAgain: boolean) => {
      const controller = new RateController({ known: 100 }, 0);
      // Half of what the rate allows.
      for (let at = 0; at < 20_000; at += 20) {
        controller.sent(at);
        if (isAgain) {
          controller.answered({ at: at + 1, sentAt: at, result: 'failed' });
          controller.sent(at + 5, true);
        }
        controller.answered({ at: at + 15, sentAt: at + 5, result: 'accepted' });
      }
      return controller.rate;
    };
    expect(rateAfter(true)).toBe(rateAfter(false));
  });
});

describe('a limiter each for reads and writes', () => {
  const pair = (scope: 'operation' | 'all', options: Parameters<typeof createLimiters>[1] = {}) => {
    const limiters = createLimiters(scope, options, 64, new Outage(60_000));
    return { limiters, reads: limiters.of('reads'), writes: limiters.of('writes') };
  };

  it('does not hold the writes back for a throttle of the reads; one for both does', async () => {
    for (const scope of ['operation', 'all'] as const) {
      const { limiters, reads, writes } = pair(scope, { fixed: 5000 });
      reads.answered('throttled', (await reads.acquire()) ?? 0, 60_000);
      let granted = 0;
      const waiting = [writes.acquire(), reads.acquire()].map((permit) => permit.then(() => (granted += 1)));
      await limiterTurns(20);
      expect(granted).toBe(scope === 'operation' ? 1 : 0);
      limiters.stop();
      await Promise.all(waiting);
    }
  });

  it('keeps to one rate for both if that is fixed, and to one bound', async () => {
    for (const bound of [{ fixed: 200 }, { max: 200, start: { reads: 4000, writes: 4000 } }]) {
      const { limiters, reads, writes } = pair('operation', bound);
      const startedAt = performance.now();
      const take = async (limiter: typeof reads, permits: number) => {
        for (let i = 0; i < permits; i += 1) limiter.answered('accepted', (await limiter.acquire()) ?? 0);
      };
      await Promise.all([take(reads, 30), take(writes, 30)]);
      // Of each, the permits of the first lease and of one more may go early.
      expect(performance.now() - startedAt).toBeGreaterThan((1000 * (60 - 16)) / 200);
      limiters.tune({ maxRate: 100 });
      const tunedAt = performance.now();
      await Promise.all([take(reads, 15), take(writes, 15)]);
      expect(performance.now() - tunedAt).toBeGreaterThan((1000 * (30 - 16)) / 100);
      limiters.stop();
    }
  });

  it('has a bound that is raised reach those who wait for their place under the lower one', async () => {
    const { limiters, reads, writes } = pair('operation', { max: 0.001 });
    await reads.acquire();
    const waiting = [writes.acquire(), reads.acquire()];
    await limiterTurns(5);
    limiters.tune({ maxRate: 1000 });
    for (const permit of await Promise.all(waiting)) expect(permit).toBeDefined();
    // What comes next is not held by what was due under the lower bound.
    expect(await writes.acquire()).toBeDefined();
    limiters.stop();
  });

  it('starts those of which nothing is known from what is known of the others', async () => {
    const rateAfter = async (start: { reads?: number; writes?: number }) => {
      const { limiters, writes } = pair('operation', { start });
      for (let i = 0; i < 3; i += 1) writes.answered('accepted', (await writes.acquire()) ?? 0);
      limiters.stop();
      return writes.rate;
    };
    const unknown = await rateAfter({});
    expect(await rateAfter({ reads: 4000 })).toBeGreaterThan(unknown);
    // What is known of the writes themselves counts for more.
    expect(await rateAfter({ reads: 4000, writes: 4 })).toBe(unknown);
  });

  it('holds both back while the service is down, and lets both go when it is back', async () => {
    const { limiters, reads, writes } = pair('operation', { fixed: 5000 });
    const sent = await Promise.all(Array.from({ length: 20 }, () => reads.acquire()));
    for (const sentAt of sent) reads.answered('failed', sentAt ?? 0);
    expect([reads.rate, writes.rate]).toEqual([0, 0]);
    const waiting = [reads, writes, reads, writes].map(async (limiter) => ({
      limiter,
      permit: (await limiter.acquire()) ?? 0,
    }));
    const probe = await Promise.race(waiting);
    probe.limiter.answered('accepted', probe.permit);
    // Waits for the other as well, which sleeps until somebody wakes it.
    await Promise.all(waiting);
    limiters.stop();
  });
});

describe('a pace that others decide on', () => {
  /** What has been decided, and how the limiter hears of another decision. */
  function sharedPace(rate: number) {
    const told: (() => void)[] = [];
    const pace = { rate, holdUntil: 0, found: undefined, sent: () => {}, answered: () => {} };
    const onChange: Pace['onChange'] = (listener) => void told.push(listener);
    const change = (to: Partial<Pace>) => {
      Object.assign(pace, to);
      for (const listener of told) listener();
    };
    return { pace: Object.assign(pace, { onChange }), change };
  }

  it.each([
    ['as soon as it is asked for', 0],
    ['once it waits for its time', 5],
  ])('reaches a permit: a higher rate, %s', async (_when, turns) => {
    const { pace, change } = sharedPace(0.001);
    const limiter = createLimiterWith({}, 64, new Outage(60_000), pace);
    await limiter.acquire();
    const second = limiter.acquire();
    if (turns > 0) await limiterTurns(turns);
    change({ rate: 1000 });
    expect(await second).toBeDefined();
    limiter.stop();
  });

  it('reaches a permit that waits: the end of a hold, and a hold', async () => {
    const { pace, change } = sharedPace(1000);
    const limiter = createLimiterWith({}, 64, new Outage(60_000), pace);
    change({ holdUntil: performance.now() + 3_600_000 });
    let isGranted = false;
    const held = limiter.acquire().then(() => {
      isGranted = true;
    });
    await limiterTurns(5);
    expect(isGranted).toBe(false);
    change({ holdUntil: 0 });
    await held;
    limiter.stop();
  });

  it("stays within this run's own bound", () => {
    const { pace } = sharedPace(1000);
    const limiter = createLimiterWith({ max: 7 }, 64, new Outage(60_000), pace);
    expect(limiter.rate).toBe(7);
    limiter.stop();
  });
});
