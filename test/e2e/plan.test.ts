/** From a plan to its undo, with the commands that an administrator types. */
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { lockNetwork } from '../../src/run/lock/lock.js';
import { firstOf, isLong, size } from '../length.js';
import { environmentOf, lockTerms, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];
const MANY = size(1000, 100_000);

const commandFor = (emulator: Emulator) => (args: readonly string[]) =>
  run([...args], { env: environmentOf(emulator, place.folder), cwd: place.folder });

describe('plan, apply, undo', () => {
  it('go from one to the other by what each prints', async () => {
    const emulator = await place.emulate({ users: 40 });
    const command = commandFor(emulator);
    await place.write('users.csv', renames(40));
    const start = JSON.stringify(
      [...emulator.users.values()].map(({ firstName, lastName }) => [firstName, lastName]),
    );
    const plan = await command(['plan', 'users.csv', ...ID, '--out', 'plan.jsonl', '--detailed-exitcode']);
    expect(plan.code).toBe(10);
    expect(plan.stdout).toContain('40 of 40 users of network 12345678 would change');
    const applied = await command(['apply', 'plan.jsonl', '--out', 'run']);
    expect([applied.code, applied.stdout.split('\n')[0]]).toEqual([0, '40 rows: 40 updated']);
    const nothing = await command(['plan', 'users.csv', ...ID, '--detailed-exitcode']);
    expect(nothing.code).toBe(0);
    expect(nothing.stdout).toContain('0 of 40 users of network 12345678 would change; 40 unchanged');
    const undone = await command(['undo', 'run', '--out', 'undone']);
    expect(undone.stdout.split('\n')[0]).toBe('40 rows: 40 updated');
    expect(
      JSON.stringify([...emulator.users.values()].map(({ firstName, lastName }) => [firstName, lastName])),
    ).toBe(start);
    if (!isLong) return;
    // Who has run a file twice, and takes back the second time, learns that it was the wrong one.
    await command(['update', 'users.csv', ...ID, '--keep-before', '--out', 'again']);
    await command(['update', 'users.csv', ...ID, '--keep-before', '--out', 'for-nothing']);
    const { code, stdout } = await command(['undo', 'for-nothing', '--out', 'nothing-undone']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('the run changed nobody')]);
    expect(stdout).toContain(': wickr-bulk runs\n');
  });

  it('show no value with --redact or --json', async () => {
    const emulator = await place.emulate({ users: 4 });
    const command = commandFor(emulator);
    await place.write('users.csv', 'userId,firstName,username\n10000001,Canaryfirst,canary@x.org\n');
    const username = emulator.users.get('10000001')?.username ?? '';
    for (const flag of firstOf(1, ['--redact', '--json'])) {
      const { code, stdout, stderr } = await command(['plan', 'users.csv', ...ID, flag]);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(/canary/i);
      expect(stdout + stderr).not.toContain(username);
      expect(stdout).toContain(flag === '--json' ? '"changed":1' : 'firstName: ‹hidden› → ‹hidden›');
    }
  });

  it.runIf(isLong)('refuse what is no plan, and no run that can be undone', async () => {
    const emulator = await place.emulate({ users: 4 });
    const command = commandFor(emulator);
    await place.write('users.csv', renames(4));
    const noPlan = await command(['apply', 'users.csv']);
    expect([noPlan.code, noPlan.stderr]).toEqual([
      2,
      expect.stringContaining('is no plan that this version has written'),
    ]);
    expect(noPlan.stderr).toContain('wickr-bulk update');
    expect((await command(['apply', 'nowhere.jsonl'])).code).toBe(2);
    await command(['update', 'users.csv', ...ID, '--out', 'run']);
    const noUndo = await command(['undo', 'run']);
    expect([noUndo.code, noUndo.stderr]).toEqual([2, expect.stringContaining('--no-keep-before')]);
    expect((await command(['undo', 'nowhere'])).code).toBe(2);
  });
});

describe('reconcile', () => {
  it.runIf(isLong)(
    'writes nothing the second time, and stops at a cap with exit 4 and the plan',
    async () => {
      const emulator = await place.emulate({ users: 300 });
      const command = commandFor(emulator);
      await place.write('few.csv', renames(15));
      const first = await command(['reconcile', 'few.csv', ...ID, '--out', 'first']);
      expect([first.code, first.stdout.split('\n')[0]]).toEqual([0, '15 rows: 15 updated']);
      const second = await command(['reconcile', 'few.csv', ...ID, '--out', 'second']);
      expect([second.code, second.stdout.split('\n')[0]]).toEqual([0, '15 rows: 15 unchanged']);
      expect(emulator.counts.UpdateUser).toBe(15);
      await place.write('all.csv', renames(300, 1).replaceAll('First', 'Other'));
      const third = await command(['reconcile', 'all.csv', ...ID, '--out', 'third', '--json']);
      expect([third.code, JSON.parse(third.stdout)]).toEqual([
        4,
        { exitCode: 4, error: expect.objectContaining({ code: 'CAP' }) },
      ]);
      expect(third.stderr).toContain(
        '300 of 300 users would be changed, but at most 30 are allowed (--max-changes)',
      );
      expect(third.stderr).toContain('third/plan.jsonl');
      expect(emulator.counts.UpdateUser).toBe(15);
      expect((await command(['apply', 'third/plan.jsonl', '--yes'])).code).toBe(0);
    },
  );

  it('ends with 5 at once, and asks the network nothing, while another run holds it', async () => {
    const emulator = await place.emulate({ users: 20 });
    await place.write('users.csv', renames(20));
    const locks = place.path('.local/state/wickr-bulk/locks');
    const lock = await lockNetwork(locks, new URL(emulator.url), emulator.networkId, lockTerms());
    const held = await commandFor(emulator)(['reconcile', 'users.csv', ...ID]);
    expect([held.code, held.stderr]).toEqual([5, expect.stringContaining(`process ${process.pid}`)]);
    expect(emulator.requests).toEqual([]);
    await lock.release();
    if (isLong) expect((await commandFor(emulator)(['reconcile', 'users.csv', ...ID])).code).toBe(0);
  });

  it.runIf(isLong)(
    `of ${MANY} users who are as the file says reads them once, in less than 256 MB`,
    async () => {
      const emulator = await place.emulate({ users: MANY });
      const command = commandFor(emulator);
      expect((await command(['export', ...ID, '--out', 'all.csv'])).code).toBe(0);
      const before = emulator.counts.ListUsers;
      const tell =
        "data:text/javascript,process.on('exit',()=>process._rawDebug('peak',process.resourceUsage().maxRSS))";
      const { code, stdout, stderr } = await run(['reconcile', 'all.csv', ...ID, '--out', 'run'], {
        env: { ...environmentOf(emulator, place.folder), NODE_OPTIONS: `--import=${tell}` },
        cwd: place.folder,
      });
      const shown = MANY.toLocaleString('en-US');
      expect([code, stdout.split('\n')[0]]).toEqual([0, `${shown} rows: ${shown} unchanged`]);
      // A page of 100 each; the last of those who are active and of those who are pending may be short.
      expect(emulator.counts.ListUsers - before).toBeLessThanOrEqual(MANY / 100 + 2);
      expect([emulator.counts.UpdateUser, emulator.counts.GetUser]).toEqual([0, 0]);
      const kilobytes = Number(/peak (\d+)/.exec(stderr)?.[1]);
      expect(kilobytes / 1024).toBeLessThan(256);
    },
  );
});

describe('Ctrl-C while the users are read', () => {
  it.each(firstOf(1, ['update', 'plan', 'reconcile']))(
    'ends %s at once: nothing was sent, and there is no run',
    async (verb) => {
      const emulator = await place.emulate({ users: 2000, latency: 100 });
      const people = [...emulator.users.values()].slice(0, 500);
      const lines = people.map(({ username }) => `${username},Zoë\n`);
      await place.write('hr.csv', `lookupUsername,firstName\n${lines.join('')}`);
      const { child, ended } = start([verb, 'hr.csv', ...ID, '--log-level', 'trace'], {
        env: environmentOf(emulator, place.folder),
        cwd: place.folder,
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        if (chunk.includes('ListUsers') && !child.killed) child.kill('SIGINT');
      });
      const { code, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toContain('stopped before anything was sent');
      expect(stderr).not.toContain('in flight');
      expect(emulator.counts.UpdateUser).toBe(0);
      expect((await readdir(place.folder)).filter((name) => name.includes('run'))).toEqual([]);
    },
  );
});
