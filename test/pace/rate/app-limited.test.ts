import { describe, expect, it } from 'vitest';
import { Usage } from '../../../src/pace/rate/app-limited.js';

/** What each of the rows at these moments says, at 100 rows/s. */
const says = (moments: readonly number[], heldUntil = 0) => {
  const usage = new Usage(0);
  return moments.map((at) => usage.sent(at, heldUntil, 100));
};

describe('the use of a rate', () => {
  it('is the time between the rows', () => {
    expect(says([10, 20, 35])).toEqual([10, 10, 15]);
  });

  it('does not count what was held back', () => {
    expect(says([500], 495)).toEqual([5]);
  });

  it('ends if less than 95 % of it goes out for a tenth of a second', () => {
    const moments = Array.from({ length: 40 }, (_, i) => 20 * (i + 1));
    const first = says(moments).indexOf('unused');
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(20);
    expect(says(moments.map((at) => at / 2))).not.toContain('unused');
  });

  it('forgives a gap, and says so after a second', () => {
    expect(says([10, 200, 210, 220])).toEqual([10, 'unused', 10, 10]);
    expect(says([1001])).toEqual(['idle']);
    expect(says([1000])).toEqual(['unused']);
  });
});
