import { describe, expect, it } from 'vitest';
import { cycleLength, excess } from '../../../src/pace/rate/probe-cycle.js';

const length = (options: Partial<Parameters<typeof cycleLength>[0]>) =>
  cycleLength({ rate: 1000, age: 1e6, trip: 30, wait: 0, ...options });

describe('the cycle', () => {
  it.each([
    ['takes 2.5 s', {}, 2500],
    ['longer with few rows a second', { rate: 25 }, 5800],
    ['ten round trips', { trip: 800 }, 8000],
    ['25 times what was asked to wait', { wait: 1000 }, 25_000],
    ['at most four times the age of what is known', { age: 500 }, 2000],
    ['but a second', { age: 0 }, 1000],
    ['or ten rows', { age: 0, rate: 5 }, 2000],
    ['or two round trips', { age: 0, trip: 800 }, 1600],
  ])('%s', (_, options, ms) => {
    expect(length(options)).toBe(ms);
  });

  it.each([
    ['quarter of a second', 50, 100, 250],
    ['two round trips', 800, 100, 1600],
    ['row', 50, 2, 500],
  ])('ends with an excess of a row in a round trip, which doubles every %s', (_, trip, rate, doubles) => {
    expect(excess(2500, 2500, trip, rate)).toBe(1000 / trip);
    expect(excess(2500 + doubles, 2500, trip, rate)).toBe(2000 / trip);
    expect(excess(2500 - doubles, 2500, trip, rate)).toBe(500 / trip);
  });
});
