import { describe, expect, it } from 'vitest';
import type { ListedRun } from '../../src/index.js';
import { prunable } from '../../src/verbs/prunable.js';

const now = Date.UTC(2026, 5, 30);
const day = (days: number) => new Date(now - days * 86_400_000).toISOString();
const run = (name: string, more: Partial<ListedRun> = {}) =>
  ({
    folder: `/srv/runs/${name}`,
    state: 'ended',
    command: 'update',
    input: '/srv/users.csv',
    startedAt: day(41),
    finishedAt: day(40),
    ...more,
  }) as ListedRun;
const { finishedAt: _, ...killed } = run('killed', { state: 'stopped' });
const pruned = (runs: ListedRun[]) => {
  const { old, left } = prunable({ folder: '/srv/runs', runs, unreadable: [] }, now - 30 * 86_400_000);
  const name = (folder: string) => folder.slice('/srv/runs/'.length);
  return [
    old.map(({ folder }) => name(folder)),
    left.map(({ folder, reason }) => `${name(folder)}: ${reason}`),
  ];
};

describe('of old runs', () => {
  it('those that have ended go, the one that ended first before the others', () => {
    const runs = [run('b'), run('a', { finishedAt: day(31) }), run('young', { finishedAt: day(29) })];
    expect(pruned(runs)).toEqual([['b', 'a'], []]);
  });

  it.each<[string, ListedRun, string]>([
    ['was stopped', run('x', { state: 'stopped' }), 'it was stopped and can be resumed'],
    ['was killed', killed as ListedRun, 'it was stopped and can be resumed'],
    ['goes on', run('x', { state: 'running' }), 'it goes on (running)'],
    ['is paused', run('x', { state: 'paused' }), 'it goes on (paused)'],
    ['may go on', run('x', { state: 'unknown' }), 'it goes on (unknown)'],
  ])('one that %s stays', (_name, listed, reason) => {
    expect(pruned([listed])).toEqual([[], [expect.stringContaining(reason)]]);
  });

  it('one of no known time stays', () => {
    expect(pruned([run('x', { finishedAt: 'once' })])).toEqual([[], []]);
  });

  it.each<[string, Partial<ListedRun>]>([
    ['a retry', { retryOf: '/srv/runs/first' }],
    ['an undo', { undoOf: '/srv/runs/first' }],
    ['a run over its failed rows', { input: '/srv/runs/first/failed.csv' }],
  ])('one stays as long as %s of it can be resumed', (_name, of) => {
    const later = run('later', { ...of, state: 'stopped', startedAt: day(1), finishedAt: day(1) });
    expect(pruned([run('first'), later])).toEqual([[], ['first: /srv/runs/later needs it to go on']]);
    expect(pruned([run('first'), { ...later, state: 'ended' }])).toEqual([['first'], []]);
  });

  it('those behind a retry of a retry stay as well', () => {
    const second = run('second', { retryOf: '/srv/runs/first' });
    const third = run('third', { retryOf: '/srv/runs/second', state: 'running' });
    expect(pruned([run('first'), second, third, run('first-2')])[0]).toEqual(['first-2']);
  });

  it('folders that cannot be read stay, and it is said why', () => {
    const unreadable = [{ folder: '/srv/runs/x', message: 'it is damaged', changedAt: day(90) }];
    expect(prunable({ folder: '/srv/runs', runs: [], unreadable }, now)).toEqual({
      old: [],
      left: [{ folder: '/srv/runs/x', reason: 'it is damaged' }],
    });
  });
});
