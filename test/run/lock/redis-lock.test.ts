/** The lock of a network in Redis, beside the file's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError, LockedError } from '../../../src/errors.js';
import { parseRedisUrl } from '../../../src/redis/address.js';
import { Fence } from '../../../src/run/lock/fence.js';
import type { Lock } from '../../../src/run/lock/held-lock.js';
import { lockNetwork } from '../../../src/run/lock/lock.js';
import type { LockTerms } from '../../../src/run/options/parsed-options.js';
import { noRedis, type RedisServer, startRedis } from '../../redis/redis-server.js';
import { lockTerms, until } from '../../workplace.js';

let server: RedisServer;
let taken: Lock[] = [];
const endpoint = new URL('https://admin.wickr.us-east-1.amazonaws.com');

/** As a run on a machine of its own takes it: they share no folder of locks. */
async function take(terms: Partial<LockTerms> = {}, fence?: Fence, networkId = '12345678'): Promise<Lock> {
  const address = parseRedisUrl(server.url);
  if (!address) throw new Error('no URL of a Redis');
  const redis = { address, prefix: 'test:', ca: undefined };
  const lock = await lockNetwork(undefined, endpoint, networkId, lockTerms(terms), fence, redis);
  taken.push(lock);
  return lock;
}

async function inRedis<T>(task: (redis: Redis, key: string) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url);
  try {
    return await task(redis, (await redis.keys('*:holder'))[0] ?? '');
  } finally {
    redis.disconnect();
  }
}

/** Has the lock say that it is held by another process, such as one of another machine. */
const heldBy = (holder: object) =>
  inRedis(async (redis, key) => {
    const text = (await redis.get(key)) ?? '';
    const mine = JSON.parse(text.slice(36)) as object;
    const id = '5b9f6a3e-5b53-4a39-9a5b-3f1f0c3f0a01';
    await redis.set(key, id + JSON.stringify({ ...mine, id, ...holder }), 'KEEPTTL');
  });

const lossOf = (lock: Lock) => new Promise<LockedError>((resolve) => lock.onLost(resolve));

describe.skipIf(noRedis !== undefined)('the lock of a network in Redis', () => {
  beforeEach(async () => {
    server = await startRedis(['appendonly yes', 'appendfsync always']);
  });
  afterEach(async () => {
    await Promise.all(taken.map((lock) => lock.release()));
    taken = [];
    await server.close();
  });

  it('is held by one until it is released, each network by itself', async () => {
    const lock = await take();
    await (await take({}, undefined, '87654321')).release();
    const second = take();
    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toThrow(
      /^another run works on network 12345678: process \d+ on .*, since \d{4}-/,
    );
    expect(lock.isHeld()).toBe(true);
    await lock.release();
    await (await take()).release();
    expect(await inRedis((redis) => redis.keys('*:holder'))).toEqual([]);
  });

  it('is waited for', async () => {
    const first = await take();
    const told: string[] = [];
    const second = take({ waitMs: 3_600_000, onWait: () => told.push('once') });
    await until(() => told.length > 0);
    await first.release();
    expect((await second).isHeld()).toBe(true);
    expect(told).toEqual(['once']);
  });

  it('is not waited for any longer than until the run is stopped', async () => {
    await take();
    const stopping = new AbortController();
    const onWait = () => stopping.abort();
    const second = take({ waitMs: 3_600_000, signal: stopping.signal, onWait });
    await expect(second).rejects.toThrow(InterruptedError);
  });

  it('of a process of this machine that has died is taken over at once', async () => {
    await take({ takeOverMs: 3_600_000 });
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await heldBy({ pid: child.pid, takeOverMs: 3_600_000 });
    const successor = await take();
    expect(successor.isHeld()).toBe(true);
  });

  it('of another machine is taken over when it has given no sign of life for as long as it said', async () => {
    const lock = await take({ takeOverMs: 1000 });
    const lost = lossOf(lock);
    await heldBy({ host: 'elsewhere', boot: 'another', takeOverMs: 1000 });
    expect((await lost).message).toMatch(/^process \d+ on elsewhere took over network 12345678 in Redis/);
    const began = performance.now();
    expect((await take()).isHeld()).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(500);
  });

  it('that somebody has taken over is lost, and the run is fenced off', async () => {
    const fence = new Fence();
    const lock = await take({ takeOverMs: 1000 }, fence);
    const lost = lossOf(lock);
    await heldBy({ host: 'elsewhere', boot: 'another', takeOverMs: 60_000 });
    await lost;
    expect(fence.lost).toBe(lock.lost);
    expect(lock.isHeld()).toBe(false);
    expect(() => fence.check()).toThrow(LockedError);
  });

  it('outlives a restart of Redis, whether that has kept it or not', async () => {
    const lock = await take();
    await server.kill();
    await server.start();
    await expect(take()).rejects.toThrow(LockedError);
    const quick = await take({ takeOverMs: 2000 }, undefined, '87654321');
    await inRedis((redis) => redis.flushall());
    const renewed = await until(() =>
      inRedis(async (redis) => (await redis.keys('*8765*:holder')).length === 1),
    );
    expect(renewed).toBe(true);
    expect(quick.isHeld()).toBe(true);
    expect(lock.isHeld()).toBe(true);
  });

  it('is not taken again if somebody has had it since', async () => {
    const lock = await take({ takeOverMs: 1000 });
    const lost = lossOf(lock);
    await inRedis(async (redis, key) => {
      await redis.multi().incr(key.replace('holder', 'number')).del(key).exec();
    });
    expect((await lost).message).toMatch(/^another run took over network 12345678 in Redis/);
  });

  it('is given up before others may take it, if Redis is away for that long', async () => {
    const lock = await take({ takeOverMs: 1000 });
    const lost = lossOf(lock);
    await server.kill();
    expect((await lost).message).toMatch(/could not be renewed for 0\.5 s/);
    expect(lock.isHeld()).toBe(false);
  });

  it('is not held on this machine either if it cannot be taken', async () => {
    await take();
    await server.kill();
    await expect(take()).rejects.toMatchObject({ code: 'REDIS' });
  });
});
