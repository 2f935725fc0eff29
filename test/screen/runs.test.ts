import { expect, it } from 'vitest';
import type { ListedRun } from '../../src/index.js';
import { renderRuns } from '../../src/screen/runs.js';

const statuses = {
  ...{ updated: 0, unchanged: 0, skipped: 0, failed: 0 },
  ...{ invalid: 0, conflict: 0, mismatch: 0, unprocessed: 0 },
};
const run = (name: string, more: Partial<ListedRun>): ListedRun => ({
  folder: `/srv/wickr-bulk-runs/${name}`,
  state: 'ended',
  command: 'update',
  input: '/srv/users.csv',
  networkId: '12345678',
  startedAt: '2026-01-31T12:00:00.000Z',
  rows: 1500,
  done: 1500,
  statuses: { ...statuses, updated: 1500 },
  ...more,
});

it('a list of runs says how each stands, where it is and what it came to', () => {
  const runs = [
    run('2026-01-31T120000Z-undo-of-users', { command: 'undo', input: '-', undoOf: '/srv/sales to emea' }),
    run('2026-01-31T110000Z-retry-of-users', {
      input: '/srv/wickr-bulk-runs/2026-01-31T100000Z-users/failed.csv',
      retryOf: '/srv/wickr-bulk-runs/2026-01-31T100000Z-users',
      rows: 1,
      done: 1,
      statuses: { ...statuses, failed: 1 },
    }),
    run('2026-01-31T100000Z-users', {
      state: 'stopped',
      done: 560,
      statuses: { ...statuses, updated: 540, failed: 20, unprocessed: 940 },
    }),
    run('2026-01-31T090000Z-standard-input', {
      state: 'running',
      command: 'reconcile',
      input: '-',
      done: 0,
      statuses,
    }),
    run('it\u202es', { folder: '/elsewhere/it\u202es', command: 'apply', input: '/srv/a\nb.jsonl' }),
  ];
  const unreadable = [{ folder: '/srv/wickr-bulk-runs/b', message: 'it is\ndamaged', changedAt: '' }];
  expect(renderRuns({ folder: '/srv/wickr-bulk-runs', runs, unreadable }, '/srv')).toBe(
    `ended    wickr-bulk-runs/2026-01-31T120000Z-undo-of-users
         undo of sales to emea: 1,500 rows, 1,500 updated
ended    wickr-bulk-runs/2026-01-31T110000Z-retry-of-users
         retry of 2026-01-31T100000Z-users: 1 row, 1 failed
stopped  wickr-bulk-runs/2026-01-31T100000Z-users
         update of users.csv: 560 of 1,500 rows, 540 updated, 20 failed
running  wickr-bulk-runs/2026-01-31T090000Z-standard-input
         reconcile of standard input: 0 of 1,500 rows
ended    $'/elsewhere/it\\xe2\\x80\\xaes'
         apply of a�b.jsonl: 1,500 rows, 1,500 updated
damaged  wickr-bulk-runs/b
         it is�damaged
`,
  );
});
