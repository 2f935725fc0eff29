import { cp, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { listRuns, retryRun, undoRun, updateUsers } from '../../src/index.js';
import { takeLock } from '../../src/run/lock/lock.js';
import { lockTerms, reachOf, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const at = (name: string) => place.path(`runs/${name}`);
const list = () => listRuns(place.path('runs'));
const names = async () => (await list()).runs.map(({ folder }) => folder.replace(place.path('runs/'), ''));

/** Three users are renamed, one of them in vain. */
async function updated(name = 'users'): Promise<Emulator> {
  const emulator = await place.emulate({ users: 9, faults: [{ kind: 'refused', userId: '10000003' }] });
  const input = await place.write('users.csv', renames(3));
  await updateUsers({ ...serviceOf(emulator), input, folder: at(name), keepBefore: true }).summary;
  emulator.setFaults([]);
  return emulator;
}

/** Changes what a run says of itself. */
async function rewrite(name: string, changes: object): Promise<void> {
  const record = JSON.parse(await readFile(at(`${name}/run.json`), 'utf8')) as object;
  await writeFile(at(`${name}/run.json`), JSON.stringify({ ...record, ...changes }));
}

/** Copies of one run that began at these times. */
async function runsOf(times: Readonly<Record<string, string>>): Promise<void> {
  await updated('first');
  for (const [name, startedAt] of Object.entries(times)) {
    await cp(at('first'), at(name), { recursive: true });
    await rewrite(name, { startedAt });
  }
  await rm(at('first'), { recursive: true });
}

describe('the list of runs', () => {
  it('says how each stands, what it came to, and which run led to it; the newest comes first', async () => {
    const emulator = await updated();
    await retryRun(at('users'), { ...reachOf(emulator), folder: at('again') }).summary;
    await undoRun(at('users'), { ...reachOf(emulator), folder: at('back') }).summary;
    const { runs, unreadable, folder } = await list();
    expect([folder, unreadable]).toEqual([place.path('runs'), []]);
    expect(runs).toMatchObject([
      { folder: at('back'), command: 'undo', input: '-', undoOf: at('users'), rows: 2 },
      {
        folder: at('again'),
        command: 'update',
        input: at('users/failed.csv'),
        retryOf: at('users'),
        rows: 1,
      },
      { folder: at('users'), state: 'ended', input: place.path('users.csv'), rows: 3, done: 3 },
    ]);
    const [, , first] = runs;
    expect(first).toMatchObject({ statuses: { updated: 2, failed: 1 }, networkId: emulator.networkId });
    expect(Object.keys(first ?? {})).not.toContain('retryOf');
    expect(JSON.parse(await readFile(at('again/run.json'), 'utf8'))).toMatchObject({ retryOf: at('users') });
    expect(JSON.parse(await readFile(at('back/run.json'), 'utf8'))).toMatchObject({ undoOf: at('users') });
  });

  it('goes by the time at which a run was started, not by its name', async () => {
    await runsOf({
      b: '2026-01-31T12:00:00.000Z',
      a: '2026-02-01T12:00:00.000Z',
      c: '2025-12-01T12:00:00.000Z',
    });
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('counts a run that was stopped or killed by its report', async () => {
    await updated();
    await rm(at('users/summary.json'));
    const report = await readFile(at('users/report.csv'), 'utf8');
    await writeFile(at('users/report.csv'), report.split('\n').slice(0, 2).join('\n').concat('\n'));
    expect((await list()).runs).toMatchObject([
      { state: 'stopped', rows: 3, done: 1, statuses: { updated: 1 } },
    ]);
  });

  it('says that a run goes on', async () => {
    await updated();
    const lock = await takeLock(at('users/lock'), 'it', lockTerms());
    expect((await list()).runs).toMatchObject([{ state: 'running', rows: 3 }]);
    await lock.release();
  });

  it('leaves out what is no run', async () => {
    await updated();
    await mkdir(at('photos'));
    await mkdir(at('beyond-a-cap'));
    await writeFile(at('beyond-a-cap/plan.jsonl'), '{}\n');
    await writeFile(at('notes.txt'), '');
    await symlink(at('users'), at('linked'));
    expect(await names()).toEqual(['users']);
    expect((await list()).unreadable).toEqual([]);
  });

  it.each([
    ['run.json', '{', 'run.json is not as a run wrote it'],
    ['run.json', '{"version":"9","later":1}', 'does not know (later)'],
    ['summary.json', '{}', 'summary.json is not as a run wrote it'],
    ['summary.json', '{', 'summary.json cannot be read'],
    ['summary.json', 'null', 'summary.json cannot be read'],
  ])('a damaged %s %j spoils no other run', async (name, content, message) => {
    await runsOf({ good: '2026-01-31T12:00:00.000Z', bad: '2026-02-01T12:00:00.000Z' });
    await writeFile(at(`bad/${name}`), content);
    await utimes(at('bad'), 1_770_000_000, 1_770_000_000);
    const { runs, unreadable } = await list();
    expect(runs.map(({ folder }) => folder)).toEqual([at('good')]);
    expect(unreadable).toEqual([
      { folder: at('bad'), message: expect.stringContaining(message), changedAt: '2026-02-02T02:40:00.000Z' },
    ]);
  });

  it('a time that is none spoils no order', async () => {
    await runsOf({ good: '2026-01-31T12:00:00.000Z', bad: 'yesterday' });
    expect(await names()).toEqual(['good']);
    expect((await list()).unreadable).toMatchObject([{ folder: at('bad') }]);
  });

  it('reads nothing that was linked into a run', async () => {
    await updated();
    await rm(at('users/summary.json'));
    await symlink(place.path('users.csv'), at('users/summary.json'));
    expect((await list()).unreadable).toMatchObject([
      { message: expect.stringContaining('is a symbolic link') },
    ]);
  });

  it('of a folder that there is none of, or that cannot be read, is an error', async () => {
    await expect(list()).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      message: `the folder ${place.path('runs')} cannot be read (ENOENT)`,
    });
    await writeFile(place.path('runs'), '');
    await expect(list()).rejects.toThrow('cannot be read (ENOTDIR)');
  });

  it('has all of many runs', async () => {
    await updated('0');
    const copies = Array.from({ length: 60 }, (_, index) => `${index + 1}`);
    await Promise.all(copies.map((name) => cp(at('0'), at(name), { recursive: true })));
    expect(await names()).toEqual([...copies.reverse(), '0']);
  });
});
