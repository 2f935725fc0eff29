import { describe, expect, it } from 'vitest';
import { Spacing, spaced } from '../../../src/pace/rate/spacing.js';

describe('a limit without a burst', () => {
  it.each([
    [0, 0, true],
    [1, 1, true],
    [2, 0, false],
    [1, 2, false],
  ])(
    'is likely if %s rows come through before the first throttle and %s before the second: %s',
    (first, second, likely) => {
      const spacing = new Spacing();
      expect(spacing.isLikely).toBe(false);
      spacing.begin(first);
      spacing.goOn(second);
      expect(spacing.isLikely).toBe(likely);
    },
  );

  /** Accepts rows 200 ms apart, and refuses one so many ms after the last. */
  const refusedAfter = (ms: number): Spacing => {
    const spacing = new Spacing();
    spacing.begin(0);
    for (let at = 0; at <= 1000; at += 200) spacing.accepted(at);
    spacing.refused(1000 + ms, 60);
    return spacing;
  };

  it('may refuse a row that is two round trips farther from the last than one that it accepted', () => {
    expect(refusedAfter(320).isLikely).toBe(true);
    expect(refusedAfter(321).isLikely).toBe(false);
  });

  it('is told by the row that came soonest, in whatever order the answers come', () => {
    const spacing = new Spacing();
    spacing.begin(0);
    for (const at of [0, 1000, 400, 1200]) spacing.accepted(at);
    spacing.refused(1500, 60);
    expect(spacing.isLikely).toBe(true);
    spacing.refused(1521, 60);
    expect(spacing.isLikely).toBe(false);
  });

  it('is out of the question once the service asks to wait', () => {
    const spacing = refusedAfter(100);
    spacing.end();
    spacing.refused(1100, 60);
    expect(spacing.isLikely).toBe(false);
  });
});

describe('the rate of a limit without a burst', () => {
  it('gains in some 40 rows what a throttle costs', () => {
    let rate = 5;
    for (let row = 0; row < 40; row += 1) rate = spaced(rate, 1000 / rate, row);
    expect(rate).toBeGreaterThan(5 / 0.88);
    expect(rate).toBeLessThan(5 / 0.83);
  });

  it('rises the faster the longer no throttle comes', () => {
    const rise = (through: number) => spaced(5, 200, through) / 5 - 1;
    expect(rise(400)).toBeGreaterThan(8 * rise(40));
    expect(spaced(5, 0, 400)).toBe(5);
  });
});
