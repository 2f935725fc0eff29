/** The metrics file of a nightly job, the time series of a run, and what happens to them in bad times. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasPromtool, promtool } from '../cli/metrics/promtool.js';
import { firstOf, isLong } from '../length.js';
import { anySample } from '../report/any-sample.js';
import { environmentOf, renames, until, useWorkplace } from '../workplace.js';
import { main, run, start } from './command.js';

const isChecked = await hasPromtool();
const place = useWorkplace();
const ID = ['--network-id', '12345678'];
const METRICS = ['--metrics-file', 'job.prom'];

async function job(rows = 5) {
  const emulator = await place.emulate({ users: rows, latency: 5 });
  await place.write('users.csv', renames(rows));
  const where = { env: environmentOf(emulator, place.path('home')), cwd: place.folder };
  const night = (...more: string[]) =>
    run(
      ['reconcile', 'users.csv', ...ID, '--no-progress', '--max-renames', '100%', ...METRICS, ...more],
      where,
    );
  return { emulator, where, night };
}
const metrics = () => place.read('job.prom');
const value = async (name: string) => {
  const [, found] =
    new RegExp(`^wickr_bulk_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await metrics()) ?? [];
  return found === undefined ? undefined : Number(found);
};

describe('--metrics-file of a nightly job', () => {
  it('has the last success, also after a night that failed, and counts on', async () => {
    const { night } = await job();
    expect((await night()).code).toBe(0);
    const success = await value('last_success_timestamp_seconds');
    expect(success).toBe(await value('last_run_timestamp_seconds'));
    expect(await metrics()).toContain(
      'wickr_bulk_rows_total{command="reconcile",network="12345678",status="updated"} 5\n',
    );
    // The collector is another user.
    expect((await stat(place.path('job.prom'))).mode & 0o777).toBe(0o644);
    await place.write('users.csv', 'userId,firstName\nx,Y\n');
    await chmod(place.path('job.prom'), 0o640);
    expect((await night()).code).toBe(2);
    expect([await value('last_exit_code'), await value('last_success_timestamp_seconds')]).toEqual([
      2,
      success,
    ]);
    expect(await metrics()).toContain('network="12345678",status="updated"} 5\n');
    expect((await stat(place.path('job.prom'))).mode & 0o777).toBe(0o640);
    expect((await readdir(place.folder)).filter((name) => name.includes('.part'))).toEqual([]);
    if (isChecked) expect(await promtool(['check', 'metrics'], await metrics())).toBe('exit 0\n');
  });

  it('says so while a run goes on, and that it was interrupted', async () => {
    const { emulator, where } = await job(200);
    const args = ['update', 'users.csv', ...ID, '--rate', '50', '--no-progress', ...METRICS];
    const { child, ended } = start(args, where);
    await emulator.arrival(5);
    expect(await value('run_in_progress')).toBe(1);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect([await value('run_in_progress'), await value('last_exit_code')]).toEqual([0, 130]);
    expect(await metrics()).not.toContain('last_success');
  });

  it.each(
    firstOf(1, [
      [
        'a file of something else',
        () => place.write('job.prom', 'userId\n1\n'),
        'no metrics file of wickr-bulk',
      ],
      ['a folder', () => mkdir(place.path('job.prom')), 'no metrics file of wickr-bulk'],
      ['a link', () => symlink('users.csv', place.path('job.prom')), 'is a symbolic link'],
    ]),
  )('refuses %s before anything is sent', async (_, put, message) => {
    const { emulator, night } = await job();
    await put();
    const { code, stderr } = await night();
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(emulator.requests).toEqual([]);
    expect(await place.read('users.csv')).toBe(renames(5));
  });

  it.runIf(isLong)('refuses a folder that is not there before anything is sent', async () => {
    const { emulator, where } = await job();
    const { code, stderr } = await run(
      ['reconcile', 'users.csv', ...ID, '--metrics-file', 'nowhere/job.prom'],
      where,
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/nowhere\/job\.prom cannot be written \(ENOENT\)/),
    ]);
    expect(emulator.requests).toEqual([]);
  });

  it.runIf(isChecked)('goes with alert rules that Prometheus takes', async () => {
    const recipes = await readFile(fileURLToPath(new URL('../../docs/recipes.md', import.meta.url)), 'utf8');
    const [, rules = ''] = /```yaml\n(groups:\n[\s\S]*?)```/.exec(recipes) ?? [];
    await place.write('rules.yml', rules);
    expect(await promtool(['check', 'rules', place.path('rules.yml')])).toMatch(
      /^exit 0\n[\s\S]*rules found/,
    );
    const { night } = await job();
    await night();
    const known = [...(await metrics()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    const named = rules.match(/wickr_bulk_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

it.runIf(isLong)('a time series for which there is no room stops no run', async () => {
  const rows = 100;
  const { emulator, where } = await job(rows);
  const pace = ['--no-progress', '--concurrency', '4'];
  const update = ['update', 'users.csv', ...ID, '--out', 'run', '--rate', '50', '--no-keep-before'];
  const { child, ended } = start([...update, ...pace], where);
  await until(async () => (await place.read('run/metrics.jsonl').catch(() => '')).includes('\n'));
  child.kill('SIGKILL');
  await ended;
  await until(() => emulator.connections.open === 0);
  // No file of the next process grows beyond 80 blocks of 512 bytes, and this one is nearly that long.
  for (let bytes = 0, n = 1; bytes < 80 * 512 - 400; n += 1) {
    await appendFile(place.path('run/metrics.jsonl'), `${JSON.stringify(anySample(n))}\n`);
    bytes = (await stat(place.path('run/metrics.jsonl'))).size;
  }
  const command = `trap '' XFSZ; ulimit -f 80; exec "$0" "$@"`;
  const args = [process.execPath, main, 'resume', 'run', ...pace];
  const second = spawn('sh', ['-c', command, ...args], { ...where, stdio: 'pipe' });
  const [stderr] = await Promise.all([text(second.stderr), once(second, 'close')]);
  expect(second.exitCode).toBe(0);
  expect(stderr).toMatch(
    /^the time series is not kept any more: .*metrics\.jsonl cannot be written \(EFBIG\)$/m,
  );
  expect(stderr.match(/time series/g)).toHaveLength(1);
});
