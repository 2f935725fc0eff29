/** A run that has shared something by way of Redis goes on, or is repeated, where the variable with its URL is not set. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunStatus, resumeRun, retryRun, updateUsers } from '../../src/index.js';
import { openRateMemory } from '../../src/run/state/remembered.js';
import { reachOf, renames, serviceOf, updateIn, useWorkplace } from '../workplace.js';
import { noRedis, type RedisServer, startRedis } from './redis-server.js';

const place = useWorkplace();
let server: RedisServer;

describe.skipIf(noRedis !== undefined)('a run that was started with Redis', () => {
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(() => server.close());

  it('remembers one rate for all its requests', async () => {
    const emulator = await place.emulate({ users: 100, rate: 30, burst: 5 });
    const rateMemory = place.path('rates.json');
    const input = await place.write('users.csv', renames(60));
    const options = { ...serviceOf(emulator), input, folder: place.path('run') };
    await updateUsers({ ...options, redis: server.url, rateMemory }).summary;
    const of = [new URL(emulator.url), emulator.networkId, emulator.credentials] as const;
    const { reads, writes } = await openRateMemory(rateMemory, ...of, 'operation').recall();
    expect(writes).toBeGreaterThan(0);
    expect(reads).toBeUndefined();
  });

  it('goes on and is repeated with it, or without it if that is said, and never by oversight', async () => {
    const emulator = await place.emulate({
      users: 5,
      faults: [{ kind: 'refused', userId: '10000005', times: 2 }],
    });
    const canary = { canary: 2, canaryAbove: 2, confirm: async () => false };
    const { folder, stopped } = await updateIn(place, renames(5), { redis: server.url, ...canary }, emulator);
    expect(stopped?.code).toBe('DECLINED');
    const record = await place.read('run/run.json');
    expect(JSON.parse(record)).toMatchObject({ redis: true });
    expect(record).not.toContain(server.url);
    expect(await readRunStatus(folder)).toMatchObject({ sharedRate: { runs: 1, share: expect.any(Number) } });

    const again = { ...reachOf(emulator), rate: 5000 };
    const missing = { code: 'USAGE', hint: expect.stringMatching(/`redis`.*`withoutRedis`/) };
    const sent = emulator.counts.UpdateUser;
    const confirm = async () => true;
    await expect(resumeRun(folder, { ...again, confirm }).summary).rejects.toMatchObject(missing);
    expect(emulator.counts.UpdateUser).toBe(sent);
    // A Redis that is named all the same, by a variable, is left alone.
    const alone = { ...again, withoutRedis: true };
    const asked: object[] = [];
    const looking = async () => asked.push(await readRunStatus(folder)) > 0;
    const unreachable = 'redis://127.0.0.1:1';
    const resumed = await resumeRun(folder, { ...alone, confirm: looking, redis: unreachable }).summary;
    expect(resumed).toMatchObject({ statuses: { updated: 4, failed: 1 } });
    // What the process before has told is not of this one.
    expect(asked).toEqual([expect.not.objectContaining({ sharedRate: expect.anything() })]);
    expect(asked).toMatchObject([{ state: 'running' }]);
    expect(await readRunStatus(folder)).not.toHaveProperty('sharedRate');

    const to = (name: string) => ({ folder: place.path(name) });
    await expect(retryRun(folder, { ...again, ...to('first') }).summary).rejects.toMatchObject(missing);
    const shared = await retryRun(folder, { ...again, ...to('second'), redis: server.url }).summary;
    expect(shared.statuses.failed).toBe(1);
    const last = await retryRun(shared.folder, { ...alone, ...to('third') }).summary;
    expect(last.statuses.updated).toBe(1);
    expect(JSON.parse(await place.read('second/run.json'))).toHaveProperty('redis');
    expect(JSON.parse(await place.read('third/run.json'))).not.toHaveProperty('redis');
  });
});
