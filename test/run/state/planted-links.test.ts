/** Somebody else of this machine plants symbolic links in the way of a run's files: none is followed. */
import { chown, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolderError } from '../../../src/errors.js';
import { resumeRun, updateUsers } from '../../../src/index.js';
import { openAppendFile } from '../../../src/report/append-file.js';
import { takeLock } from '../../../src/run/state/lock.js';
import { RunFolder } from '../../../src/run/state/run-folder.js';
import { lockTerms, outcomes, reachOf, renames, serviceOf, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();

/** A file of the victim's that a link leads to. */
const planted = async (name: string) => {
  const target = await place.write('target', 'precious');
  await symlink(target, place.path(name));
  return target;
};

describe('a symbolic link in a run that is resumed', () => {
  it.each(['report.csv', 'lock', 'journal.jsonl', 'summary.json', 'failed.csv', 'before.jsonl'])(
    'as %s is refused and not followed',
    async (name) => {
      const emulator = await place.emulate({ users: 3 });
      await updateIn(place, renames(3), {}, emulator);
      await rm(place.path(`run/${name}`), { force: true });
      const target = await planted(`run/${name}`);
      const resumed = resumeRun(place.path('run'), reachOf(emulator)).summary;
      await expect(resumed).rejects.toThrow(RunFolderError);
      await expect(resumed).rejects.toThrow(/is a symbolic link/);
      expect(await readFile(target, 'utf8')).toBe('precious');
    },
  );
});

it('a report that is a symbolic link is not appended to', async () => {
  const target = await planted('report.csv');
  await expect(openAppendFile(place.path('report.csv'))).rejects.toThrow(/EEXIST/);
  await expect(openAppendFile(place.path('report.csv'), 3)).rejects.toThrow(/ELOOP/);
  expect(await readFile(target, 'utf8')).toBe('precious');
});

it('a lock that is a symbolic link is not read through it', async () => {
  await planted('lock');
  await expect(takeLock(place.path('lock'), 'it', lockTerms())).rejects.toThrow(/does not say who holds it/);
});

it('a run folder that is a symbolic link is not written to', async () => {
  await mkdir(place.path('elsewhere'));
  await symlink(place.path('elsewhere'), place.path('run'));
  const emulator = await place.emulate({ users: 1 });
  const input = await place.write('users.csv', renames(1));
  const run = updateUsers({ input, folder: place.path('run'), ...serviceOf(emulator) });
  await expect(run.summary).rejects.toMatchObject({ code: 'RUN_FOLDER_EXISTS' });
});

describe('without a umask', () => {
  let umask = 0;
  beforeEach(() => {
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
  });

  it('all folders that are made for a run are for their owner alone', async () => {
    await RunFolder.create(place.path('runs/of/today'));
    for (const made of ['runs', 'runs/of', 'runs/of/today'])
      expect((await stat(place.path(made))).mode & 0o777, made).toBe(0o700);
  });
});

describe.runIf(process.geteuid?.() === 0)('the folder of a run that belongs to another user', () => {
  it('is not gone on with: what it says could lead anywhere', async () => {
    const emulator = await place.emulate({ users: 1 });
    await updateIn(place, renames(1), {}, emulator);
    await chown(place.path('run'), 12_345, 12_345);
    const resumed = resumeRun(place.path('run'), reachOf(emulator)).summary;
    await expect(resumed).rejects.toThrow(/belongs to another user/);
  });
});

it('a folder that was put in the place of the run’s is not written to', async () => {
  const folder = await RunFolder.create(place.path('run'));
  await rename(place.path('run'), place.path('moved'));
  await mkdir(place.path('run'));
  await writeFile(place.path('run/other'), '');
  await expect(folder.writeSummary({} as never)).rejects.toThrow(/moved or deleted/);
  await expect(readFile(place.path('run/summary.json'))).rejects.toThrow(/ENOENT/);
});

it('a folder that is moved during the run stops it before the next rows are sent, and loses no line', async () => {
  const rows = 400;
  const emulator = await place.emulate({ users: rows });
  const moving = emulator.arrival(5).then(() => rename(place.path('run'), place.path('moved')));
  const run = updateIn(place, renames(rows), { rate: 50 }, emulator);
  await expect(run).rejects.toMatchObject({
    message: expect.stringContaining('was moved or deleted during the run'),
    hint: expect.stringContaining('Put it back'),
  });
  await moving;
  const lines = await outcomes(place.path('moved/report.csv'));
  expect(lines).toHaveLength(rows);
  const updated = lines.filter(({ status }) => status === 'updated').length;
  expect(updated).toBe(emulator.counts.UpdateUser);
  expect(updated).toBeLessThan(rows);
  await rename(place.path('moved'), place.path('run'));
  // A process that has ended holds nothing; this one goes on.
  await rm(place.path('run/lock'));
  const resumed = resumeRun(place.path('run'), { ...reachOf(emulator), rate: 5000 });
  expect((await resumed.summary).statuses.updated).toBe(rows);
});
