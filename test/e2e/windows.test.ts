/**
 * The command on Windows: in the short form on Linux, with calls to the system that fail as they do there, in the long
 * form also under wine.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeProgram } from '../../packaging/node-binaries.js';
import type { Emulator } from '../../src/emulator/server.js';
import { isLong } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { type Circumstances, type Ended, main, sending, start } from './command.js';
import { isWineThere, lacking, Wine } from './wine.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];
const asOnWindows = fileURLToPath(new URL('as-on-windows.mjs', import.meta.url));

/** Something that runs the command. */
interface Machine {
  start(
    args: readonly string[],
    options: Circumstances,
  ): { child: Promise<ChildProcess>; ended: Promise<Ended> };
  /** Where the state folder is. */
  state(): string;
}

/** The jobs of an administrator, on a machine: each is a test. */
function jobsOn(machine: Machine) {
  const begin = (emulator: Emulator, ...args: string[]) =>
    machine.start(args, { env: environmentOf(emulator, place.folder), cwd: place.folder });
  const run = (emulator: Emulator, ...args: string[]) => begin(emulator, ...args).ended;
  /** Runs it, and expects how it ends. */
  const ends = async (code: number, emulator: Emulator, ...args: string[]) => {
    const ended = await run(emulator, ...args);
    expect(ended.code, ended.stderr).toBe(code);
    return ended;
  };
  const statuses = async (folder: string) =>
    (await outcomes(place.path(`${folder}/report.csv`))).map(({ status }) => status);

  const updates = async () => {
    const emulator = await place.emulate({ users: 30 });
    await place.write('users.csv', `${renames(30)}99,No,Body\n`.replaceAll('\n', '\r\n'));
    const args = ['users.csv', ...ID, '--no-progress', '--log-file', 'run.log'];
    const { stdout } = await ends(3, emulator, 'update', ...args);
    expect(stdout).toMatch(/^31 rows: 30 updated, 1 failed\r?\n/);
    expect(notRenamed(emulator, 30)).toEqual([]);
    const [folder = ''] = await readdir(place.path('wickr-bulk-runs'));
    expect(stdout).toMatch(new RegExp(`wickr-bulk retry "?[^\\s"]*${folder}"?\\r?\\n`));
    const left = await readdir(place.path(`wickr-bulk-runs/${folder}`));
    expect(left).toEqual(expect.arrayContaining(['report.csv', 'failed.csv', 'summary.json']));
    expect(left.filter((name) => /\.part$|^lock/.test(name))).toEqual([]);
    expect(await place.read(`wickr-bulk-runs/${folder}/failed.csv`)).toBe(
      'userId,firstName,lastName\r\n99,No,Body\r\n',
    );
    expect(await readdir(machine.state())).toContain('locks');
    expect(await readdir(`${machine.state()}/locks`)).toEqual([]);
  };

  const makesItsRound = async () => {
    const emulator = await place.emulate({ users: 20, faults: [{ kinds: ['refused'], times: 3 }] });
    const names = () => [...emulator.users.values()].map(({ firstName }) => firstName);
    await place.write('users.csv', renames(20));
    await ends(3, emulator, 'update', 'users.csv', ...ID, '--out', 'run');
    await ends(0, emulator, 'retry', 'run', '--out', 'again');
    expect(notRenamed(emulator, 20)).toEqual([]);
    await place.write('others.csv', `userId,firstName\n${emulator.users.keys().next().value},Other\n`);
    await ends(0, emulator, 'plan', 'others.csv', ...ID, '--out', 'plan.jsonl');
    await ends(0, emulator, 'apply', 'plan.jsonl', '--out', 'applied');
    expect(names()[0]).toBe('Other');
    await ends(0, emulator, 'undo', 'applied', '--out', 'undone');
    expect(await statuses('undone')).toEqual(['updated']);
    expect(names()[0]).toBe('First 1');
    await ends(0, emulator, 'export', ...ID, '--out', 'users.jsonl');
    expect((await place.read('users.jsonl')).trim().split('\n')).toHaveLength(20);
    await ends(2, emulator, 'export', ...ID, '--out', 'users.jsonl');
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  };

  const goesOn = async () => {
    const rows = 400;
    const emulator = await place.emulate({ users: rows, latency: 5 });
    await place.write('users.csv', renames(rows));
    // It goes on for longer than any machine takes to start another one.
    const pace = ['--rate', '4', '--take-over', '2', '--no-progress'];
    const first = begin(emulator, 'update', 'users.csv', ...ID, '--out', 'run', ...pace);
    await emulator.arrival(8);
    const refused = await ends(5, emulator, 'update', 'users.csv', ...ID, '--out', 'other');
    expect(refused.stderr).toContain('another run works on');
    (await first.child).kill('SIGKILL');
    await first.ended;
    await until(() => emulator.connections.open === 0);
    const lines = await outcomes(place.path('run/report.csv'));
    const arrived = emulator.requests.length;
    await ends(0, emulator, 'resume', 'run', '--rate', '1000', '--no-progress');
    expect(await statuses('run')).toEqual(Array.from({ length: rows }, () => 'updated'));
    const sentAgain = new Set(emulator.requests.slice(arrived).map(({ userId }) => userId));
    expect(lines.filter(({ userId }) => sentAgain.has(userId))).toEqual([]);
    expect(notRenamed(emulator, rows)).toEqual([]);
    expect(await readdir(`${machine.state()}/locks`)).toEqual([]);
  };
  return { updates, makesItsRound, goesOn };
}

describe('with calls that fail as they do on Windows, the command', () => {
  const command = [process.execPath, '--import', asOnWindows, main];
  const begin = (args: readonly string[], { env, cwd }: Circumstances) =>
    start(args, { env: { ...env, LOCALAPPDATA: place.path('Local') }, ...(cwd && { cwd }), command });
  const { updates, makesItsRound, goesOn } = jobsOn({
    start(args, options) {
      const { child, ended } = begin(args, options);
      return { child: Promise.resolve(child), ended };
    },
    state: () => place.path('Local/wickr-bulk/Data'),
  });
  it('updates, says what to do next, and keeps its state where it belongs', updates);
  it.runIf(isLong)('retries, plans, applies, takes back, exports', makesItsRound);
  it.runIf(isLong)('holds its network, is killed, and goes on', goesOn);

  it('ends at Ctrl-C while it waits for a lock that nobody lets it read', async () => {
    const emulator = await place.emulate({ users: 5 });
    await place.write('users.csv', renames(5));
    const env = { ...environmentOf(emulator, place.folder), HELD: '.lock' };
    const { child, ended } = begin(['update', 'users.csv', ...ID], { env, cwd: place.folder });
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (text) => String(text).includes('held: ') && resolve());
    });
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(emulator.requests).toEqual([]);
  });

  it.runIf(isLong)(
    'says which file somebody has open all the time, and writes it once it is closed',
    async () => {
      const emulator = await place.emulate({ users: 1 });
      await place.write('users.csv', 'userId,firstName\r\n98,Nobody\r\n');
      const env = { ...environmentOf(emulator, place.folder), HELD: 'failed.csv' };
      const line = ['update', 'users.csv', ...ID, '--out', 'run', '--no-progress'];
      const { code, stdout, stderr } = await begin(line, { env, cwd: place.folder }).ended;
      expect(code, stdout + stderr).toBe(1);
      expect(stdout).toMatch(
        /failed\.csv cannot be written \(EBUSY\)\n.*Close the programs that have it open/,
      );
      const resumed = await begin(['resume', 'run'], { env: { ...env, HELD: '-' }, cwd: place.folder }).ended;
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(3);
      expect(await place.read('run/failed.csv')).toBe('userId,firstName\r\n98,Nobody\r\n');
    },
  );
});

const whereWineIs = describe.runIf(isLong && isWineThere);

// Node.js 24 does not start under Debian's wine 8.
whereWineIs.each(['20.20.2', '22.23.3'])(`with Node.js %s for Windows under wine${lacking}`, (version) => {
  let wine: Wine;
  let node = '';
  beforeAll(async () => {
    node = await nodeProgram('win-x64', version);
    wine = await Wine.boot();
  }, 600_000);
  afterAll(() => wine?.close());

  const begin = (args: readonly string[], options: Circumstances) =>
    wine.start([node, main, ...sending(args)], options);
  const { updates, makesItsRound, goesOn } = jobsOn({
    start: begin,
    state: () => wine.localAppData('wickr-bulk/Data'),
  });
  it('updates, says what to do next, and keeps its state where it belongs', updates);
  it('holds its network, is killed, and goes on', goesOn);
  // It all takes its time: once is enough for what hardly depends on the version of Node.js.
  const once22 = it.skipIf(version.startsWith('20.'));
  once22('retries, plans, applies, takes back, exports', makesItsRound);

  once22('ends in good order at Ctrl-C', async () => {
    const emulator = await place.emulate({ users: 300, latency: 5 });
    await place.write('users.csv', renames(300));
    const env = environmentOf(emulator, place.folder);
    const args = ['update', 'users.csv', ...ID, '--out', 'run', '--rate', '50', '--canary', '0'];
    const child = wine.inTerminal([node, main, ...sending(args)], { env, cwd: place.folder });
    child.stdout?.resume();
    await emulator.arrival(20);
    child.stdin?.write('\x03');
    await once(child, 'close');
    const summary = JSON.parse(await place.read('run/summary.json')) as object;
    expect(summary).toMatchObject({ exitCode: 130, stopped: { signal: 'SIGINT' } });
    expect(child.exitCode).toBe(130);
    const lines = await outcomes(place.path('run/report.csv'));
    expect(lines.filter(({ status }) => status === 'updated')).toHaveLength(emulator.counts.UpdateUser);
    expect(lines).toHaveLength(300);
  });

  once22('waits for a program that has one of its files open', async () => {
    const emulator = await place.emulate({ users: 20 });
    const bad = ['97', '98', '99'].map((id) => `${id},No,Body\n`);
    await place.write(
      'users.csv',
      renames(1) + bad[0] + bad[1] + renames(19, 2).replace(/^.*\n/, '') + bad[2],
    );
    const env = environmentOf(emulator, place.folder);
    const codeOf = async (...args: string[]) => (await begin(args, { env, cwd: place.folder }).ended).code;
    const update = ['update', 'users.csv', ...ID, '--rate', '5', '--max-errors', '1', '--out', 'run'];
    expect(await codeOf(...update)).toBe(4);
    // Has it open until the new one is there and cannot take its place.
    const holder = `const fs = require('fs'); const fd = fs.openSync('run/failed.csv');
      fs.writeFileSync('held', '');
      setInterval(() => { if (fs.readdirSync('run').some((name) => name.startsWith('failed.csv.')))
        setTimeout(() => { fs.writeFileSync('seen', ''); fs.closeSync(fd); process.exit(); }, 50); }, 1);`;
    await place.write('holder.js', holder);
    const holding = wine.start([node, 'holder.js'], { cwd: place.folder });
    await until(async () => (await readdir(place.folder)).includes('held'));
    expect(await codeOf('resume', 'run', '--rate', '1000', '--max-errors', '100')).toBe(3);
    await holding.ended;
    expect(await readdir(place.folder)).toContain('seen');
    expect(await place.read('run/failed.csv')).toBe(`userId,firstName,lastName\n${bad.join('')}`);
  });
});
