/** A terminal that is closed, and what else may be missing around the command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { environmentOf, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { main, run, start, withoutHeader } from './command.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];

/** Updates more rows than there is time for. */
async function longUpdate(rows = 2000) {
  const emulator = await place.emulate({ users: rows, latency: 20 });
  const input = await place.write('users.csv', renames(rows));
  const args = ['update', input, ...ID, '--rate', '100', '--out', place.path('run')];
  return { emulator, args, env: environmentOf(emulator, place.folder) };
}

/** A shell that has started the command with a terminal of its own, which is closed when its process is ended. */
function inTerminal(command: string, args: readonly string[], env: Record<string, string>) {
  const words = args.map((word) => `'${word}'`).join(' ');
  return spawn('script', ['-qec', `${command} '${process.execPath}' '${main}' ${words}`, '/dev/null'], {
    env: { ...env, SHELL: '/bin/bash' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

const lines = () => outcomes(place.path('run/report.csv'));
const summary = async () => JSON.parse(await place.read('run/summary.json')) as Record<string, unknown>;
const hasSummary = async () => (await readdir(place.path('run'))).includes('summary.json');

describe.runIf(process.platform === 'linux')('a hangup', () => {
  it('lets the rows in flight end, reports the rest, and exits with 129, however often it comes', async () => {
    const { emulator, args, env } = await longUpdate();
    const { child, ended } = start(args, { env });
    await emulator.arrival(30);
    child.kill('SIGHUP');
    child.stderr?.once('data', () => child.kill('SIGHUP'));
    const { code, stderr } = await ended;
    expect(code).toBe(129);
    expect(stderr).toContain('the rows in flight come to their end');
    expect(await lines()).toHaveLength(2000);
    const applied = emulator.requests.filter(({ applied }) => applied).length;
    expect((await lines()).filter(({ status }) => status === 'updated')).toHaveLength(applied);
  });

  it.runIf(isLong)('does nothing if nohup has started the command', async () => {
    const { emulator, args, env } = await longUpdate(200);
    const child = spawn('nohup', [process.execPath, main, ...args], {
      env: { ...env, _: '/usr/bin/nohup' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = text(child.stdout);
    await emulator.arrival(30);
    child.kill('SIGHUP');
    const [code] = await once(child, 'close');
    expect([code, (await out).split('\n')[0]]).toEqual([0, '200 rows: 200 updated']);
  });

  it.each(
    firstOf(1, [
      ['ends the run in good order when its terminal is closed', '', 129],
      ['does not end a run that nohup has started in a terminal', 'nohup', 0],
    ]),
  )('%s', async (_case, by, exitCode) => {
    const { emulator, args, env } = await longUpdate(by === '' ? 2000 : 300);
    const command = `cd '${place.folder}'; exec ${by}`;
    const child = inTerminal(command, [...args, '--canary', '0'], env);
    await emulator.arrival(30);
    child.kill('SIGKILL');
    await until(hasSummary);
    expect(await summary()).toMatchObject({ exitCode });
    await until(async () => !(await readdir(place.path('run'))).includes('lock'));
  });
});

describe('a minimal environment', () => {
  const only = ({ PATH: _, HOME: __, ...env }: Record<string, string>) => env;

  it.runIf(isLong)('without HOME, USER and PATH is enough', async () => {
    const { args, env } = await longUpdate(50);
    const minimal = { ...only(env), XDG_STATE_HOME: place.path('state') };
    const { code, stderr } = await run([...args, '--no-progress'], { env: minimal });
    expect([code, withoutHeader(stderr)]).toEqual([0, '']);
    expect(await readdir(place.path('state/wickr-bulk'))).toContain('locks');
  });

  it.runIf(process.geteuid?.() === 0)('of a user without a home says what to set', async () => {
    const { emulator, args, env } = await longUpdate(3);
    await chmod(place.folder, 0o777);
    const child = spawn(process.execPath, [main, ...args], { env: only(env), uid: 54_321, stdio: 'pipe' });
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(2);
    expect(stderr).toMatch(/^wickr-bulk: there is no home folder .*\n {2}.*XDG_STATE_HOME/);
    expect(emulator.requests).toEqual([]);
  });

  it.runIf(isLong)('with a home that cannot be written says what to set', async () => {
    const { emulator, args, env } = await longUpdate(3);
    await place.write('home', 'a file, so that not even the superuser makes a folder in it');
    const { code, stderr } = await run([...args, '--no-progress'], {
      env: { ...env, HOME: place.path('home') },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/locks.* cannot be (written|made) \(ENOTDIR\)\n {2}.*XDG_STATE_HOME/);
    expect(emulator.requests).toEqual([]);
  });

  it('with a relative XDG_STATE_HOME has it ignored', async () => {
    const { args, env } = await longUpdate(3);
    await mkdir(place.path('work'));
    const { code } = await run(args, {
      env: { ...env, XDG_STATE_HOME: 'state' },
      cwd: place.path('work'),
    });
    expect(code).toBe(0);
    expect(await readdir(place.path('work'))).toEqual([]);
    expect(await readdir(place.path('.local/state/wickr-bulk'))).toContain('locks');
  });

  it.runIf(isLong && process.platform !== 'win32')(
    'with a working folder that was deleted says so',
    async () => {
      const { args, env } = await longUpdate(3);
      await mkdir(place.path('gone'));
      const words = ['update', 'users.csv', ...ID].map((word) => `'${word}'`).join(' ');
      const child = spawn('sh', ['-c', `read go; exec '${process.execPath}' '${main}' ${words}`], {
        env,
        cwd: place.path('gone'),
        stdio: 'pipe',
      });
      await rm(place.path('gone'), { recursive: true });
      child.stdin.end('go\n');
      const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(child.exitCode).not.toBe(0);
      expect(stderr).toContain('the working folder was deleted');
      expect(stderr).not.toContain('    at ');
      expect(args).toContain('update');
    },
  );

  it.runIf(isLong)(
    'is not needed by standard streams either: nobody reads them, and the run goes on',
    async () => {
      const { args, env } = await longUpdate(100);
      const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy();
      child.stderr.destroy();
      await once(child, 'exit');
      expect(child.exitCode).toBe(0);
      expect((await lines()).filter(({ status }) => status === 'updated')).toHaveLength(100);
    },
  );
});
