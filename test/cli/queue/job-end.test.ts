import { describe, expect, it } from 'vitest';
import { endOfJob } from '../../../src/cli/queue/job-end.js';
import type { RunExit } from '../../../src/cli/queue/run-process.js';

const at = { folder: '/shared/run', isDraining: false, leaseMs: 30_000 };
const summary = { rows: 3, statuses: { updated: 2, failed: 1 } };
const failed = (code: string): RunExit['said'] => ({ error: { code, message: 'why' } });

describe('what the exit of a run means for its job', () => {
  it.each([
    [0, summary, 'ended'],
    [3, summary, 'ended'],
    [4, { ...summary, stopped: { code: 'OUTAGE', message: 'down' } }, 'ended'],
    [4, failed('CAP'), 'ended'],
    [5, failed('LOCKED'), 'later'],
    [1, failed('REDIS'), 'later'],
    [2, failed('RUN_FOLDER_EXISTS'), 'later'],
    [1, failed('READ'), 'failed'],
    [2, failed('INPUT_INVALID'), 'failed'],
    [6, failed('CREDENTIALS'), 'failed'],
    [143, { ...summary, stopped: { code: 'INTERRUPTED', message: 'stopped' } }, 'failed'],
    [null, undefined, 'crashed'],
    [1, undefined, 'crashed'],
  ] satisfies [number | null, RunExit['said'], string][])('exit %j with %j: %s', (code, said, kind) => {
    expect(endOfJob({ code, said }, at).kind).toBe(kind);
  });

  it('a run that its worker has stopped goes on elsewhere, unless it was at its end', () => {
    const draining = { ...at, isDraining: true };
    expect(endOfJob({ code: 143, said: summary }, draining).kind).toBe('later');
    expect(endOfJob({ code: null, said: undefined }, draining).kind).toBe('later');
    expect(endOfJob({ code: 3, said: summary }, draining).kind).toBe('ended');
  });

  it('a result has counts and the reason', () => {
    const said = { ...summary, stopped: { code: 'OUTAGE', message: 'the service is down' } };
    expect(endOfJob({ code: 4, said }, at)).toEqual({
      kind: 'ended',
      result: { exitCode: 4, folder: '/shared/run', ...summary, reason: 'the service is down' },
    });
  });
});
