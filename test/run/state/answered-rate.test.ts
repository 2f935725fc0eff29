import { describe, expect, it } from 'vitest';
import { AnsweredRate } from '../../../src/run/state/answered-rate.js';

/** `rows` rows, one in every `gap` ms from `from` on. */
function after(...stretches: readonly [from: number, rows: number, gap: number][]): number | undefined {
  const rate = new AnsweredRate();
  for (const [from, rows, gap] of stretches) for (let i = 0; i < rows; i++) rate.add(from + i * gap);
  return rate.perSecond;
}

describe('how fast a run went', () => {
  it.each([
    ['by all rows, if they are few', [[0, 21, 50]], 20],
    ['unknown, if they are fewer', [[0, 19, 50]], undefined],
    ['unknown, if they ended at once', [[0, 30, 0]], undefined],
    [
      'by the last thousand',
      [
        [0, 5000, 50],
        [250_000, 1000, 2],
      ],
      500,
    ],
    [
      'by those after a standstill',
      [
        [0, 500, 50],
        [100_000, 41, 100],
      ],
      10,
    ],
    [
      'unknown right after a standstill',
      [
        [0, 500, 50],
        [100_000, 5, 100],
      ],
      undefined,
    ],
    [
      'with rows that ended a little before the one above them',
      [
        [1000, 20, 50],
        [1900, 1, 0],
        [1950, 20, 50],
      ],
      (1000 * 40) / 1900,
    ],
  ] as [string, [number, number, number][], number | undefined][])('is %s', (_, stretches, expected) => {
    const rate = after(...stretches);
    if (expected === undefined) expect(rate).toBeUndefined();
    else expect(rate).toBeCloseTo(expected, 0);
  });
});
