import { describe, expect, it } from 'vitest';
import { RowsInFlight } from '../../src/pace/in-flight.js';
import { simulate } from './rate/simulation.js';

/** The limit at `rate` after 100 answers that took `latency` ms. */
function limit(rate: number, latency: number, cap = 64): number {
  const rows = new RowsInFlight({ cap });
  for (let i = 0; i < 100; i++) rows.answered(latency, true);
  return rows.limit(rate);
}

describe('rows in flight', () => {
  it.each([
    [5, 30, 3],
    [20, 30, 4],
    [200, 30, 17],
    [200, 5, 10],
    [50, 800, 64],
    [2000, 30, 64],
  ])('for %s rows/s at %s ms are %s', (rate, latency, expected) => {
    expect(limit(rate, latency)).toBe(expected);
  });

  it('always hold the rate, below the cap', () => {
    for (const rate of [0.5, 5, 50, 500, 5000])
      for (const latency of [1, 10, 100, 1000])
        expect(limit(rate, latency, Number.POSITIVE_INFINITY)).toBeGreaterThan((rate * latency) / 1000);
  });

  it('never pass the cap', () => {
    expect(limit(5000, 1000, 8)).toBe(8);
  });

  it('are not what a queue wants: a service that delays what comes too soon does not get ever more', () => {
    for (const [perSecond, most] of [
      [10, 64],
      [50, 100],
      [100, 150],
    ] as const) {
      let free = 0;
      let taken = 0;
      const accepts = (at: number) => {
        free = Math.max(free, at) + 1000 / perSecond;
        taken = free - at;
        return true;
      };
      const service = { accepts, takes: () => taken };
      const clients = [{ rows: perSecond * 200 }];
      const [run] = simulate({ service, clients, seed: 3, concurrency: 512 });
      expect(run?.mostInFlight).toBeLessThanOrEqual(most);
      expect(run?.endsAt).toBeLessThan(201_000);
    }
  });

  it('go beyond 64 with a latency that is long from the start', () => {
    expect(limit(150, 700, 512)).toBe(164);
    const rows = new RowsInFlight({ cap: 512 });
    for (let i = 0; i < 8; i++) rows.answered(50, true);
    for (let i = 0; i < 100; i++) rows.answered(700, true);
    expect(rows.limit(150)).toBe(64);
    expect(rows.limit(1000)).toBe(257);
  });

  it('are at most 64 before the latency is known', () => {
    expect(new RowsInFlight({ cap: 512 }).limit(5000)).toBe(64);
    const rows = new RowsInFlight({ cap: 512 });
    // A service that has been down from the start.
    for (let i = 0; i < 100; i++) rows.answered(700, false);
    expect(rows.limit(5000)).toBe(64);
  });

  it('begin with a guess, and follow the latency', () => {
    const rows = new RowsInFlight({ cap: 64 });
    expect(rows.limit(20)).toBe(6);
    rows.answered(10, true);
    expect(rows.limit(20)).toBe(3);
    for (let i = 0; i < 30; i++) rows.answered(500, true);
    expect(rows.limit(20)).toBeGreaterThan(15);
  });
});
