import { describe, expect, it } from 'vitest';
import { lastRun, type RunVerb, remarkOn } from '../../../src/cli/runs/last-run.js';
import type { ListedRun, RunList } from '../../../src/index.js';

const noon = Date.UTC(2026, 0, 31, 12);
const time = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();
const run = (name: string, minutes: number, more: Partial<ListedRun> = {}) =>
  ({
    folder: `/srv/runs/${name}`,
    state: 'ended',
    command: 'update',
    input: '/srv/users.csv',
    networkId: '12345678',
    startedAt: time(minutes),
    rows: 3,
    done: 3,
    ...more,
  }) as ListedRun;
const damaged = (name: string, minutes: number) => ({
  folder: `/srv/runs/${name}`,
  message: `${name} is damaged`,
  changedAt: time(minutes),
});
const list = (runs: ListedRun[], unreadable: RunList['unreadable'] = []): RunList => ({
  folder: '/srv/runs',
  runs,
  unreadable,
});

describe('the last run', () => {
  const last = (...given: Parameters<typeof list>) => lastRun(list(...given), noon).folder;

  it('is the one that was started last, whatever became of it', () => {
    expect(last([run('b', -1, { state: 'stopped' }), run('a', -2)])).toBe('/srv/runs/b');
    expect(last([run('b', -1, { state: 'running' }), run('a', -2)])).toBe('/srv/runs/b');
    expect(last([run('b', -1, { state: 'unknown' }), run('a', -2)])).toBe('/srv/runs/b');
  });

  it('is told although an older folder cannot be read', () => {
    expect(last([run('b', -1), run('a', -5)], [damaged('c', -3)])).toBe('/srv/runs/b');
  });

  it.each<[string, ListedRun[], RunList['unreadable'], string]>([
    ['there is none', [], [], 'there is no run in /srv/runs'],
    ['none can be read', [], [damaged('c', -9)], 'cannot be told: c is damaged'],
    [
      'one that cannot be read may be newer',
      [run('b', -2)],
      [damaged('c', -1)],
      'cannot be told: c is damaged',
    ],
    ['one was changed as it began', [run('b', -2)], [damaged('c', -2)], 'cannot be told: c is damaged'],
    ['two began at once', [run('b', -1), run('a', -1)], [], 'b and /srv/runs/a began at the same moment'],
    ['its start is still to come', [run('b', 1), run('a', -1)], [], 'still to come: the clock was set'],
  ])('cannot be told if %s', (_, runs, unreadable, message) => {
    expect(() => last(runs, unreadable)).toThrow(message);
  });
});

describe('a command that is told --last', () => {
  const remark = (verb: RunVerb, newest: ListedRun, ...older: ListedRun[]) => {
    try {
      return remarkOn(verb, newest, list([newest, ...older]), '/srv');
    } catch (error) {
      const { message, hint } = error as { message: string; hint: string };
      return [message, hint];
    }
  };

  it.each<[RunVerb, string, Partial<ListedRun>]>([
    ['status', 'any run', { state: 'running' }],
    ['status', 'an undo', { command: 'undo' }],
    ['resume', 'a run that was stopped', { state: 'stopped' }],
    ['resume', 'a run that goes on, which it refuses itself', { state: 'running' }],
    ['resume', 'an undo that was stopped', { command: 'undo', state: 'stopped' }],
    ['retry', 'a run that has ended', {}],
    ['retry', 'an undo', { command: 'undo' }],
    ['undo', 'a run that has ended', {}],
    ['undo', 'a run that was stopped', { state: 'stopped' }],
  ])('%s takes %s', (verb, _, newest) => {
    expect(remark(verb, run('b', -1, newest))).toBeUndefined();
  });

  it('undo does not make the changes of an undone run again', () => {
    expect(remark('undo', run('b', -1, { command: 'undo', undoOf: '/srv/runs/a' }), run('a', -2))).toEqual([
      'the last run, /srv/runs/b, is an undo: to take it back would make the changes again',
      'If you mean that, name it: wickr-bulk undo runs/b\nName the run that you mean; "wickr-bulk runs" lists them.',
    ]);
  });

  it('undo of a retry says what it leaves', () => {
    expect(remark('undo', run('b', -1, { retryOf: '/srv/runs/a b' }))).toBe(
      "it is a retry: what the run before it has changed stays, until you undo that as well: wickr-bulk undo 'runs/a b'",
    );
  });

  it('resume refuses a run that has ended, and names one that was stopped', () => {
    expect(remark('resume', run('b', -1), run('c', -2), run('a', -3, { state: 'stopped' }))).toEqual([
      'the last run, /srv/runs/b, has ended: no row of it is left to send',
      'An earlier one was stopped; if you mean that: wickr-bulk resume runs/a',
    ]);
    expect(remark('resume', run('b', -1))).toEqual([
      expect.stringContaining('has ended'),
      'What became of its rows: wickr-bulk status runs/b',
    ]);
  });
});
