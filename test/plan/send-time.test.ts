import { expect, it } from 'vitest';
import { secondsFor } from '../../src/plan/send-time.js';

it.each([
  [100, 2, 60_000, 50],
  [120, 2, 60_000, 60],
  [1000, 2, 60_000, 940],
  [100_000, 50, 60_000, 3940],
  [100, 2, 1000, 99],
])('%d updates at %d/s, and a read for each after %d ms, take %d s', (updates, rate, maxAge, seconds) => {
  expect(secondsFor(updates, rate, maxAge)).toBe(seconds);
});

it('a page of the list of users is one read for all who are on it', () => {
  expect(secondsFor(100_000, 50, 60_000, 1000)).toBe(2020);
  expect(secondsFor(100, 2, 60_000, 10)).toBe(50);
});
