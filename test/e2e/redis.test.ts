/** Runs of the built command that share a rate and a network's lock by way of a real Redis. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { readRunStatus } from '../../src/index.js';
import { firstOf, isLong } from '../length.js';
import { noRedis, type RedisServer, startRedis } from '../redis/redis-server.js';
import { environmentOf, notRenamed, outcomes, renames, until, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
let server: RedisServer;

/** Has the command say at its end whether it has loaded the client. */
const LOADED = `data:text/javascript,${encodeURIComponent(
  `import { createRequire } from 'node:module';
   const { cache } = createRequire('file:///x.js');
   process.on('exit', () => process.stderr.write('loaded: ' + Object.keys(cache).some((file) => file.includes('ioredis')) + '\\n'));`,
)}`;

const update = async (emulator: Emulator, rows: number, more: readonly string[] = []) => {
  const input = await place.write('users.csv', renames(rows));
  return [
    ...['update', input, '--network-id', emulator.networkId, '--out', place.path('run'), '--no-progress'],
    ...['--yes', ...more],
  ];
};

describe.skipIf(noRedis !== undefined)('with --redis', () => {
  beforeEach(async () => {
    server = await startRedis(['requirepass s3cr3t-w0rd']);
  });
  afterEach(() => server.close());
  const url = (): string => `redis://:s3cr3t-w0rd@127.0.0.1:${server.port}`;

  it('a run goes on alone when Redis goes away, says so, and joins again; its password is nowhere', async () => {
    const emulator = await place.emulate({ users: 400, rate: 40 });
    const env = { ...environmentOf(emulator, place.folder), WICKR_BULK_REDIS: url(), DEBUG: '*' };
    const args = await update(emulator, 200, ['--log-level', 'trace', '--take-over', '600']);
    const { child, ended } = start(args, { env });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    await emulator.arrival(20);
    // It does not end before it has joined the others again, however slow the machine is.
    emulator.setRate(3, 1);
    await server.kill();
    await until(() => /cannot be used \(.*\): this run goes on by itself from \d/.test(said));
    await until(async () => (await readRunStatus(place.path('run'))).sharedRate?.runs === 0);
    const { stdout: away } = await run(['status', place.path('run')], { env });
    expect(away).toMatch(/^shared rate: Redis is away, by itself at \d/m);
    await server.start();
    await until(() => said.includes('Redis is there again: the rate is shared'));
    emulator.setRate(undefined);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(notRenamed(emulator, 200)).toEqual([]);
    expect(
      (await outcomes(place.path('run/report.csv'))).map(({ row }) => row).sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const files = await Promise.all(
      (await readdir(place.path('run'))).map((name) => readFile(place.path(`run/${name}`), 'utf8')),
    );
    expect([stdout, stderr, ...files].join('')).not.toContain('s3cr3t');
    expect(JSON.parse(await place.read('run/run.json'))).not.toHaveProperty('options.redis');
  });

  it.runIf(isLong)('two machines do not write to one network at once, and --wait waits', async () => {
    const emulator = await place.emulate({ users: 400, rate: 50, burst: 10 });
    const on = (machine: string) => environmentOf(emulator, place.path(machine));
    const args = await update(emulator, 30, ['--redis', url()]);
    const first = start(args, { env: on('one') });
    await emulator.arrival(5);
    // It does not end before the other one has been refused.
    emulator.setRate(3, 1);
    const again = args.map((arg) => (arg === place.path('run') ? place.path('other') : arg));
    const refused = await run(again, { env: on('two') });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toMatch(/another run works on network 12345678: process \d+ on /);
    const waiting = start([...again, '--wait', '600'], { env: on('two') });
    emulator.setRate(undefined);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    expect((await waiting.ended).code).toBe(0);
    expect(notRenamed(emulator, 30)).toEqual([]);
  });

  it.skipIf(!isLong)('its metrics say how the rate is shared', async () => {
    const emulator = await place.emulate({ users: 400, rate: 8, burst: 2 });
    const file = place.path('job.prom');
    const args = await update(emulator, 400, ['--redis', url(), '--metrics-file', file]);
    const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
    const text = () => readFile(file, 'utf8').catch(() => '');
    await until(async () => /^wickr_bulk_shared_rate_runs\{.*\} 1$/m.test(await text()));
    expect(await text()).toMatch(/^wickr_bulk_shared_rate_share_requests_per_second\{.*\} [1-9]/m);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await text()).not.toContain('shared_rate');
  });

  const unusable: [what: string, url: () => string, code: number, message: RegExp][] = [
    ['a wrong password', () => url().replace('w0rd', 'wrong'), 1, /refuses the user or the password/],
    ['no URL', () => 'localhost:6379', 2, /--redis needs a URL such as rediss:/],
    ['no Redis', () => 'redis://127.0.0.1:1', 1, /cannot be used \(ECONNREFUSED\)[\s\S]*--redis/],
  ];
  it.each(firstOf(1, unusable))('nothing is sent with %s', async (_what, given, code, message) => {
    const emulator = await place.emulate({ users: 10 });
    const args = await update(emulator, 3, ['--redis', given()]);
    const ended = await run(args, { env: environmentOf(emulator, place.folder) });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toContain('s3cr3t');
    expect(emulator.requests).toHaveLength(0);
  });
});

it('without --redis its client is not loaded', async () => {
  const emulator = await place.emulate({ users: 10 });
  const env = { ...environmentOf(emulator, place.folder), NODE_OPTIONS: `--import=${LOADED}` };
  const { child, ended } = start(await update(emulator, 3), { env });
  await once(child, 'exit');
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain('loaded: false');
});

it.skipIf(noRedis !== undefined || !isLong)('and with it, it is', async () => {
  const redis = await startRedis();
  const emulator = await place.emulate({ users: 10 });
  const env = { ...environmentOf(emulator, place.folder), NODE_OPTIONS: `--import=${LOADED}` };
  const { stderr } = await run(await update(emulator, 3, ['--redis', redis.url]), { env });
  await redis.close();
  expect(stderr).toContain('loaded: true');
});
