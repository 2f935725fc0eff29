import { describe, expect, it } from 'vitest';
import { Suspicion } from '../../../src/pace/rate/suspicion.js';

/** Whether the last of some throttles is an alarm, with so many accepted rows before each but the first. */
function lastOf(...gaps: number[]): boolean {
  const suspicion = new Suspicion();
  let last = suspicion.throttled();
  for (const gap of gaps) {
    for (let i = 0; i < gap; i++) suspicion.accepted();
    last = suspicion.throttled();
  }
  return last;
}

describe('a throttle', () => {
  it.each([
    [[], false],
    [[0], true],
    [[2], true],
    [[4], false],
    [[6, 6], true],
    [[8, 8], false],
    [[20, 20, 20, 20], false],
  ])('after throttles %s rows apart is an alarm: %s', (gaps, alarm) => {
    expect(lastOf(...gaps)).toBe(alarm);
  });
});

it('noise is known after some throttles, and forgotten', () => {
  const suspicion = new Suspicion();
  suspicion.throttled();
  expect(suspicion.isNoisy).toBe(false);
  for (let i = 0; i < 3; i++) suspicion.throttled();
  expect(suspicion.isNoisy).toBe(true);
  for (let i = 0; i < 500; i++) suspicion.accepted();
  expect(suspicion.isNoisy).toBe(false);
});

it('a cleared suspicion begins anew', () => {
  const suspicion = new Suspicion();
  suspicion.throttled();
  suspicion.clear();
  expect(suspicion.throttled()).toBe(false);
});
