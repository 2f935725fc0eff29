import { describe, expect, it } from 'vitest';
import type { ListedRun, Outcome, RunStatus } from '../../src/index.js';
import { pruneQuestion, renderOldRuns, renderPruned } from '../../src/screen/prune.js';
import { renderControl, renderFailedRow, renderStatus } from '../../src/screen/status.js';

const folder = '/srv/runs/a b';
const word = "'/srv/runs/a b'";

describe('a run that was told something', () => {
  it.each([
    ['stop', `stopping: the rows in flight come to their end\ncontinue it then: wickr-bulk resume ${word}\n`],
    ['pause', `paused: nothing new is sent\nlet it go on: wickr-bulk continue ${word}\n`],
    ['continue', `it goes on\nhow it stands: wickr-bulk status ${word}\n`],
    [
      'tune',
      `from now on: at most 1,000 requests/s, at most 4 in flight\nhow it stands: wickr-bulk status ${word}\n`,
    ],
  ] as const)('%s says what it does and what can come next', (verb, text) => {
    const control = { folder, paused: false, tuned: { maxRate: 1000, concurrency: 4 } };
    expect(renderControl(control, verb)).toBe(text);
  });

  it('shows that in its status', () => {
    const status = {
      ...{ folder, state: 'paused', process: { pid: 7, host: 'h' }, tuned: { maxRate: 0.5 } },
      ...{
        rows: 3,
        done: 1,
        statuses: { updated: 1 },
        errors: {},
        attempts: 1,
        throttled: 0,
        rowsPerSecond: 2,
      },
    } as unknown as RunStatus;
    expect(renderStatus(status)).toBe(
      `paused: process 7 on h\n1 of 3 rows (33 %): 1 updated\n1 request, 0 throttled, 2 rows/s\nset anew: at most 0.5 requests/s\nlet it go on: wickr-bulk continue ${word}\n`,
    );
  });
});

it.each<[Partial<Outcome>, string]>([
  [{ errorCode: 'E', message: 'No.' }, 'line 4, user 10000003: failed, No. (E)'],
  [{ errorCode: 'E' }, 'line 4, user 10000003: failed, E'],
  [{ message: 'a\u001bb' }, 'line 4, user 10000003: failed, a\uFFFDb'],
  [{ line: undefined, userId: undefined, errorCode: 'E' }, 'row 3: failed, E'],
])('a row that failed is a line with its place and the reason: %j', (given, text) => {
  const outcome = { row: 3, line: 4, userId: '10000003', status: 'failed', ...given } as Outcome;
  expect(renderFailedRow(outcome)).toBe(`${text}\n`);
});

describe('old runs', () => {
  const run = {
    ...{ folder: '/srv/runs/a', command: 'update', input: '/srv/users.csv', rows: 3, done: 3 },
    ...{ finishedAt: '2026-01-31T12:00:00.000Z', statuses: { updated: 3 } },
  } as unknown as ListedRun;
  const left = [{ folder: '/srv/runs/b', reason: 'it can be resumed' }];

  it('are shown with what they were, and those that stay with the reason', () => {
    expect(renderOldRuns({ runs: [run], bytes: 999, left }, '/srv')).toBe(
      'runs/a\n  update of users.csv, ended 2026-01-31T12:00:00.000Z: 3 rows, 3 updated\nleft: runs/b: it can be resumed\n',
    );
    expect(renderPruned({ folder: '/srv/runs', removed: ['/srv/runs/a'], bytes: 1499, left }, '/srv')).toBe(
      '1 run removed, 1 kB\nleft: runs/b: it can be resumed\n',
    );
  });

  it.each([
    [[run], 999, 'Remove this run (999 bytes)?'],
    [[run, run], 2_400_000, 'Remove these 2 runs (2 MB)?'],
  ])('are asked for', (runs, bytes, question) => {
    expect(pruneQuestion({ runs, bytes, left: [] })).toBe(
      `${question} They can be neither undone nor retried then.`,
    );
  });
});
