import { expect, it } from 'vitest';
import { SharedClock } from '../../../src/pace/shared/shared-clock.js';

it('reads a clock as well as its best reading', () => {
  const clock = new SharedClock();
  clock.note(5000, 100, 140);
  expect(clock.shared(120)).toBe(5000);
  clock.note(5101, 219, 221);
  expect(clock.shared(220)).toBe(5101);
  // A reading that took long says less, as long as it says nothing else.
  clock.note(5210, 300, 360);
  expect(clock.shared(220)).toBe(5101);
  expect(clock.own(5101)).toBe(220);
});

it('follows a clock that is another one by now', () => {
  const clock = new SharedClock();
  expect(clock.note(5000, 100, 102)).toBe(false);
  expect(clock.note(5100, 200, 202)).toBe(false);
  expect(clock.note(90_000, 200, 260)).toBe(true);
  expect(clock.shared(230)).toBe(90_000);
});
