import { describe, expect, it } from 'vitest';
import type { Outcome, Status } from '../../../src/model.js';
import type { Cap } from '../../../src/plan/caps.js';
import { abortReason, initialAbortState, nextAbortState } from '../../../src/run/batch/abort-conditions.js';

const outcome = (status: Status, errorCode = '') =>
  ({ status, errorCode, httpStatus: 404, startedAt: 0, finishedAt: 0 }) as Outcome;

/** After how many of these outcomes the run is stopped, and why; undefined if it is not. */
function stopped(outcomes: Outcome[], maxErrors?: Cap, rows = 1000) {
  let state = initialAbortState;
  for (const [i, each] of outcomes.entries()) {
    state = nextAbortState(state, each);
    const reason = abortReason(state, maxErrors, rows);
    if (reason) return { after: i + 1, reason };
  }
  return undefined;
}
const stopsAfter = (...args: Parameters<typeof stopped>) => stopped(...args)?.after;
const reasonOf = (...args: Parameters<typeof stopped>) => stopped(...args)?.reason;

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
    [
      'between rows that are known to be in conflict before they are sent',
      [...times(5, { ...outcome('conflict', 'Conflict'), attempts: 0 } as Outcome), ...times(30, bad)],
      25,
    ],
    ['of invalid rows alone', times(30, outcome('invalid', 'InvalidRow')), undefined],
    ['that has no name, on too few rows', [...times(19, outcome('failed')), other], undefined],
    ['on every row but the first five', [...times(5, other), ...times(30, bad)], undefined],
    ['and later again, once one row has gone well', [bad, good, ...times(30, bad)], undefined],
  ])('%s', (_case, outcomes, after) => {
    expect(stopsAfter(outcomes)).toBe(after);
  });

  it('is named, with what to do about it', () => {
    expect(reasonOf(times(20, bad))).toEqual({
      code: 'SAME_ERROR',
      message: 'the first 20 rows all met ResourceNotFoundError, so the rest most likely would too',
      hint: 'Is it the right network? Check `networkId`, `region` and the account.',
    });
    expect(reasonOf(times(20, outcome('failed', 'NeverHeardOf')))).toMatchObject({
      message: expect.stringContaining('NeverHeardOf'),
      hint: 'Look at the messages in the first lines of the report.',
    });
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
    [
      'for this row, while another was refused',
      [row('failed', 'ValidationError', 1700, 1800), patient],
      100,
      undefined,
    ],
    ['since just half of its patience', [row('updated', '', 900, 1450), patient], 100, 2],
    ['for less than half of its patience', [row('updated', '', 900, 1451), patient], 100, undefined],
    [
      'for this row, while others got through and were written earlier',
      [row('updated', '', 900, 1800), row('updated', '', 900, 1100), patient],
      100,
      undefined,
    ],
    [
      'for two rows, while another got through',
      [row('updated', '', 1000, 1500), row('failed', 'RateLimitError', 1000, 1900), patient],
      100,
      undefined,
    ],
    [
      'for a row that began once the others had got through',
      [
        row('updated', '', 1000, 1500),
        row('failed', 'RateLimitError', 1000, 1900),
        row('failed', 'RateLimitError', 1400, 1900),
      ],
      100,
      3,
    ],
    [
      'for the last of three rows',
      [row('invalid', '', 0, 0), row('skipped', '', 0, 0), patient],
      3,
      undefined,
    ],
    ['for the last but one of three rows', [row('invalid', '', 0, 0), patient], 3, 2],
    ['for the last of two, the first of which was sent', [good, patient], 2, undefined],
    ['but the row was updated', [row('updated', 'RateLimitError', 1000, 1900)], 100, undefined],
  ])('%s', (_case, outcomes, rows, after) => {
    expect(stopsAfter(outcomes, undefined, rows)).toBe(after);
  });

  it('says what to look for', () => {
    expect(reasonOf([patient])).toEqual({
      code: 'THROTTLED',
      message: 'the service has throttled every request for as long as `throttlePatienceMs` allows',
      hint: 'Something else uses up the rate limit, or the limit is 0. Find out which, and resume the run later.',
    });
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

  it('says how many failed, how many may, and what to do', () => {
    expect(reasonOf(times(3, bad), { rows: 2 })).toEqual({
      code: 'MAX_ERRORS',
      message: '3 rows failed, and `maxErrors` allows 2',
      hint: 'Look at the report. Then resume the run with a higher `maxErrors`, or correct the file of failed rows and run it again.',
    });
  });

  it('0 lets rows go well', () => {
    expect(stopsAfter(times(30, good), { rows: 0 })).toBeUndefined();
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

  it.each<[Status, number, number | undefined]>([
    ['conflict', 0, undefined],
    ['conflict', 1, 1],
    ['failed', 0, 1],
    ['mismatch', 1, 1],
  ])('%s after %i attempts', (status, attempts, after) => {
    expect(stopsAfter([{ ...outcome(status), attempts } as Outcome], { rows: 0 })).toBe(after);
  });
});

describe('a service that answers nobody', () => {
  const unprocessed = (attempts: number, errorCode = 'ECONNREFUSED') =>
    ({ status: 'unprocessed', attempts, errorCode }) as Outcome;

  it.each<[string, Outcome[], number, number | undefined]>([
    ['of a file of one row', [unprocessed(3)], 1, 1],
    ['on each row', [unprocessed(3), unprocessed(3)], 2, 2],
    ['as far as any row was tried', [unprocessed(3), unprocessed(0)], 2, 2],
    ['but no row was tried', [unprocessed(0), unprocessed(0)], 2, undefined],
    ['while rows are left', [unprocessed(3), unprocessed(3)], 3, undefined],
    ['but one row was answered before', [good, unprocessed(3)], 2, undefined],
    ['but one row was answered later', [unprocessed(3), good], 2, undefined],
    ['beside rows that were skipped', [outcome('skipped'), unprocessed(3), outcome('skipped')], 3, 3],
  ])('%s', (_case, outcomes, rows, after) => {
    expect(stopsAfter(outcomes, undefined, rows)).toBe(after);
  });

  it('is an outage that a resume may find to be over', () => {
    expect(reasonOf([unprocessed(3)], undefined, 1)).toMatchObject({
      code: 'OUTAGE',
      message: 'the service has not answered properly once; the last error was ECONNREFUSED',
      hint: expect.stringContaining('Resume the run when'),
    });
  });
});
