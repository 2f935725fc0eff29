import { expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/metrics/latency.js';

const quantiles = (times: readonly number[]) => {
  const histogram = new LatencyHistogram();
  for (const ms of times) histogram.add(ms);
  return [0.5, 0.95, 0.99, 1].map((share) => histogram.quantile(share));
};
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

it.each([
  ['one time', [61], [61, 61, 61, 61]],
  ['times from 1 to 1000 ms', upTo(1000), [500, 950, 990, 1000]],
  ['two kinds of times', [...Array(98).fill(20), 3000, 3000], [20, 20, 3000, 3000]],
  ['a minute and more', [60_000, 600_000], [60_000, 600_000, 600_000, 600_000]],
])('quantiles are right to within 5 %%: %s', (_, times, expected) => {
  for (const [index, value] of quantiles(times).entries()) {
    const right = expected[index] ?? 0;
    expect(value).toBeGreaterThanOrEqual(Math.floor(0.95 * right));
    expect(value).toBeLessThanOrEqual(Math.ceil(1.05 * right));
  }
});

it.each([
  ['no time', [], undefined],
  ['less than a millisecond', [0, 0.4], 0],
  ['what is no time', [Number.NaN, -1], undefined],
])('%s', (_, times, expected) => {
  expect(quantiles(times)).toEqual([expected, expected, expected, expected]);
});

it('forgets what it was told', () => {
  const histogram = new LatencyHistogram();
  histogram.add(100);
  histogram.clear();
  expect(histogram.quantile(0.5)).toBeUndefined();
});
