import { expect, it } from 'vitest';
import { rateChange } from '../../src/metrics/rate-change.js';

it.each([
  [undefined, undefined, undefined],
  [20, undefined, undefined],
  [undefined, 20.04, { to: 20, why: 'measured between two throttles' }],
  [20, 21.9, undefined],
  [20, 18.1, undefined],
  [20, 30.26, { from: 20, to: 30.3, why: 'the service takes more than it did' }],
  [20, 10, { from: 20, to: 10, why: 'the service throttles sooner' }],
])('told %s, found %s', (told, found, expected) => {
  expect(rateChange(told, found)).toEqual(expected);
});
