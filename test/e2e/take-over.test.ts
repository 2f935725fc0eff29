/** A run whose process cannot be seen any more, or was halted, and another process that goes on with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { cases, isLong } from '../length.js';
import { countBy, environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { main, start } from './command.js';

const SEEDS = cases(0, 25);
const CONCURRENCY = 8;
const ID = ['--network-id', '12345678'];
const place = useWorkplace();

/** Whether this process may make PID namespaces, as a container runtime does. */
async function hasNamespaces(): Promise<boolean> {
  const child = spawn('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** Starts the command as process 1 of a container that shares the disk. */
function startInContainer(args: readonly string[], emulator: Emulator) {
  const env = environmentOf(emulator, place.folder);
  const child = spawn('unshare', [...UNSHARE, process.execPath, main, ...args], { env, stdio: 'pipe' });
  child.stdin.end();
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }),
  );
  return { child, ended };
}

/**
 * Keeps the system from giving the number of this container's namespace to the next one, which would show that its
 * processes are dead: on a busy machine nobody can count on that.
 */
async function pinNamespace({ pid = 0 }: ChildProcess): Promise<void> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  pinned.push(await open(`/proc/${children.trim()}/ns/pid`));
}
const pinned: FileHandle[] = [];
afterEach(async () => {
  for (const handle of pinned.splice(0)) await handle.close();
});

/** SIGKILL for the container and all in it, and nothing left on the way to the emulator. */
async function killContainer(child: ChildProcess, ended: Promise<unknown>, emulator: Emulator) {
  await pinNamespace(child);
  child.kill('SIGKILL');
  await ended;
  await until(() => emulator.connections.open === 0);
}

/** How often rows were sent whose outcome the report did not have yet when the process was killed. */
function sentTwice(emulator: Emulator): number {
  const updates = emulator.requests.filter(({ operation }) => operation === 'UpdateUser');
  return Object.values(countBy(updates, ({ userId }) => userId ?? '')).filter((times) => times > 1).length;
}

async function expectWhole(emulator: Emulator, rows: number) {
  const lines = await outcomes(place.path('run/report.csv'));
  expect(lines.map(({ row }) => row).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: rows }, (_, i) => i + 1),
  );
  expect(lines.filter(({ status }) => status !== 'updated')).toEqual([]);
  expect(notRenamed(emulator, rows)).toEqual([]);
  expect(await readdir(place.path('.local/state/wickr-bulk/locks'))).toEqual([]);
  expect((await readdir(place.path('run'))).filter((name) => name.startsWith('lock'))).toEqual([]);
}

describe.runIf(await hasNamespaces())('a run that was killed in one container', () => {
  it.each([
    ...Array.from({ length: SEEDS }, (_, i) => [i + 1, ['--take-over', '2']] as const),
    ...(isLong ? [[0, []] as const] : []),
  ])('is taken over in another, and every row has one line (seed %i, %j)', async (seed, takeOver) => {
    const rows = 300;
    const emulator = await place.emulate({ users: rows, latency: 5, seed });
    const input = await place.write('users.csv', renames(rows));
    const pace = ['--concurrency', String(CONCURRENCY), '--rate', '300', '--no-progress', ...takeOver];
    const first = startInContainer(['update', input, ...ID, '--out', place.path('run'), ...pace], emulator);
    await emulator.arrival(20 + ((seed * 37) % 200));
    await killContainer(first.child, first.ended, emulator);
    const { state } = JSON.parse(
      (await startInContainer(['status', place.path('run'), '--json'], emulator).ended).stdout,
    );
    expect(state).toMatch(/^(unknown|stopped)$/);
    const second = await startInContainer(['resume', place.path('run'), ...pace], emulator).ended;
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('taken over after')]);
    await expectWhole(emulator, rows);
    expect(sentTwice(emulator)).toBeLessThanOrEqual(CONCURRENCY);
  });

  it.runIf(isLong)('does not keep another run from its network', async () => {
    const emulator = await place.emulate({ users: 3000, latency: 5 });
    const input = await place.write('users.csv', renames(3000));
    const update = (out: string, ...more: string[]) =>
      startInContainer(
        ['update', input, ...ID, '--out', place.path(out), '--no-progress', ...more],
        emulator,
      );
    const first = update('first', '--rate', '20', '--take-over', '5');
    await emulator.arrival(5);
    const refused = await update('second').ended;
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringContaining('another run works on network'),
    ]);
    const { stdout } = await startInContainer(['status', place.path('first')], emulator).ended;
    expect(stdout).toMatch(/^running: process 1 on /);
    await killContainer(first.child, first.ended, emulator);
    expect((await update('second', '--limit', '10').ended).code).toBe(0);
  });
});

/** Files below a folder, with all that writing to one changes. */
async function state(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  const states = files.map(async (file) => {
    const { ino, mtimeNs } = await stat(file, { bigint: true });
    return [file, `${ino} ${mtimeNs} ${await readFile(file, 'utf8')}`] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

describe.skipIf(process.platform === 'win32')('a process that was halted while another took over', () => {
  it.each([
    ...Array.from({ length: cases(1, 10) }, (_, i) => [i + 1, ['--take-over', '2']] as const),
    ...(isLong ? [[0, []] as const] : []),
  ])(
    'sends nothing, writes nothing, says why and exits with 5 when it wakes up (seed %i, %j)',
    async (seed, takeOver) => {
      const rows = 300;
      const emulator = await place.emulate({
        users: rows,
        latency: 20,
        seed,
        faults: [{ kinds: ['500', '503'], share: 0.1 }],
      });
      const input = await place.write('users.csv', renames(rows));
      const env = environmentOf(emulator, place.folder);
      const pace = ['--concurrency', String(CONCURRENCY), '--rate', '200', '--no-progress', ...takeOver];
      const old = start(['update', input, ...ID, '--out', place.path('run'), ...pace], { env });
      await emulator.arrival(20 + ((seed * 37) % 100));
      old.child.kill('SIGSTOP');
      const halted = await start(['status', place.path('run'), '--json'], { env }).ended;
      expect(JSON.parse(halted.stdout).state).toBe('unknown');
      // What was on its way when it was halted has arrived by the time that the other process begins.
      const second = await start(['resume', place.path('run'), ...pace], { env }).ended;
      expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('taken over after')]);
      const requests = emulator.requests.length;
      const before = await state(place.folder);
      old.child.kill('SIGCONT');
      const { code, stdout, stderr } = await old.ended;
      expect([code, stdout]).toEqual([5, '']);
      expect(stderr).toMatch(/nothing more is sent or written/);
      expect(emulator.requests.length).toBe(requests);
      expect(await state(place.folder)).toEqual(before);
      await expectWhole(emulator, rows);
    },
  );

  it.runIf(isLong)('goes on if nobody has taken over', async () => {
    const emulator = await place.emulate({ users: 100, latency: 20 });
    const input = await place.write('users.csv', renames(100));
    const args = ['update', input, ...ID, '--out', place.path('run'), '--rate', '100', '--take-over', '1'];
    const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
    await emulator.arrival(20);
    child.kill('SIGSTOP');
    // It is taken to be dead, which is when the time has passed for certain.
    await until(async () => {
      const { stdout } = await start(['status', place.path('run'), '--json']).ended;
      return JSON.parse(stdout).state === 'stopped' || JSON.parse(stdout).state === 'unknown';
    });
    child.kill('SIGCONT');
    expect((await ended).code).toBe(0);
    await expectWhole(emulator, 100);
  });
});
