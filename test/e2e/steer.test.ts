/** A run that is steered from another shell: two processes, and files in the run's folder between them. */
import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { continueRun, listRuns, pauseRun, readRunStatus, stopRun, tuneRun } from '../../src/index.js';
import { isLong } from '../length.js';
import { environmentOf, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { type Ended, main, run, start } from './command.js';

const place = useWorkplace();
const ROWS = 400;
let emulator: Emulator;
let env: Record<string, string>;
const folder = () => place.path('run');

beforeEach(async () => {
  emulator = await place.emulate({ users: ROWS });
  env = environmentOf(emulator, place.folder);
});

async function started(...more: string[]) {
  const input = await place.write('users.csv', renames(ROWS));
  const args = ['update', input, '--network-id', emulator.networkId, '--out', folder(), ...more];
  const going = start(args, { env, cwd: place.folder });
  await emulator.arrival(5);
  return going;
}

const command = (...args: string[]): Promise<Ended> => run(args, { env, cwd: place.folder });
const json = async (...args: string[]) => JSON.parse((await command(...args, '--json')).stdout);
const readSummary = async (ended: Promise<unknown>) => {
  await ended;
  return JSON.parse(await readFile(join(folder(), 'summary.json'), 'utf8'));
};
const leftBehind = async () =>
  (await readdir(folder())).filter((name) => /^(order|control|lock)|part$/.test(name));

describe('a run that goes on in another shell', () => {
  it.runIf(isLong)('is stopped in good order, as by Ctrl-C, and can be resumed', async () => {
    const { ended } = await started('--rate', '10');
    const stop = await command('stop', 'run');
    expect([stop.code, stop.stdout]).toEqual([
      0,
      `stopping: the rows in flight come to their end\ncontinue it then: wickr-bulk resume ${folder()}\n`,
    ]);
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([130, expect.stringContaining('stopped by "wickr-bulk stop"')]);
    const lines = await outcomes(join(folder(), 'report.csv'));
    const sent = lines.filter(({ status }) => status === 'updated').length;
    expect([lines.length, sent]).toEqual([ROWS, emulator.counts.UpdateUser]);
    expect(sent).toBeLessThan(ROWS);
    expect(await leftBehind()).toEqual([]);
    expect((await command('resume', 'run', '--rate', '5000')).code).toBe(0);
    expect(emulator.counts.UpdateUser).toBe(ROWS);
  });

  it('is paused, says so, sends nothing, and goes on', async () => {
    const { ended } = await started('--max-rate', '10');
    const paused = await command('pause', '--last', '--runs-dir', '.');
    expect([paused.code, paused.stdout]).toEqual([
      0,
      `paused: nothing new is sent\nlet it go on: wickr-bulk continue ${folder()}\n`,
    ]);
    await until(async () => (await readRunStatus(folder())).done === emulator.counts.UpdateUser);
    const sent = emulator.counts.UpdateUser;
    expect(sent).toBeLessThan(ROWS);
    // Meanwhile so many rows would be sent that it could not be overlooked.
    expect(await tuneRun(folder(), { maxRate: 5000 })).toEqual({
      folder: folder(),
      paused: true,
      tuned: { maxRate: 5000 },
    });
    const shown = await command('status', 'run');
    expect(shown.stdout).toMatch(/^paused: process \d+ on .*\n/);
    expect(shown.stdout).toContain('set anew: at most 5,000 requests/s\n');
    expect(shown.stdout).toContain(`let it go on: wickr-bulk continue ${folder()}\n`);
    expect(shown.stdout).not.toContain(' left');
    expect(await pauseRun(folder())).toMatchObject({ paused: true });
    expect((await listRuns(place.folder)).runs).toMatchObject([{ state: 'paused', done: sent }]);
    expect(emulator.counts.UpdateUser).toBe(sent);
    const summary = readSummary(ended);
    await continueRun(folder());
    const { statuses, exitCode } = await summary;
    expect([exitCode, statuses.updated]).toEqual([0, ROWS]);
    expect(await leftBehind()).toEqual([]);
  });

  it.runIf(isLong)('is stopped by Ctrl-C while it is paused, and a resume is not paused', async () => {
    const { child, ended } = await started('--rate', '10');
    await command('pause', 'run');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await outcomes(join(folder(), 'report.csv'))).toHaveLength(ROWS);
    expect((await command('resume', 'run', '--rate', '5000')).code).toBe(0);
  });

  it.runIf(isLong)('does not take over what was said to a process that was killed', async () => {
    const { child, ended } = await started('--rate', '10');
    await command('pause', 'run');
    const { owner } = JSON.parse(await readFile(join(folder(), 'lock'), 'utf8')) as { owner: string };
    child.kill('SIGKILL');
    await ended;
    const order = { kind: 'stop', id: '5e0c1d52-7a53-4f0e-9f0f-0d7f0c3d2a11', to: owner };
    await writeFile(join(folder(), 'order-stop.json'), JSON.stringify(order));
    const resumed = start(['resume', 'run', '--rate', '10'], { env, cwd: place.folder });
    await until(async () => !(await readdir(folder())).includes('order-stop.json'));
    expect((await json('status', 'run')).state).toBe('running');
    // The resumed run is told things as the first one was.
    expect(await json('tune', 'run', '--max-rate', '20', '--concurrency', '2')).toMatchObject({
      paused: false,
      tuned: { maxRate: 20, concurrency: 2 },
    });
    expect((await command('status', 'run')).stdout).toContain(
      'set anew: at most 20 requests/s, at most 2 in flight\n',
    );
    await command('stop', 'run');
    expect((await resumed.ended).code).toBe(130);
  });
});

describe('a run on which no process works', () => {
  it.runIf(isLong)('says how it stands in the place of obeying', async () => {
    const { ended } = await started('--rate', '5000');
    await ended;
    for (const verb of ['stop', 'pause', 'continue']) {
      const { code, stderr } = await command(verb, 'run');
      expect([verb, code]).toEqual([verb, 2]);
      expect(stderr).toMatch(
        /^wickr-bulk: the run .* ended at .*: no process works on it\n {2}"wickr-bulk status"/,
      );
    }
    expect(await json('tune', 'run', '--max-rate', '5')).toMatchObject({
      exitCode: 2,
      error: { code: 'NOT_RUNNING' },
    });
    expect((await command('tune', 'run')).stderr).toContain('Give --max-rate or --concurrency, or both.');
    expect((await command('stop', 'nowhere')).stderr).toContain('is not the folder of a run');
    expect(await leftBehind()).toEqual([]);
  });
});

it.runIf(isLong && process.geteuid?.() === 0)(
  'another user is told plainly that the run is not theirs',
  async () => {
    const { ended } = await started('--rate', '20');
    await chmod(place.folder, 0o755);
    const { status, stderr } = spawnSync(process.execPath, [main, 'stop', folder()], {
      uid: 54_321,
      env,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^wickr-bulk: .*run.json cannot be read \(EACCES\)\n {2}.*check that it is yours/);
    await stopRun(folder());
    await ended;
  },
);

describe('a status', () => {
  it.runIf(isLong)('is watched until the run ends', async () => {
    const { ended } = await started('--rate', '100');
    const watching = await command('status', 'run', '--watch');
    expect(watching.code).toBe(0);
    expect(watching.stdout).toMatch(/^running: process/);
    expect(watching.stdout).toMatch(/\nended\n400 rows: 400 updated\n/);
    expect((await ended).code).toBe(0);
  });

  it.runIf(isLong)('is watched no longer after a Ctrl-C, and the run goes on', async () => {
    const { ended } = await started('--rate', '20');
    const watching = start(['status', 'run', '--watch'], { env, cwd: place.folder });
    await new Promise((resolve) => watching.child.stdout?.once('data', resolve));
    watching.child.kill('SIGINT');
    expect((await watching.ended).code).toBe(130);
    expect((await ended).code).toBe(0);
  });

  it.runIf(isLong)('lists the rows that did not succeed, with line, user and reason', async () => {
    emulator.setFaults([{ kind: 'refused', userId: '10000003' }]);
    const { ended } = await started('--rate', '5000');
    expect((await ended).code).toBe(3);
    const { code, stdout } = await command('status', 'run', '--failed');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(-2)).toEqual([
      expect.stringMatching(/^line 4, user 10000003: failed, .*\(\w+\)$/),
      '',
    ]);
    expect((await json('status', 'run', '--failed')).failedRows).toMatchObject([
      { row: 3, line: 4, userId: '10000003', status: 'failed' },
    ]);
  });
});

describe('old runs', () => {
  it.runIf(isLong)('are shown, and removed only if somebody says so', async () => {
    const { ended } = await started('--rate', '5000');
    await ended;
    const young = await command('prune', '--runs-dir', '.');
    expect([young.code, young.stdout, young.stderr]).toEqual([0, '0 runs removed, 0 bytes\n', '']);
    const old = ['prune', '--runs-dir', '.', '--older-than', '0h'];
    const unasked = await command(...old);
    expect([unasked.code, unasked.stdout]).toEqual([2, '']);
    expect(unasked.stderr).toMatch(
      /^run\n {2}update of users.csv, ended .*: 400 rows, 400 updated\nwickr-bulk: nothing was removed: .*\n {2}Give --yes/,
    );
    expect(await readdir(place.folder)).toContain('run');
    const removed = await command(...old, '--yes');
    expect([removed.code, removed.stdout]).toEqual([0, expect.stringMatching(/^1 run removed, \d+ kB\n$/)]);
    expect(await readdir(place.folder)).not.toContain('run');
    expect((await command('prune', '--older-than', 'long ago')).stderr).toContain(
      'needs a time such as 30d, 12h',
    );
    expect(await json('prune')).toMatchObject({ removed: [], left: [] });
  });
});
