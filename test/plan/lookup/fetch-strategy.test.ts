import { expect, it } from 'vitest';
import { needsCount, strategyFor } from '../../../src/plan/lookup/fetch-strategy.js';

it('the count is not worth a request of its own if one read does', () => {
  expect([0, 1, 2].map(needsCount)).toEqual([false, false, true]);
});

it('reads one by one up to what listing all users takes', () => {
  const network = { active: 99_901, pending: 1 };
  expect(strategyFor(1001, network)).toBe('one-by-one');
  expect(strategyFor(1002, network)).toBe('list-all');
  expect(strategyFor(2, { active: 0, pending: 0 })).toBe('one-by-one');
  expect(strategyFor(3, { active: 0, pending: 0 })).toBe('list-all');
});

it('without a count up to fifty', () => {
  expect(strategyFor(50, undefined)).toBe('one-by-one');
  expect(strategyFor(51, undefined)).toBe('list-all');
});
