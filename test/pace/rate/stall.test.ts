import { describe, expect, it } from 'vitest';
import { isLong, mostThrough, probePause, wasWindow } from '../../../src/pace/rate/stall.js';

describe('a dry time', () => {
  it.each([
    [60, 100, 120],
    [400, 1000, 500],
    [500, 8000, 1000],
  ])('after a wait of %s ms and %s ms in all is probed again in %s ms', (last, dry, pause) => {
    expect(probePause(last, dry)).toBe(pause);
  });

  it.each([
    ['if the measured rate gives more than four rows', 201, { base: 20, sure: true, goodput: 0 }, true],
    ['not if it gives fewer', 199, { base: 20, sure: true, goodput: 200 }, false],
    ['if a long one leaves out what the second before gave', 300, { base: 5, sure: true, goodput: 20 }, true],
    [
      'if so many were due, and hardly anything was measured',
      21,
      { base: 5, sure: false, goodput: 200 },
      true,
    ],
    ['not if fewer were due', 19, { base: 100, sure: false, goodput: 200 }, false],
  ])('was the end of a window %s', (_, dry, known, expected) => {
    expect(wasWindow(dry, known)).toBe(expected);
  });

  it('bounds what a bucket can give, once it is long', () => {
    expect(mostThrough(250)).toBe(Number.POSITIVE_INFINITY);
    expect(mostThrough(1000)).toBe(1.5);
    expect([500, 501].map(isLong)).toEqual([false, true]);
  });
});
