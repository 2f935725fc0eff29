import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pruneRuns, retryRun, undoRun, updateUsers } from '../../src/index.js';
import { takeLock } from '../../src/run/lock/lock.js';
import { isRunFile } from '../../src/run/state/run-folder.js';
import { lockTerms, reachOf, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const at = (name: string) => place.path(`runs/${name}`);
const names = () => readdir(place.path('runs'));
const prune = (confirm?: () => Promise<boolean>) =>
  pruneRuns(place.path('runs'), { olderThanMs: 0, ...(confirm && { confirm }) });

/** Three users are renamed, one of them in vain. */
async function updated(...folders: string[]) {
  const emulator = await place.emulate({ users: 9, faults: [{ kind: 'refused', userId: '10000003' }] });
  const input = await place.write('users.csv', renames(3));
  for (const name of folders) {
    const options = { ...serviceOf(emulator), input, folder: at(name), keepBefore: true };
    await updateUsers({ ...options, exclude: await place.write('vips.txt', '10000009\n') }).summary;
  }
  emulator.setFaults([]);
  return emulator;
}

describe('pruning', () => {
  it('removes runs of each kind that have ended, once it was answered yes', async () => {
    const emulator = await updated('users');
    await retryRun(at('users'), { ...reachOf(emulator), folder: at('again') }).summary;
    await undoRun(at('users'), { ...reachOf(emulator), folder: at('back'), reportFormat: 'jsonl' }).summary;
    await expect(prune(async () => false)).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: 'nothing was removed',
    });
    expect(await names()).toHaveLength(3);
    const { removed, bytes, left } = await prune(async () => true);
    expect([removed, left]).toEqual([[at('users'), at('again'), at('back')], []]);
    expect(bytes).toBeGreaterThan(1000);
    expect(await names()).toEqual([]);
  });

  it('leaves what a process works on, and what can be resumed', async () => {
    await updated('held', 'killed');
    await rm(at('killed/summary.json'));
    const lock = await takeLock(at('held/lock'), 'it', lockTerms());
    const { removed, left } = await prune();
    expect([removed, left.map(({ reason }) => reason).sort()]).toEqual([
      [],
      ['it goes on (running)', 'it was stopped and can be resumed'],
    ]);
    await lock.release();
    expect(await names()).toEqual(['held', 'killed']);
  });

  it('does not remove a run that is gone on with while the question is on the screen', async () => {
    await updated('users');
    const before = await readdir(at('users'));
    const { removed, left } = await prune(async () => {
      await rm(at('users/summary.json'));
      return true;
    });
    expect([removed, left]).toEqual([[], [{ folder: at('users'), reason: 'it can be resumed' }]]);
    expect(await readdir(at('users'))).toEqual(before.filter((name) => name !== 'summary.json'));
  });

  it.each([
    ['a file', (path: string) => writeFile(path, 'mine')],
    ['a folder', (path: string) => mkdir(path)],
  ])('leaves a run in whose folder is %s of somebody’s own', async (_name, make) => {
    await updated('users');
    await make(at('users/corrected.csv'));
    const before = await readdir(at('users'));
    const { left } = await prune();
    expect(left).toEqual([
      { folder: at('users'), reason: 'there is something in it that no run makes: corrected.csv' },
    ]);
    expect(await readdir(at('users'))).toEqual(before);
  });

  it('leaves what is no run, and follows no link', async () => {
    await updated('users', 'planted');
    await mkdir(place.path('precious'));
    await writeFile(place.path('precious/report.csv'), 'precious');
    await rename(at('users'), place.path('moved'));
    await symlink(place.path('moved'), at('linked'));
    await symlink(place.path('precious/report.csv'), at('planted/missing.csv'));
    await mkdir(at('photos'));
    const { removed, left } = await prune();
    expect([removed, left.map(({ reason }) => reason)]).toEqual([
      [],
      [expect.stringContaining('is a symbolic link, which no run makes')],
    ]);
    expect((await names()).sort()).toEqual(['linked', 'photos', 'planted']);
    expect(await readdir(place.path('moved'))).toContain('report.csv');
    expect(await readFile(place.path('precious/report.csv'), 'utf8')).toBe('precious');
  });

  it('does not follow a link that takes the place of the folder meanwhile', async () => {
    await updated('users');
    const { removed, left } = await prune(async () => {
      await rename(at('users'), place.path('moved'));
      await symlink(place.path('moved'), at('users'));
      return true;
    });
    expect([removed, left]).toEqual([[], [{ folder: at('users'), reason: 'it is no folder any more' }]]);
    expect(await readdir(place.path('moved'))).toContain('run.json');
    expect(await readdir(place.path('moved'))).not.toContain('lock');
  });
});

it.each([
  ['report.csv', true],
  ['input.xlsx', true],
  ['lock', true],
  ['lock.a1b2c3d4-0000-4000-8000-000000000001', true],
  ['summary.json.a1b2c3d4-0000-4000-8000-000000000001.part', true],
  ['order-pause.json', true],
  ['failed.xlsx', false],
  ['failed-corrected.csv', false],
  ['report.csv.bak', false],
  ['.report.csv', false],
  ['lock.txt', false],
])('that %s is a file of a run is %s', (name, isOne) => {
  expect(isRunFile(name)).toBe(isOne);
});
