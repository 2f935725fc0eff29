/** The disk gives out while a run is under way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, truncate } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { isLong, size } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, useWorkplace } from '../workplace.js';
import { main, run, start } from './command.js';

const place = useWorkplace();
const ROWS = size(1000, 2000);
const update = async (rows = ROWS) => {
  const emulator = await place.emulate({ users: rows, latency: 5 });
  const input = await place.write('users.csv', renames(rows));
  const out = ['--out', place.path('run'), '--rate', '1000', '--no-keep-before'];
  const args = ['update', input, '--network-id', '12345678', ...out];
  return { emulator, args, env: environmentOf(emulator, place.folder) };
};

it('takes no more: exit 1, the rows that are not on it are named, and a resume sends just those', async () => {
  const rows = size(500, 2000);
  const { emulator, args, env } = await update(rows);
  // No file of this process grows beyond 80 blocks of 512 bytes, as on a disk that is full.
  const command = `trap '' XFSZ; ulimit -f 80; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', command, process.execPath, main, ...args], { env, stdio: 'pipe' });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(child.exitCode).toBe(1);
  expect(stderr).toContain('report.csv cannot be written (EFBIG)');
  const named = /not on the disk: ([\d, -]+)/.exec(stderr)?.[1] ?? '';
  const lost = named.split(', ').flatMap((stretch) => {
    const [from = 0, to = from] = stretch.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  const kept = new Set((await outcomes(place.path('run/report.csv'))).map(({ row }) => row));
  expect(kept.size).toBeGreaterThan(100);
  const updates = emulator.requests.filter(({ operation }) => operation === 'UpdateUser');
  const sent = updates.map(({ userId }) => Number(userId) - 10_000_000);
  expect(sent.filter((row) => !kept.has(row)).every((row) => lost.includes(row))).toBe(true);
  const before = emulator.counts.UpdateUser;
  expect((await run(['resume', place.path('run'), '--rate', '5000'], { env })).code).toBe(0);
  expect(emulator.counts.UpdateUser - before).toBe(rows - kept.size);
  expect(notRenamed(emulator, rows)).toEqual([]);
});

it.runIf(isLong)('loses the report: exit 1, and the rows whose outcomes went with it are named', async () => {
  const { emulator, args, env } = await update();
  const { ended } = start(args, { env });
  await emulator.arrival(300);
  // With the rest of the folder the lock would go as well, and be what the run finds first.
  await rm(place.path('run/report.csv'));
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/report\.csv cannot be written \(ENOENT\); .*not on the disk: \d/);
  expect(emulator.counts.UpdateUser).toBeLessThan(ROWS);
});

it.skipIf(process.getuid?.() === 0)('is made read-only: exit 1, with every outcome on it', async () => {
  const { emulator, args, env } = await update();
  const { ended } = start(args, { env });
  await emulator.arrival(300);
  await chmod(place.path('run'), 0o500);
  const { code, stderr } = await ended;
  await chmod(place.path('run'), 0o700);
  expect(code).toBe(1);
  expect(stderr).toContain('cannot be written (EACCES)');
  expect(await outcomes(place.path('run/report.csv'))).toHaveLength(ROWS);
});

it.runIf(isLong)('has lost a part of the report that is not its end: a resume says where', async () => {
  const { args, env } = await update(50);
  expect((await run(args, { env })).code).toBe(0);
  await rm(place.path('run/summary.json'));
  const lines = (await place.read('run/report.csv')).split('\n');
  await truncate(place.path('run/report.csv'));
  await place.write('run/report.csv', lines.with(20, (lines[20] ?? '').slice(0, 30)).join('\n'));
  const { code, stderr } = await run(['resume', place.path('run')], { env });
  expect(code).toBe(1);
  expect(stderr).toContain('report.csv, line 21: not a line of a wickr-bulk report');
});

it.runIf(isLong)(
  'allows few open files: the rows that got no connection say so, without a stack trace, and a resume sends them',
  async () => {
    const rows = 300;
    const emulator = await place.emulate({ users: rows, latency: 300 });
    const env = environmentOf(emulator, place.folder);
    const input = await place.write('users.csv', renames(rows));
    const wide = ['--rate', '5000', '--concurrency', '250', '--max-attempts', '1'];
    const args = ['update', input, '--network-id', '12345678', '--out', place.path('run'), ...wide];
    const few = { env, through: ['sh', '-c', 'ulimit -n 128; exec "$0" "$@"'] };
    const { code, stderr } = await run(args, few);
    expect([code, stderr]).toEqual([4, expect.not.stringMatching(/^ +at /m)]);
    const failed = (await outcomes(place.path('run/report.csv'))).filter(
      ({ status }) => status !== 'updated',
    );
    expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(['unprocessed']));
    expect(new Set(failed.map(({ errorCode }) => errorCode))).toEqual(new Set(['EMFILE']));
    expect(failed[0]?.message).toContain('raise "ulimit -n", or lower --concurrency');
    expect((await run(['resume', place.path('run'), '--concurrency', '20'], { env })).code).toBe(0);
    expect(notRenamed(emulator, rows)).toEqual([]);
  },
);

it('has lost the working folder: exit 1, and what to do, without a stack trace', async () => {
  const { args, env } = await update();
  const command = `mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"`;
  const relative = [...args.slice(0, 1), 'users.csv', ...args.slice(2)];
  const child = spawn('sh', ['-c', command, 'sh', place.path('gone'), process.execPath, main, ...relative], {
    env,
    stdio: 'pipe',
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(child.exitCode).toBe(1);
  expect(stderr).toBe(
    'wickr-bulk: the working folder was deleted\n  Change to a folder that exists ("cd") and start again.\n',
  );
});

it('has no place for the state folder: exit 1, and which file cannot be written', async () => {
  const { args, env } = await update();
  const { code, stderr } = await run(args, { env: { ...env, HOME: place.path('users.csv') } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/\.lock cannot be written \(ENOTDIR\)/);
});
