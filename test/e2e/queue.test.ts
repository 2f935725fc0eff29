/** Runs on the queue: put there by the command, taken by workers that are the command as well, by way of a real Redis. */
import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseExposition } from '../../src/cli/metrics/exposition.js';
import type { Emulator } from '../../src/emulator/server.js';
import type { RunStatus } from '../../src/index.js';
import { type QueuedJob, RunQueue } from '../../src/queue/run-queue.js';
import { parseRedisUrl } from '../../src/redis/address.js';
import { shareRate } from '../../src/redis/shared-rate.js';
import type { QueueLook } from '../../src/screen/queue.js';
import { accountOf } from '../../src/wickr/credentials.js';
import { hasPromtool, promtool } from '../cli/metrics/promtool.js';
import { isLong } from '../length.js';
import { noRedis, type RedisServer, settingsOf, startRedis } from '../redis/redis-server.js';
import { environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { type Ended, run, start } from './command.js';

const isChecked = await hasPromtool();
const place = useWorkplace();
let server: RedisServer;
let queue: RunQueue;
let workers: { child: ChildProcess; ended: Promise<Ended> }[] = [];

describe.skipIf(noRedis !== undefined)('the queue of runs', () => {
  beforeEach(async () => {
    // The rights that docs/machines.md has.
    server = await startRedis([
      'user default off',
      'user wickr on >s3cr3t ~wickr-bulk:* +@all -@dangerous +info +client|list',
    ]);
    const address = parseRedisUrl(redisUrl());
    if (address === undefined) throw new Error(`no URL of a Redis: ${redisUrl()}`);
    queue = await RunQueue.open({ address, prefix: 'wickr-bulk:', ca: undefined });
  });
  afterEach(async () => {
    await queue.close();
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    workers = [];
    await server.close();
  });

  const redisUrl = () => `redis://wickr:s3cr3t@127.0.0.1:${server.port}`;
  const envOf = (emulator: Emulator): Record<string, string> => ({
    ...environmentOf(emulator, place.folder),
    WICKR_BULK_REDIS: redisUrl(),
  });
  const work = (emulator: Emulator, more: readonly string[] = []) => {
    const worker = start(['worker', '--lease', '1', ...more], { env: envOf(emulator) });
    workers.push(worker);
    return worker;
  };
  const enqueue = async (emulator: Emulator, args: readonly string[]): Promise<string> => {
    const all = ['enqueue', ...args, '--runs-dir', place.path('runs'), '--json'];
    const { code, stdout, stderr } = await run(all, { env: envOf(emulator) });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { id: string }).id;
  };
  const look = async (emulator: Emulator, flag = '--queue'): Promise<QueueLook> =>
    JSON.parse((await run(['runs', flag, '--json'], { env: envOf(emulator) })).stdout) as QueueLook;
  /** All jobs, once none goes on. */
  const finished = async (): Promise<QueuedJob[]> => {
    let jobs: QueuedJob[] = [];
    await until(async () => {
      jobs = await queue.jobs();
      return jobs.every(({ state }) => state === 'ended' || state === 'failed');
    }, 50);
    return jobs;
  };
  const update = async (emulator: Emulator, rows: number, more: readonly string[] = []) => {
    const input = await place.write('users.csv', renames(rows));
    return ['update', input, '--network-id', emulator.networkId, '--no-keep-before', '--yes', ...more];
  };

  it('a worker runs what was queued: to a report, to exit 3, or refuses a file that it does not see', async () => {
    const emulator = await place.emulate({ users: 20 });
    await enqueue(emulator, await update(emulator, 20));
    const bad = await place.write('bad.csv', 'userId,firstName\n10000001,Eva\n99999999,Nobody\n');
    const network = ['--network-id', emulator.networkId, '--yes', '--no-keep-before'];
    await enqueue(emulator, ['update', bad, ...network]);
    const gone = await place.write('gone.csv', renames(1));
    await enqueue(emulator, ['update', gone, ...network]);
    await rm(gone);
    expect((await queue.jobs()).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    const night = await update(emulator, 20, ['--cron', '15 3 * * *']);
    const later = await enqueue(emulator, night);
    const file = place.path('worker-1.prom');
    const { child, ended } = work(emulator, ['--metrics-file', file]);
    await until(async () => (await queue.workers())?.length === 1, 50);
    const metrics = async () => {
      const text = await readFile(file, 'utf8');
      if (isChecked) expect(await promtool(['check', 'metrics'], text)).toBe('exit 0\n');
      const values = [...parseExposition(text)].filter(([, value]) => value > 0);
      return values.map(([key, value]) => `${key.replace('wickr_bulk_', '')} ${value}`);
    };
    const runs = [0, 3].map((code) => `worker_runs_total{worker="worker-1",exit_code="${code}"} 1`);
    const depth = ['delayed', 'failed'].map((state) => `queue_jobs{worker="worker-1",state="${state}"} 1`);
    await until(async () => (await metrics()).includes(depth[1] ?? ''));
    expect(await metrics()).toEqual([...runs, ...depth, 'queue_workers{worker="worker-1"} 1']);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(await metrics()).toEqual(runs);
    expect((await run(['dequeue', later], { env: envOf(emulator) })).code).toBe(0);
    await finished();
    const { jobs } = await look(emulator);
    const [refused, failed, good] = jobs;
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused?.reason).toMatch(/^refused by the worker on .*: it cannot read .*gone\.csv$/);
    expect(failed).toMatchObject({ state: 'ended', result: { exitCode: 3, statuses: { failed: 1 } } });
    expect(good).toMatchObject({ state: 'ended', result: { exitCode: 0, rows: 20 } });
    const report = await outcomes(join(good?.result?.folder ?? '', 'report.csv'));
    expect(report.map(({ row, status }) => [row, status])).toHaveLength(20);
    expect((await look(emulator, '--failed')).jobs).toHaveLength(2);
  });

  it('two schedules of one file that are due at once have runs of their own', async () => {
    const emulator = await place.emulate({ users: 3 });
    const night = ['--cron', '15 3 * * *'];
    const network = ['--network-id', emulator.networkId, '--yes'];
    const [verb, input = '', ...flags] = await update(emulator, 3, night);
    await enqueue(emulator, [verb ?? '', input, ...flags]);
    await enqueue(emulator, ['reconcile', input, ...network, ...night]);
    if (isLong) await enqueue(emulator, ['reconcile', input, ...network, ...night, '--id', 'another']);
    const names = (await queue.schedules()).map(({ run: { name } = { name: '' } }) => name);
    expect(names).toHaveLength(isLong ? 3 : 2);
    expect(new Set(names).size).toBe(names.length);
  });

  it.runIf(isLong)(
    'a schedule takes the place of that of its own file, and of another one only if it is told so',
    async () => {
      const emulator = await place.emulate({ users: 3 });
      const [verb = '', input = '', ...flags] = await update(emulator, 3, ['--cron', '15 3 * * *']);
      const id = await enqueue(emulator, [verb, input, ...flags]);
      const schedules = async () =>
        (await look(emulator)).schedules.map((it) => [it.id, it.cron, it.run?.input]);
      expect(await enqueue(emulator, [verb, input, ...flags, '--cron', '15 4 * * *'])).toBe(id);
      expect(await schedules()).toEqual([[id, '15 4 * * *', input]]);
      await mkdir(place.path('elsewhere'));
      const other = await place.write('elsewhere/users.csv', renames(2));
      const args = ['enqueue', verb, other, ...flags, '--runs-dir', place.path('runs')];
      const { code, stderr } = await run(args, { env: envOf(emulator) });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`is of another file: ${input}\n`)]);
      expect(stderr).toContain(`--id ${id} it takes the place`);
      expect(await schedules()).toEqual([[id, '15 4 * * *', input]]);
      await enqueue(emulator, [verb, other, ...flags, '--id', id]);
      expect(await schedules()).toEqual([[id, '15 3 * * *', other]]);
    },
  );

  it.runIf(isLong)('a worker whose metrics file cannot be written takes no job', async () => {
    const emulator = await place.emulate({ users: 3 });
    await enqueue(emulator, await update(emulator, 3));
    const { code, stderr } = await work(emulator, ['--metrics-file', place.path('nowhere/a.prom')]).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be written (ENOENT)')]);
    expect((await look(emulator)).jobs.map(({ state }) => state)).toEqual(['waiting']);
  });

  it.skipIf(!isLong)('metrics of a worker say nothing of the queue while Redis is away', async () => {
    const emulator = await place.emulate({ users: 3 });
    const file = place.path('worker.prom');
    const { child, ended } = work(emulator, ['--metrics-file', file]);
    const tells = async () => (await readFile(file, 'utf8').catch(() => '')).includes('queue_jobs');
    await until(tells);
    await server.kill();
    await until(async () => !(await tells()));
    await server.start();
    await until(tells);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it.runIf(isLong)('a run whose worker and process are killed is resumed by another worker', async () => {
    const emulator = await place.emulate({ users: 60, rate: 30, burst: 5 });
    await enqueue(emulator, await update(emulator, 60));
    const first = work(emulator);
    await emulator.arrival(10);
    for (const pid of [...(await childrenOf(first.child.pid ?? 0)), first.child.pid ?? 0])
      process.kill(pid, 'SIGKILL');
    await first.ended;
    const second = work(emulator);
    const [job] = await finished();
    expect(job).toMatchObject({ state: 'ended', result: { exitCode: 0, rows: 60 } });
    const folder = job?.result?.folder ?? '';
    expect(await readdir(dirname(folder))).toHaveLength(1);
    const rows = (await outcomes(join(folder, 'report.csv'))).map(({ row }) => row).sort((a, b) => a - b);
    expect(rows).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(notRenamed(emulator, 60)).toEqual([]);
    second.child.kill('SIGTERM');
    const { code, stderr } = await second.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('resume ');
  });

  it.runIf(isLong)(
    'status says which worker has a run, and with how many it shares a rate; so does its page',
    async () => {
      const emulator = await place.emulate({ users: 400, rate: 20, burst: 5 });
      await enqueue(emulator, await update(emulator, 400));
      const { child } = work(emulator);
      const worker = `${hostname()}-${child.pid}`;
      await emulator.arrival(10);
      // It does not end before it is stopped, however slow the machine is.
      emulator.setRate(3, 1);
      const [name = ''] = await readdir(place.path('runs'));
      const folder = place.path(`runs/${name}`);
      // Nothing of Redis is needed.
      const elsewhere = { env: environmentOf(emulator, place.path('elsewhere')) };
      const status = async () =>
        JSON.parse((await run(['status', folder, '--json'], elsewhere)).stdout) as RunStatus;
      await until(async () => (await status()).sharedRate?.runs === 1);
      const other = await shareRate(
        settingsOf(envOf(emulator).WICKR_BULK_REDIS ?? '', { prefix: 'wickr-bulk:' }),
        {
          ...{ endpoint: new URL(emulator.url), account: accountOf(emulator.credentials), rate: {} },
          onAlone: () => {},
        },
      );
      try {
        await until(async () => (await status()).sharedRate?.runs === 2);
        const { sharedRate, ...told } = await status();
        expect(told).toMatchObject({ state: 'running', worker, process: { host: hostname() } });
        expect(sharedRate?.share).toBeGreaterThan(0);
        const { stdout } = await run(['status', folder], elsewhere);
        expect(stdout).toContain(`\nworker: ${worker}\n`);
        expect(stdout).toMatch(
          /^shared rate: 2 runs, limit (not found yet|found together [\d.]+ requests\/s), part of this run [\d.]+$/m,
        );
      } finally {
        await other.close();
      }
      expect((await run(['stop', folder], elsewhere)).code).toBe(0);
      await finished();
      const { stdout } = await run(['status', folder], elsewhere);
      expect(stdout).toContain(`\nworker: ${worker}\n`);
      expect(stdout).toMatch(/^shared rate: at its end \d runs?, limit /m);
      const page = JSON.parse((await run(['report', folder, '--json'], elsewhere)).stdout) as {
        path: string;
      };
      const html = await readFile(page.path, 'utf8');
      expect(html).toContain(`["worker",${JSON.stringify(worker)}]`);
      expect(html).toMatch(/\["shared rate","at its end \d runs?, limit /);
    },
  );

  it.skipIf(!isLong)(
    'a worker that is told to end lets its run stop, and another one resumes it',
    async () => {
      const emulator = await place.emulate({ users: 60, rate: 30, burst: 5 });
      await enqueue(emulator, await update(emulator, 60));
      const first = work(emulator);
      await emulator.arrival(10);
      first.child.kill('SIGTERM');
      expect((await first.ended).code).toBe(0);
      const [between] = (await look(emulator)).jobs;
      expect(between).toMatchObject({ state: 'waiting', reason: 'its worker was told to end' });
      work(emulator);
      const [job] = await finished();
      expect(job).toMatchObject({ state: 'ended', result: { exitCode: 0, rows: 60 } });
      expect(notRenamed(emulator, 60)).toEqual([]);
      // No row was in flight when the first one ended.
      expect(emulator.requests.filter(({ applied }) => applied)).toHaveLength(60);
    },
  );

  it.skipIf(!isLong)(
    'a run of a worker is seen, paused and stopped from elsewhere, and stays so',
    async () => {
      const emulator = await place.emulate({ users: 400, rate: 20, burst: 5 });
      await enqueue(emulator, await update(emulator, 400));
      work(emulator);
      await emulator.arrival(10);
      const [name = ''] = await readdir(place.path('runs'));
      const folder = place.path(`runs/${name}`);
      const elsewhere = { env: environmentOf(emulator, place.path('elsewhere')) };
      expect((await run(['pause', folder], elsewhere)).code).toBe(0);
      expect((await run(['status', folder], elsewhere)).stdout).toContain('paused');
      expect((await run(['continue', folder], elsewhere)).code).toBe(0);
      expect((await run(['tune', folder, '--max-rate', '10'], elsewhere)).code).toBe(0);
      expect((await run(['stop', folder], elsewhere)).code).toBe(0);
      const [job] = await finished();
      expect(job).toMatchObject({ state: 'failed' });
      expect(job?.reason).toMatch(/^exit \d+: .*stop/);
      const statuses = (await outcomes(join(folder, 'report.csv'))).map(({ status }) => status);
      expect(statuses).toContain('unprocessed');
    },
  );
});

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
