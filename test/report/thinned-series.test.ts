import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/report/series.js';
import { thinned, together } from '../../src/report/thinned-series.js';
import { anySample, seconds } from './any-sample.js';

const total = (samples: readonly Sample[], name: 'seconds' | 'requests') =>
  samples.reduce((sum, sample) => sum + sample[name], 0);

describe('two neighbours as one', () => {
  const changes = (before: Partial<Sample>, after: Partial<Sample>) =>
    together(anySample(1, before), anySample(2, after));

  it('add up, and end where the second one ends', () => {
    const one = { requests: 10, accepted: 8, throttled: 1, retried: 2, reads: 3, failed: 1, inFlight: 5 };
    const two = { requests: 20, accepted: 16, throttled: 2, retried: 4, reads: 6, failed: 2, inFlight: 4 };
    expect(changes(one, two)).toMatchObject({
      ...{ at: anySample(2).at, seconds: 2, done: 2, updated: 2, failed: 2 },
      ...{ requests: 30, accepted: 24, throttled: 3, retried: 6, reads: 9, inFlight: 5 },
    });
  });

  it.each([
    ['the rate is the mean over the time', { rate: 10, seconds: 3 }, { rate: 30 }, { rate: 15, seconds: 4 }],
    ['the limit found last counts', { limit: 20 }, { limit: 30 }, { limit: 30 }],
    ['or the one before', { limit: 20 }, { limit: null }, { limit: 20 }],
    [
      'the median is the mean over the requests, the others a bound',
      { requests: 3, latency: { p50: 10, p95: 50, p99: 200 } },
      { requests: 1, latency: { p50: 30, p95: 60, p99: 100 } },
      { latency: { p50: 15, p95: 60, p99: 200 } },
    ],
    [
      'no latency says nothing',
      { latency: null },
      { latency: { p50: 1, p95: 2, p99: 3 } },
      { latency: { p50: 1, p95: 2, p99: 3 } },
    ],
    [
      'who did it last',
      { sharedBy: 2, worker: 'a' },
      { sharedBy: 3, worker: 'b' },
      { sharedBy: 3, worker: 'b' },
    ],
    ['the longer state counts', { state: 'running', seconds: 4 }, { state: 'paused' }, { state: 'running' }],
    ['also if it comes second', { state: 'down' }, { state: 'running', seconds: 4 }, { state: 'running' }],
    ['else the one worth seeing', { state: 'down' }, { state: 'running' }, { state: 'down' }],
    ['whichever comes first', { state: 'waiting' }, { state: 'paused' }, { state: 'paused' }],
  ] as const)('%s', (_, before, after, expected) => {
    expect(changes(before, after)).toMatchObject(expected);
  });
});

it('of a run that shares its rate no more, two neighbours as one say nothing of that', () => {
  expect(together(anySample(1, { sharedBy: 2, worker: 'a' }), anySample(2))).toEqual(
    together(anySample(1), anySample(2)),
  );
});

describe('a time series that has become long', () => {
  it('stays as it is below the bound', () => {
    const series = seconds(99);
    expect(thinned(series, 100)).toBe(series);
  });

  it('has old lines merged into some of equal length, and the newest as they are', () => {
    const series = seconds(4000);
    const fewer = thinned(series);
    expect(fewer.length).toBeLessThan(2000);
    expect(fewer.slice(-600)).toEqual(series.slice(-600));
    expect(new Set(fewer.slice(0, -601).map((sample) => sample.seconds))).toEqual(new Set([4]));
    expect([total(fewer, 'seconds'), total(fewer, 'requests')]).toEqual([4000, 4000]);
    expect(fewer.at(-1)).toEqual(series.at(-1));
  });

  it('stays below the bound for days, in even steps', () => {
    let series: Sample[] = [];
    const days = 2 * 86_400;
    for (let end = 1; end <= days; end += 1) {
      series.push(anySample(end));
      if (series.length >= 200) series = [...thinned(series, 200)];
    }
    expect(series.length).toBeLessThan(200);
    expect(total(series, 'seconds')).toBe(days);
    const old = series.slice(0, -60).map((sample) => sample.seconds);
    expect(Math.max(...old)).toBeLessThanOrEqual(8 * (days / 200));
    expect(series.filter((sample) => sample.seconds === 1).length).toBeGreaterThanOrEqual(50);
  });

  it('stays below the bound although timers are late', () => {
    let series: readonly Sample[] = [];
    for (let n = 1; n <= 5000; n += 1)
      series = thinned([...series, anySample(1.003 * n, { seconds: 1.003, done: n })], 100);
    expect(series.length).toBeLessThan(100);
    expect(total(series, 'requests')).toBe(5000);
  });

  it('keeps what lies between two processes apart', () => {
    const night = seconds(100, 40_000);
    const fewer = thinned([...seconds(101), ...night], 200);
    const gaps = fewer.filter(({ at, seconds: length }, i) => {
      const before = fewer[i - 1];
      return before && Date.parse(at) - 1000 * length - Date.parse(before.at) > 1000;
    });
    expect(gaps).toHaveLength(1);
    expect(fewer.map(({ at }) => at)).toContain(anySample(101).at);
    expect(Math.max(...fewer.map((sample) => sample.seconds))).toBeLessThanOrEqual(101);
    expect(total(fewer, 'requests')).toBe(201);
  });

  it('stays below the bound although it has hardly anything but gaps', () => {
    let series: readonly Sample[] = [];
    for (let n = 1; n <= 1000; n += 1) series = thinned([...series, anySample(100 * n)], 100);
    expect(series.length).toBeLessThan(100);
    expect(total(series, 'requests')).toBe(1000);
  });
});
