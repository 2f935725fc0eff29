import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLimiter as createLimiterWith } from '../../src/pace/limiter.js';
import { Outage } from '../../src/pace/outage.js';
import type { RateOptions } from '../../src/pace/rate-controller.js';

const createLimiter = (options: RateOptions, most: number) =>
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
});
