import { describe, expect, it } from 'vitest';
import { exitCodeOfReason, exitCodeOfRun, withExitCode } from '../../src/cli/exit-codes.js';
import type { ErrorCode } from '../../src/errors.js';
import type { Status, Summary } from '../../src/model.js';
import { emptyTally } from '../../src/report/summary.js';

const statuses = (...met: Status[]) => ({
  ...emptyTally().statuses,
  ...Object.fromEntries(met.map((status) => [status, 1])),
});

describe('the exit code', () => {
  it.each<[number, ErrorCode[]]>([
    [1, ['READ', 'UNREACHABLE', 'RUN_FOLDER', 'INPUT_CHANGED', 'INPUT_LOST', 'INTERRUPTED']],
    [2, ['USAGE', 'PLAN', 'INPUT_UNREADABLE', 'INPUT_INVALID', 'RUN_FOLDER_EXISTS', 'NOT_A_RUN']],
    [2, ['RUN_UNFINISHED', 'NOTHING_TO_RETRY', 'NOTHING_TO_UNDO']],
    [4, ['CAP', 'MAX_ERRORS', 'SAME_ERROR', 'THROTTLED', 'OUTAGE', 'GROUPS_CHANGED', 'CANARY', 'DECLINED']],
    [5, ['LOCKED']],
    [6, ['CREDENTIALS', 'WRONG_REGION']],
  ])('is %i for %j', (exitCode, codes) => {
    expect(codes.map((code) => exitCodeOfReason({ code }))).toEqual(codes.map(() => exitCode));
  });

  it.each([
    ['SIGINT', 130],
    ['SIGBREAK', 130],
    ['SIGTERM', 143],
    ['constructor', 1],
  ])('is, after %s, %i', (signal, exitCode) => {
    expect(exitCodeOfReason({ code: 'INTERRUPTED', signal })).toBe(exitCode);
    // It is the reason that counts, not who else has said stop meanwhile.
    expect(exitCodeOfReason({ code: 'CREDENTIALS', signal })).toBe(6);
  });

  it.each<[number, Status[]]>([
    [0, []],
    [0, ['updated', 'unchanged', 'skipped']],
    [3, ['updated', 'failed']],
    [3, ['invalid']],
    [3, ['conflict', 'skipped']],
    [3, ['mismatch']],
    [4, ['updated', 'unprocessed']],
    [4, ['failed', 'unprocessed']],
  ])('is %i for a run with rows that are %j', (exitCode, met) => {
    expect(exitCodeOfRun({ statuses: statuses(...met) })).toBe(exitCode);
  });

  it('is that of the reason for a run that was stopped, whatever its rows are', () => {
    const stopped = { code: 'INPUT_CHANGED', message: '', hint: '' } as const;
    expect(exitCodeOfRun({ statuses: statuses('failed', 'unprocessed'), stopped })).toBe(1);
  });
});

it('stands in a summary right after the times', () => {
  const summary = { rows: 1, statuses: statuses('failed'), finishedAt: 'then', options: {}, folder: 'f' };
  const shown = withExitCode(summary as unknown as Summary);
  expect(Object.keys(shown)).toEqual(['rows', 'statuses', 'finishedAt', 'exitCode', 'options', 'folder']);
  expect(shown.exitCode).toBe(3);
});
