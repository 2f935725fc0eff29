import { describe, expect, it } from 'vitest';
import { startupRate } from '../../../src/pace/rate/startup.js';

const step = (options: Partial<Parameters<typeof startupRate>[0]>) =>
  startupRate({ rate: 20, accepted: 0, trip: 50, rows: 0, known: 0, ...options });

describe('seeking', () => {
  it.each([
    ['doubles in a round trip while the rows in flight are few', { rate: 20 }, 30],
    ['as if a short round trip took 25 ms', { rate: 20, trip: 1 }, 60],
    ['and while they are few against the rows of the run', { rate: 1000, rows: 60_000 }, 1020],
    ['or the rate is a small part of what is known', { rate: 100, known: 2000 }, 120],
    ['then grows by 1/200 of the rows accepted so far', { rate: 100, accepted: 100 }, 100.5],
    ['and by at most 40 % in a long round trip', { rate: 100, accepted: 1000, trip: 800 }, 100.5],
    ['by at most 1.2 rows/s for each', { rate: 100, accepted: 100_000 }, 101.2],
  ])('%s', (_, options, rate) => {
    expect(step(options)).toBeCloseTo(rate, 10);
  });
});
