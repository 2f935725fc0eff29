/** Several runs on one limit, in simulated time: together they use it, and no one of them is left behind. */
import { describe, expect, it } from 'vitest';
import { cases } from '../../length.js';
import { type Client, randomFrom, type Service, simulate, tokenBucket } from '../rate/simulation.js';
import { Hub } from './simulation.js';

const SECONDS = 30;

function shards(rate: number, burst: number, seed: number): Service {
  const random = randomFrom(seed + 77);
  const bucket = () => tokenBucket({ limit: [{ from: 0, rate: rate / 4 }], capacity: burst / 4 });
  const buckets = [bucket(), bucket(), bucket(), bucket()];
  return { accepts: (at) => buckets[Math.floor(random() * 4)]?.accepts(at) ?? false };
}

/** One story: over the ideal time, of all requests, and the smallest part over an even one. */
function play(service: Service, rate: number, runs: number, seed: number) {
  const rows = Math.floor((rate * SECONDS + rate / 2) / runs);
  const hub = new Hub(runs, { rows }, { every: 100, soon: 10 });
  const clients = hub.paces.map((pace): Client => ({ rows, pace, startsAt: 100 }));
  const results = simulate({ service, clients, seed, latency: 30, jitter: 0.5 });
  const sum = (of: (result: (typeof results)[number]) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const first = Math.floor(Math.min(...results.map(({ endsAt }) => endsAt)) / 100);
  const parts = results.map(({ accepted }) => accepted.slice(0, first).reduce((a, b) => a + b, 0));
  return {
    time: (Math.max(...results.map(({ endsAt }) => endsAt)) - 100) / (1000 * SECONDS),
    throttled: sum(({ throttled }) => throttled) / sum(({ requests }) => requests),
    least: Math.min(...parts) / (parts.reduce((a, b) => a + b, 0) / runs),
  };
}

function median(of: readonly ReturnType<typeof play>[], name: keyof ReturnType<typeof play>): number {
  const sorted = of.map((story) => story[name]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

describe('runs that share a rate', () => {
  it.each([
    ['four on a bucket of 200/s', 'bucket', 200, 4, { time: 1.06, throttled: 0.02, least: 0.9 }],
    ['two on a bucket of 200/s', 'bucket', 200, 2, { time: 1.08, throttled: 0.02, least: 0.9 }],
    ['twelve on a bucket of 200/s', 'bucket', 200, 12, { time: 1.12, throttled: 0.02, least: 0.8 }],
    ['four on a bucket of 20/s', 'bucket', 20, 4, { time: 1.12, throttled: 0.05, least: 0.8 }],
    ['four on four machines of 50/s each', 'shards', 200, 4, { time: 1.15, throttled: 0.025, least: 0.9 }],
  ] as const)('%s', (_what, kind, rate, runs, most) => {
    const stories = Array.from({ length: cases(3, 40) }, (_, i) => {
      const service =
        kind === 'bucket'
          ? tokenBucket({ limit: [{ from: 0, rate }], capacity: rate / 2 })
          : shards(rate, rate / 2, i);
      return play(service, rate, runs, i + 1);
    });
    expect(median(stories, 'time')).toBeLessThan(most.time);
    expect(median(stories, 'throttled')).toBeLessThan(most.throttled);
    expect(median(stories, 'least')).toBeGreaterThan(most.least);
    for (const { least } of stories) expect(least).toBeGreaterThan(0.5);
  });

  it('go by a limit that falls to a quarter and comes back', () => {
    const limit = [
      { from: 0, rate: 200 },
      { from: 10_000, rate: 50 },
      { from: 20_000, rate: 200 },
    ];
    const { time, throttled, least } = play(tokenBucket({ limit, capacity: 100 }), 200, 4, 3);
    // Ideal: 30 s, and 7.5 s for what the ten slow seconds have not let through.
    expect(time).toBeLessThan(1.45);
    expect(throttled).toBeLessThan(0.04);
    expect(least).toBeGreaterThan(0.8);
  });
});
