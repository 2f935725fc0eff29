/**
 * Twelve networks, three workers: one machine is lost, one is frozen for longer than its lease, and Redis is restarted, all
 * in mid-run. And a schedule outlasts all that.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import type { QueuedResult, QueuedRun } from '../../src/queue/queued-run.js';
import { cases, isLong } from '../length.js';
import { noRedis, startRedis } from '../redis/redis-server.js';
import { environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';
import { keyOf, routeNetworks } from './networks-router.js';

const place = useWorkplace();
const ROWS = 40;
const CONCURRENCY = 4;

/** A process and those that it has started, as if they were a machine. */
function machine(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...text.split(' ').filter(Boolean).map(Number)];
}
const signalAll = (pids: readonly number[], name: NodeJS.Signals) => {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
};

/** Numbers from 0 to 1 that depend on the seed alone. */
function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

async function fleet(seed: number, lease: number, networks: number): Promise<void> {
  const redis = await startRedis(['appendonly yes', 'appendfsync always']);
  const emulators = await Promise.all(
    Array.from({ length: networks }, (_, i) =>
      place.emulate({ networkId: String(11_000_000 + i), users: ROWS, rate: 15, burst: 3 }),
    ),
  );
  const [one] = emulators;
  if (!one) throw new Error('no network');
  const router = await routeNetworks(emulators);
  const random = numbers(seed);
  const env = (letter: string, home = letter) => ({
    ...environmentOf(one, place.path(home)),
    AWS_ENDPOINT_URL_WICKR: router.url,
    AWS_ACCESS_KEY_ID: keyOf(one, letter),
    WICKR_BULK_REDIS: redis.url,
  });
  const workers = ['A', 'B', 'C'].map((letter) =>
    start(['worker', `--lease=${lease}`], { env: env(letter) }),
  );
  const queue = new Queue<QueuedRun, QueuedResult>('runs', {
    connection: { host: '127.0.0.1', port: redis.port },
    prefix: 'wickr-bulk:queue',
  });
  queue.on('error', () => {});
  const written = () => [...router.writers.values()].reduce((sum, { length }) => sum + length, 0);
  try {
    const input = await place.write(`users-${seed}.csv`, renames(ROWS));
    for (const { networkId } of emulators) {
      const flags = [
        '--yes',
        '--no-keep-before',
        `--concurrency=${CONCURRENCY}`,
        `--network-id=${networkId}`,
      ];
      const to = ['--runs-dir', place.path(`runs-${seed}`)];
      expect((await run(['enqueue', 'update', input, ...flags, ...to], { env: env('A') })).code).toBe(0);
    }
    const all = networks * ROWS;
    const between = (from: number, to: number) => all * (from + (to - from) * random());
    const [killAt, stopAt, restartAt] = [between(0.1, 0.3), between(0.35, 0.5), between(0.55, 0.7)];
    await until(() => written() >= killAt);
    signalAll(machine(workers[0]?.child.pid ?? 0), 'SIGKILL');
    await until(() => written() >= stopAt);
    const frozen = machine(workers[1]?.child.pid ?? 0);
    signalAll(frozen, 'SIGSTOP');
    await until(() => written() >= restartAt);
    // Frozen for longer than its lease: what it had is another's by now, or free.
    await sleep(1500 * lease);
    signalAll(frozen, 'SIGCONT');
    await redis.kill();
    await redis.start();
    await until(async () => (await queue.getCompletedCount()) + (await queue.getFailedCount()) >= networks);
    const jobs = await queue.getJobs(['completed', 'failed', 'wait', 'active', 'delayed']);
    expect(jobs.map(({ failedReason }) => failedReason).filter(Boolean)).toEqual([]);
    expect(jobs).toHaveLength(networks);
    const folders = jobs.map(({ returnvalue }) => returnvalue.folder);
    expect(new Set(folders).size).toBe(networks);
    expect(jobs.map(({ returnvalue }) => returnvalue.exitCode)).toEqual(folders.map(() => 0));
    const begun = readdirSync(place.path(`runs-${seed}`)).filter((name) => !name.includes('-not-begun-'));
    expect(begun).toHaveLength(networks);
    for (const folder of folders) {
      const rows = (await outcomes(join(folder, 'report.csv'))).map(({ row }) => row);
      expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    }
    for (const emulator of emulators) expect(notRenamed(emulator, ROWS)).toEqual([]);
    const applied = emulators.flatMap(({ requests }) => requests).filter((it) => it.applied);
    // One machine was killed and one was frozen, each with one run.
    expect(applied.length - all).toBeLessThanOrEqual(2 * CONCURRENCY);
    for (const letters of router.writers.values()) {
      const turns = letters.filter((letter, i) => letter !== letters[i - 1]);
      // Two at once would take turns again and again; whoever was killed does not come back.
      expect(turns.length).toBeLessThanOrEqual(4);
      expect(turns.join('')).not.toMatch(/A.+A/);
    }
  } finally {
    for (const { child } of workers) {
      const pids = child.exitCode === null && child.signalCode === null ? machine(child.pid ?? 0) : [];
      signalAll(pids, 'SIGCONT');
      signalAll(pids, 'SIGKILL');
    }
    await Promise.all(workers.map(({ ended }) => ended));
    await queue.close();
    await router.close();
    await redis.close();
  }
}

const seeds = Array.from({ length: cases(0, 3) }, (_, i) => i + 1);
const canRun = noRedis === undefined && isLong && process.platform === 'linux';

it.skipIf(!canRun).each(seeds)('every run ends once, leases of 2 s, seed %i', async (seed) => {
  await fleet(seed, 2, 12);
});

it.skipIf(!canRun)('every run ends once, with the lease that a worker has by itself', async () => {
  await fleet(99, 30, 12);
});

it.skipIf(!canRun)('a schedule outlasts Redis and all workers, and misses no night', async () => {
  const redis = await startRedis(['appendonly yes', 'appendfsync always']);
  const emulator = await place.emulate({ users: 3 });
  const env = { ...environmentOf(emulator, place.folder), WICKR_BULK_REDIS: redis.url };
  const work = () => start(['worker', '--lease=2'], { env });
  const input = await place.write('users.csv', renames(3));
  const runs = place.path('nights');
  const flags = ['--network-id', emulator.networkId, '--yes', '--runs-dir', runs, '--cron', NIGHTS];
  expect((await run(['enqueue', 'update', input, ...flags], { env })).code).toBe(0);
  const nights = () => readdirSync(runs).map((name) => Date.parse(timeOf(name)));
  let worker = work();
  try {
    for (let night = 2; night <= 3; night += 1) {
      await until(() => nights().length >= night);
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
      await redis.kill();
      await redis.start();
      worker = work();
    }
    await until(() => nights().length >= 5);
    const times = nights().sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(gaps).toEqual(gaps.map(() => NIGHT));
  } finally {
    worker.child.kill('SIGKILL');
    await worker.ended;
    await redis.close();
  }
});

/** A night in this test: ms, and as a pattern of six fields. */
const NIGHT = 20_000;
const NIGHTS = '*/20 * * * * *';
/** The time in the name of a run's folder, as ISO 8601 has it. */
const timeOf = (name: string) => name.replace(/T(..)(..)(..)Z.*/, 'T$1:$2:$3Z');
