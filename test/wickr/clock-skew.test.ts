import { expect, it } from 'vitest';
import { correctedOffset } from '../../src/wickr/clock-skew.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const anHourOn = 'Mon, 23 Nov 2026 13:00:00 GMT';

it.each([
  ['follows a clock that is far off', 0, { date: anHourOn }, 3_600_000],
  ['leaves one that is near', 0, { date: 'Mon, 23 Nov 2026 12:03:00 GMT' }, 0],
  ['leaves one that is right already', 3_600_000, { date: anHourOn }, 3_600_000],
  ['comes back', 3_600_000, { date: 'Mon, 23 Nov 2026 12:00:00 GMT' }, 0],
  ["does not believe a cache's date", 0, { date: anHourOn, age: '3600' }, 0],
  ['does not believe nonsense', 0, { date: 'yesterday' }, 0],
  ['needs a date', 0, {}, 0],
])('%s', (_case, offset, headers, corrected) => {
  expect(correctedOffset(offset, headers, now)).toBe(corrected);
});
