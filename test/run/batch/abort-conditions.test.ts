import { describe, expect, it } from 'vitest';
import type { Outcome, Status } from '../../../src/model.js';
import type { Cap } from '../../../src/plan/caps.js';
import { abortReason, initialAbortState, nextAbortState } from '../../../src/run/batch/abort-conditions.js';

const outcome = (status: Status, errorCode = '') =>
  ({ status, errorCode, httpStatus: 404, startedAt: 0, finishedAt: 0 }) as Outcome;

/** After how many of these outcomes the run is stopped; undefined if it is not. */
function stopsAfter(outcomes: Outcome[], maxErrors?: Cap, rows = 1000): number | undefined {
  let state = initialAbortState;
  for (const [i, each] of outcomes.entries()) {
    state = nextAbortState(state, each);
    if (abortReason(state, maxErrors, rows)) return i + 1;
  }
  return undefined;
}

const times = (count: number, each: Outcome) => Array.from({ length: count }, () => each);
const good = outcome('updated');
const bad = outcome('failed', 'ResourceNotFoundError');
const other = outcome('failed', 'ValidationError');

describe('the same error at the start', () => {
  it.each([
    ['on every row', times(30, bad), 20],
    ['on every row but the first', [good, ...times(30, bad)], undefined],
    ['on every row but the tenth', [...times(9, bad), good, ...times(30, bad)], undefined],
    ['mixed with another', [...times(9, bad), other, ...times(30, bad)], undefined],
    ['on too few rows', times(19, bad), undefined],
    [
      'between invalid rows, which do not count',
      [...times(5, outcome('invalid', 'InvalidRow')), ...times(30, bad)],
      25,
    ],
    ['of invalid rows alone', times(30, outcome('invalid', 'InvalidRow')), undefined],
  ])('%s', (_case, outcomes, after) => {
    expect(stopsAfter(outcomes)).toBe(after);
  });
});

describe('nothing but throttles', () => {
  const row = (status: Status, errorCode: string, startedAt: number, finishedAt: number) =>
    ({
      status,
      errorCode,
      startedAt,
      finishedAt,
      httpStatus: errorCode === 'RateLimitError' ? 429 : 200,
    }) as Outcome;
  const patient = row('failed', 'RateLimitError', 1000, 1900);
  it.each<[string, Outcome[], number, number | undefined]>([
    ['for the whole patience of a row', [patient], 100, 1],
    ['after others had got through', [row('updated', '', 900, 1100), patient], 100, 2],
    ['for this row, while others got through', [row('updated', '', 1700, 1800), patient], 100, undefined],
    ['for the last row: nothing is left to be stopped', [patient], 1, undefined],
    ['but it was an invalid row that came', [row('invalid', '', 0, 0), patient], 100, 2],
    ['but another error', [row('failed', 'ValidationError', 1000, 1900)], 100, undefined],
  ])('%s', (_case, outcomes, rows, after) => {
    expect(stopsAfter(outcomes, undefined, rows)).toBe(after);
  });
});

describe('maxErrors', () => {
  it.each<[string, Cap, number | undefined]>([
    ['0: the first', { rows: 0 }, 2],
    ['1: the second', { rows: 1 }, 4],
    ['50 % of 10 rows: the sixth', { percent: 50 }, 12],
    ['100 %: never', { percent: 100 }, undefined],
  ])('%s', (_case, cap, after) => {
    const mixed = Array.from({ length: 14 }, (_, i) => (i % 2 ? bad : good));
    expect(stopsAfter(mixed, cap, 10)).toBe(after);
  });

  it.each<[Status, boolean]>([
    ['failed', true],
    ['mismatch', true],
    ['conflict', true],
    ['updated', false],
    ['unchanged', false],
    ['skipped', false],
    ['invalid', false],
    ['unprocessed', false],
  ])('%s counts: %s', (status, counts) => {
    expect(stopsAfter([outcome(status)], { rows: 0 }) === 1).toBe(counts);
  });
});
