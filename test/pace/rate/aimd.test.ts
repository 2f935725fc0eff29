import { describe, expect, it } from 'vitest';
import { decrease, increase, isFew, isQuiet, isVeryFew, sharesUntil } from '../../../src/pace/rate/aimd.js';

describe('sharing', () => {
  it('gives up 15 % at a throttle, and 25 % with a longer pause at the next if no row came between', () => {
    expect(decrease(20, false)).toEqual({ rate: 17, pause: 20 });
    expect(decrease(20, true)).toEqual({ rate: 15, pause: 125 });
    expect(decrease(1000, true).pause).toBe(20);
  });

  it('takes 10 % and 0.8 rows/s a second', () => {
    expect(increase(20, 1000)).toBeCloseTo(22.8, 10);
    expect(increase(1, 500)).toBeCloseTo(1.45, 10);
  });

  it('makes two unequal shares even', () => {
    let [small, large] = [1, 19];
    for (let at = 0; at < 60_000; at += 100) {
      [small, large] = [increase(small, 100), increase(large, 100)];
      if (small + large > 20) [small, large] = [decrease(small, false).rate, decrease(large, false).rate];
    }
    expect(large / small).toBeLessThan(1.2);
  });

  it('is for few rows a second, and has an end', () => {
    expect([59, 60].map(isFew)).toEqual([true, false]);
    expect([11, 12].map(isVeryFew)).toEqual([true, false]);
    expect(sharesUntil(1000, true)).toBe(31_000);
    expect(sharesUntil(1000, false)).toBe(21_000);
    expect([4999, 5000].map(isQuiet)).toEqual([false, true]);
  });
});
