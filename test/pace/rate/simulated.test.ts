/** The controller against services that differ in limit, bucket and manner, in simulated time: test/bench/pace.ts, coarser. */
import { describe, expect, it } from 'vitest';
import { capacities, RATES } from '../../bench/pace.js';
import { cases } from '../../length.js';
import { ZOO } from './limiter-zoo.js';
import { fixedWindow, type Service, simulate, slidingWindow, tokenBucket } from './simulation.js';

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
const SEEDS = [11, 12, 1011, ...seedsFrom(3001, cases(0, 12))];
/** For what chance decides, and for short runs. */
const MANY_SEEDS = seedsFrom(1001, cases(10, 100));
/** The value below which this share of the values lies. */
const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;
const median = (values: readonly number[]) => quantile(values, 0.5);

const ratio = (service: () => Service, rate: number, seconds: number, seeds = SEEDS) =>
  seeds.map((seed) => {
    const rows = seconds * rate;
    const [run] = simulate({ service: service(), clients: [{ rows }], seed });
    return (run?.endsAt ?? Number.NaN) / (seconds * 1000);
  });

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
        for (const seed of rate > 50 ? SEEDS : MANY_SEEDS) {
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

  it.each([
    [200, 0.5, 50],
    [200, 2, 50],
    [200, 0.1, 50],
    [20, 2, 5],
  ])('follows a limit of %s rows/s that becomes %s × that, with a burst of %s', (rate, factor, capacity) => {
    const to = rate * factor;
    const limit = [
      { from: 0, rate },
      { from: 20_000, rate: to },
    ];
    const rows = rate * 20 + to * 40;
    const [run] = simulate({
      service: tokenBucket({ limit, capacity }),
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
  ])('shares %s rows/s between two clients, one of which starts %s ms later', (rate, startsAt) => {
    const shares = MANY_SEEDS.map((seed) => {
      const service = tokenBucket({ limit: [{ from: 0, rate }], capacity: rate });
      const clients = [{ rows: 100 * rate }, { rows: 100 * rate, startsAt }];
      const runs = simulate({ service, clients, seed });
      const from = startsAt / 50 + 50;
      const [one = 0, other = 0] = runs.map(({ accepted }) =>
        accepted.slice(from, from + 550).reduce((a, b) => a + b, 0),
      );
      expect(one + other).toBeGreaterThan(0.95 * rate * 55);
      return Math.min(one, other) / (one + other);
    });
    // Below 60 rows/s another client's throttles look like strays, which are the commoner case.
    expect(median(shares)).toBeGreaterThan(rate < 60 ? 0.3 : 0.4);
    expect(quantile(shares, 0.15)).toBeGreaterThan(rate < 60 ? 0.2 : 0.25);
  });

  it.each([2, 3, 5, 10])('that is alone at %s rows/s meets few throttles, and knows the rate', (rate) => {
    for (const seed of SEEDS) {
      const service = tokenBucket({ limit: [{ from: 0, rate }], capacity: 5 });
      const [run] = simulate({ service, clients: [{ rows: 300 * rate }], seed });
      expect(run?.throttled).toBeLessThan(0.1 * (run?.requests ?? 0));
      expect(run?.found).toBeGreaterThan(0.95 * rate);
      expect(run?.found).toBeLessThan(1.05 * rate);
    }
  });

  it('gets along with a round trip of 5 ms, shorter than what a lease takes', () => {
    const service = tokenBucket({ limit: [{ from: 0, rate: 2000 }], capacity: 200 });
    const [run] = simulate({ service, clients: [{ rows: 60_200 }], seed: 1, latency: 5 });
    expect(run?.endsAt).toBeLessThan(1.05 * 30_000);
  });

  it.each([
    [5, 1.4, 1.9],
    [10, 1.7, 2.4],
    [30, 2.7, 5],
  ])('finds the rate of a service that says Retry-After: %s at each throttle', (seconds, usual, most) => {
    const times = MANY_SEEDS.map((seed) => {
      const limit = [{ from: 0, rate: 20 }];
      const service = tokenBucket({ limit, capacity: 20, retryAfter: 1000 * seconds });
      const [run] = simulate({ service, clients: [{ rows: 1220 }], seed, latency: 60, jitter: 1 });
      return (run?.endsAt ?? Number.NaN) / 60_000;
    });
    expect(median(times)).toBeLessThan(usual);
    expect(Math.max(...times)).toBeLessThan(most);
  });

  it('guesses well over a round trip that is long and uneven', () => {
    for (const seed of SEEDS) {
      const service = tokenBucket({ limit: [{ from: 0, rate: 150 }], capacity: 150 });
      const [run] = simulate({ service, clients: [{ rows: 6150 }], seed, latency: 700, jitter: 1 });
      expect(run?.endsAt).toBeLessThan(1.2 * 41_000);
      expect(run?.throttled).toBeLessThan(0.06 * 6150);
    }
  });

  it('does not wait for all the answers of a long round trip', () => {
    const times = SEEDS.map((seed) => {
      const service = tokenBucket({ limit: [{ from: 0, rate: 20 }], capacity: 5 });
      return simulate({ service, clients: [{ rows: 605 }], seed, latency: 800 })[0]?.endsAt ?? Number.NaN;
    });
    expect(median(times)).toBeLessThan(1.12 * 30_000);
    expect(Math.max(...times)).toBeLessThan(1.25 * 30_000);
  });

  it('does not take what gathers during a Retry-After for the limit', () => {
    for (const seed of SEEDS) {
      const bucket = { limit: [{ from: 0, rate: 20 }], capacity: 5, retryAfter: 1000 };
      const [run] = simulate({ service: tokenBucket(bucket), clients: [{ rows: 120 * 20 + 5 }], seed });
      expect(run?.endsAt).toBeLessThan(1.3 * 120_000);
    }
  });

  it('recovers if refused calls are charged', () => {
    for (const rate of [20, 200]) {
      const bucket = { limit: [{ from: 0, rate }], capacity: rate / 2, chargesRefused: true };
      expect(Math.max(...ratio(() => tokenBucket(bucket), rate, 30))).toBeLessThan(1.15);
      expect(median(ratio(() => slidingWindow(rate, true), rate, 60))).toBeLessThan(1.25);
    }
  });

  it.each([5, 20, 200, 500, 2000])('gets along with windows of a second and %s rows', (rate) => {
    for (const offset of [100, 400, 700]) {
      const ratios = ratio(() => fixedWindow(rate, offset), rate, 30);
      expect(median(ratios)).toBeLessThan(1.15);
      expect(Math.max(...ratios)).toBeLessThan(1.2);
    }
  });

  it('loses less than a tenth to windows of 500 rows in the median', () => {
    const times = MANY_SEEDS.map((seed) => {
      const service = fixedWindow(500, (seed * 137) % 1000);
      return simulate({ service, clients: [{ rows: 31 * 500 }], seed })[0]?.endsAt ?? Number.NaN;
    });
    expect(median(times)).toBeLessThan(1.1 * 30_000);
  });

  it('is not misled by half a window', () => {
    // The first throttle of this run comes late in a window, so that the next is measured over half of one.
    const [last] = ratio(() => fixedWindow(20, 973), 20, 31, [29]);
    expect((last ?? Number.NaN) * 31).toBeLessThan(1.15 * 30);
  });

  it('comes through a service that is shut for a minute', () => {
    const bucket = tokenBucket({ limit: [{ from: 0, rate: 100 }], capacity: 50 });
    const service: Service = { accepts: (at) => (at > 10_000 && at < 70_000 ? false : bucket.accepts(at)) };
    const [run] = simulate({ service, clients: [{ rows: 3000 }], seed: 1019 });
    expect(run?.endsAt).toBeLessThan(70_000 + 20_000 + 10_000);
    expect(run?.throttled).toBeLessThan(120);
  });

  it.each([
    ['strays 1 %, 500/s', 1.2],
    ['strays 2 %, 60/s', 1.25],
    ['strays 2 %, 50/s', 1.25],
    ['shards, 4 even, 100/s', 1.06],
    ['shards, 8 even, 400/s', 1.06],
  ])('does not take %s for a limit', (name, most) => {
    const specimen = ZOO.find((one) => one.name === name);
    if (specimen === undefined) throw new Error(name);
    const { rows, rate, burst, service } = specimen;
    const times = seedsFrom(4001, 8).map((seed) => {
      const [run] = simulate({ service: service(seed), clients: [{ rows }], seed, latency: 60, jitter: 1 });
      return ((run?.endsAt ?? Number.NaN) * rate) / (1000 * (rows - burst));
    });
    expect(median(times)).toBeLessThan(most);
  });

  // What the best fixed rate takes that has 3 % throttled: 1.05, 1.1, 1.25 and 2.2 times the time of the limit.
  it.each([
    [1, 1.25, 0.08],
    [2, 1.25, 0.08],
    [5, 1.4, 0.065],
    [25, 2.6, 0.04],
  ])('comes near the best fixed rate for %s rows/s without a burst', (rate, most, share) => {
    const rows = Math.max(150, 40 * rate);
    const runs = seedsFrom(4001, 8).flatMap((seed) => {
      const service = tokenBucket({ limit: [{ from: 0, rate }], capacity: 1 });
      return simulate({ service, clients: [{ rows }], seed, latency: 60, jitter: 1 });
    });
    expect(median(runs.map(({ endsAt }) => (endsAt * rate) / (1000 * rows)))).toBeLessThan(most);
    expect(median(runs.map(({ throttled, requests }) => throttled / requests))).toBeLessThan(share);
  });

  it('does not take a second client for a limit without a burst', () => {
    const shares = seedsFrom(5001, 20).map((seed) => {
      const service = tokenBucket({ limit: [{ from: 0, rate: 50 }], capacity: 50 });
      const clients = [{ rows: 5050 }, { rows: 5000, startsAt: 20_000 }];
      const [one = 0, other = 0] = simulate({ service, clients, seed }).map(({ accepted }) =>
        accepted.slice(400, 1000).reduce((a, b) => a + b, 0),
      );
      return Math.min(one, other) / (one + other);
    });
    expect(Math.min(...shares)).toBeGreaterThan(0.05);
  });

  it('works at one row in two seconds', () => {
    const service = tokenBucket({ limit: [{ from: 0, rate: 0.5 }], capacity: 3 });
    const [run] = simulate({ service, clients: [{ rows: 20 }], seed: 1020 });
    expect(run?.endsAt).toBeLessThan(1.1 * 34_000);
  });
});
