import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/pace/limiter.js';

describe('the limiter', () => {
  it.each([
    ['one by one at a low rate', 100, 20],
    ['in leases at a high one', 5000, 1000],
  ])('gives permits %s', async (_how, rate, permits) => {
    const limiter = createLimiter({ fixed: rate }, 64);
    const given = await Promise.all(Array.from({ length: permits }, () => limiter.acquire()));
    limiter.stop();
    const moments = given.flatMap((at) => at ?? []);
    expect(moments).toHaveLength(permits);
    const inOneLease = Math.max(1, rate / 50);
    for (let i = inOneLease; i < permits; i += 1) {
      // No permit comes before its time, however late the machine lets the ones before it be.
      const first = moments[0] ?? 0;
      expect((moments[i] ?? 0) - first).toBeGreaterThan((1000 * (i - inOneLease)) / rate - 2);
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
});
