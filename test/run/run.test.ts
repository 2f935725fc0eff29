import { once } from 'node:events';
import { readdir, stat, truncate, utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import {
  CredentialsError,
  ExitCode,
  InterruptedError,
  InvalidInputError,
  type Problem,
  RunFolderError,
  runUpdate,
  UsageError,
} from '../../src/index.js';
import { countBy, notRenamed, outcomes, renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** Runs a file's content against an emulator, quickly. */
async function update(
  content: string,
  options: object,
  emulator: Parameters<typeof serviceOf>[0],
  name = 'users.csv',
) {
  const input = await place.write(name, content);
  return runUpdate({ input, out: place.path('run'), rate: 5000, ...serviceOf(emulator), ...options });
}

describe('a run', () => {
  it('makes every change and reports every row exactly once', async () => {
    const emulator = await place.emulate({ users: 300 });
    const summary = await update(renames(300), {}, emulator);
    expect(summary).toMatchObject({ exitCode: 0, rows: 300, statuses: { updated: 300 }, attempts: 300 });
    expect(notRenamed(emulator, 300)).toEqual([]);
    const lines = await outcomes(summary.report);
    expect(lines.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    expect(
      lines.every(({ row, line, userId }) => line === row + 1 && userId === String(10_000_000 + row)),
    ).toBe(true);
    expect(summary.failed).toBeUndefined();
  });

  it('leaves its folder with the files of the contract, for the owner alone', async () => {
    const emulator = await place.emulate({ users: 3 });
    await update(`${renames(3)}99,Nobody,Known\n`, {}, emulator);
    const names = (await readdir(place.path('run'))).sort();
    expect(names).toEqual(['failed.csv', 'report.csv', 'run.json', 'summary.json']);
    for (const name of names) expect((await stat(place.path(`run/${name}`))).mode & 0o777).toBe(0o600);
    expect((await stat(place.path('run'))).mode & 0o777).toBe(0o700);
    const record = JSON.parse(await place.read('run/run.json'));
    expect(record).toMatchObject({
      command: 'update',
      networkId: '12345678',
      input: {
        path: place.path('users.csv'),
        rows: 4,
        size: expect.any(Number),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(JSON.parse(await place.read('run/summary.json'))).toMatchObject({
      rows: 4,
      statuses: { updated: 3, failed: 1 },
    });
  });

  it('copies the rows that failed byte for byte, as input that can be run again', async () => {
    const emulator = await place.emulate({ users: 5 });
    const head = '\ufeffuserId;firstName;lastName\r\n';
    const bad = '"77";"Odd ""name""\r\nin two lines";X\r\n';
    const content = `${head}10000001;A;B\r\n${bad}10000002;C;D\r\n`;
    const summary = await update(content, {}, emulator);
    expect(summary).toMatchObject({ exitCode: ExitCode.rowsFailed, statuses: { updated: 2, failed: 1 } });
    expect(await place.read('run/failed.csv')).toBe(head + bad);
    const again = await runUpdate({
      ...serviceOf(emulator),
      input: place.path('run/failed.csv'),
      out: place.path('again'),
    });
    expect(again.errors).toEqual({ ResourceNotFoundError: 1 });
  });

  it.each([
    [
      'flat',
      '{"userId":"10000001","firstName":"Zoë 李"}\n{"userId":"10000002","securityGroupIds":["Kd93mXvP"]}\n',
    ],
    [
      "the API's own",
      '{"networkId":"12345678","userId":"10000001","userDetails":{"firstName":"Zoë 李"}}\n{"networkId":"12345678","userId":"10000002","userDetails":{"securityGroupIds":["Kd93mXvP"]}}',
    ],
  ])('takes JSONL rows, %s', async (_shape, content) => {
    const emulator = await place.emulate({ users: 2 });
    const summary = await update(content, { reportFormat: 'jsonl' }, emulator, 'users.jsonl');
    expect(summary.statuses.updated).toBe(2);
    expect(emulator.users.get('10000001')?.firstName).toBe('Zoë 李');
    expect(emulator.users.get('10000002')?.securityGroupIds).toEqual(['Kd93mXvP']);
    expect(await outcomes(summary.report, 'jsonl')).toHaveLength(2);
  });

  it('takes a stream, and keeps no copy of it once every row has its outcome', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = (async function* () {
      yield Buffer.from(renames(3).slice(0, 40));
      yield Buffer.from(renames(3).slice(40));
    })();
    const summary = await runUpdate({ ...serviceOf(emulator), input, format: 'csv', out: place.path('run') });
    expect(summary.statuses.updated).toBe(3);
    expect(await readdir(place.path('run'))).not.toContain('input.csv');
  });

  it('sends just the fields that have a value', async () => {
    const emulator = await place.emulate({ users: 1 });
    await update(
      'userId,firstName,lastName,username,securityGroupIds,inviteCode,inviteCodeTtl,codeValidation\n10000001,,,,,,7,TRUE\n',
      {},
      emulator,
    );
    expect(emulator.requests.map(({ body }) => body)).toEqual([
      { userId: '10000001', userDetails: { inviteCodeTtl: 7, codeValidation: true } },
    ]);
  });

  it('does no more than --limit says', async () => {
    const emulator = await place.emulate({ users: 10 });
    const summary = await update(renames(10), { limit: 4 }, emulator);
    expect(summary).toMatchObject({ rows: 4, statuses: { updated: 4 } });
    expect(emulator.counts.UpdateUser).toBe(4);
  });

  it('tells its progress up to the last row', async () => {
    const emulator = await place.emulate({ users: 50 });
    const told: number[] = [];
    await update(renames(50), { onProgress: ({ done }: { done: number }) => told.push(done) }, emulator);
    expect(told.at(-1)).toBe(50);
  });
});

describe('before anything is sent', () => {
  it('one invalid row stops it, with every problem told and no folder made', async () => {
    const emulator = await place.emulate({ users: 3 });
    const problems: Problem[] = [];
    const content = 'userId,firstName\n10000001,A\nx1,B\n10000002,\n10000001,C\n';
    const run = update(content, { onProblem: (problem: Problem) => problems.push(problem) }, emulator);
    await expect(run).rejects.toThrow(InvalidInputError);
    await expect(run).rejects.toMatchObject({ invalid: 4, rows: 4, exitCode: ExitCode.usage });
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('invalid rows are reported and left out where that is asked for', async () => {
    const emulator = await place.emulate({ users: 3 });
    const summary = await update(
      'userId,firstName\n10000001,A\nx1,B\n10000002,C\n',
      { skipInvalid: true },
      emulator,
    );
    expect(summary).toMatchObject({ exitCode: ExitCode.rowsFailed, statuses: { updated: 2, invalid: 1 } });
    expect(await place.read('run/failed.csv')).toBe('userId,firstName\nx1,B\n');
    const [invalid] = (await outcomes(summary.report)).filter(({ status }) => status === 'invalid');
    expect(invalid).toMatchObject({
      row: 2,
      line: 3,
      errorCode: 'InvalidRow',
      errorField: 'userId',
      attempts: 0,
    });
  });

  it('all options that are wrong are named at once', async () => {
    const run = runUpdate({
      input: 'x.csv',
      rate: -1,
      concurrency: 0,
      region: 'us-east-1',
      maxErrors: '5 %',
    });
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(/--rate .*\n--concurrency .*\n--max-errors /);
  });

  it.each([
    ['key ID', { accessKeyId: 'AKIAX\r', secretAccessKey: 'b' }],
    ['token', { accessKeyId: 'AKIAX', secretAccessKey: 'b', sessionToken: 'to ken' }],
  ])('a %s that was copied badly stops it', async (_what, keys) => {
    const emulator = await place.emulate({ users: 1 });
    await expect(update(renames(1), { credentials: async () => keys }, emulator)).rejects.toThrow(
      CredentialsError,
    );
  });

  it('missing credentials stop it', async () => {
    const emulator = await place.emulate({ users: 1 });
    const credentials = () => Promise.reject(new Error('none'));
    await expect(update(renames(1), { credentials }, emulator)).rejects.toThrow(CredentialsError);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('a folder that exists is left alone', async () => {
    const emulator = await place.emulate({ users: 1 });
    await update(renames(1), {}, emulator);
    const report = await place.read('run/report.csv');
    const again = update(renames(1), {}, emulator);
    await expect(again).rejects.toThrow(RunFolderError);
    await expect(again).rejects.toMatchObject({ exitCode: ExitCode.usage });
    expect(await place.read('run/report.csv')).toBe(report);
  });
});

describe('throttles', () => {
  it('never fail a row, and every one is counted', async () => {
    const emulator = await place.emulate({ users: 100, rate: 100, burst: 5 });
    const summary = await update(renames(100), { rate: 400 }, emulator);
    expect(summary.statuses.updated).toBe(100);
    expect(summary.throttled).toBeGreaterThan(0);
    expect(summary.throttled).toBe(emulator.statuses.get(429));
    expect(summary.attempts).toBe(emulator.counts.UpdateUser);
    const lines = await outcomes(summary.report);
    expect(lines.reduce((sum, { throttled }) => sum + throttled, 0)).toBe(summary.throttled);
  });

  it('are waited out as long as Retry-After says', async () => {
    const emulator = await place.emulate({
      users: 2,
      faults: [{ kind: 'throttle', times: 1, retryAfter: 1 }],
    });
    await update(renames(2), { concurrency: 1 }, emulator);
    const [first, second] = emulator.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(995);
  });

  it('end a row only after its patience', async () => {
    const emulator = await place.emulate({ users: 1, faults: [{ kind: 'throttle' }] });
    const summary = await update(renames(1), { throttlePatience: 0.5 }, emulator);
    expect(summary).toMatchObject({ statuses: { failed: 1 }, errors: { RateLimitError: 1 } });
    const [line] = await outcomes(summary.report);
    expect(line?.message).toContain('--throttle-patience');
    expect(line?.throttled).toBe(line?.attempts);
  });
});

describe('failures', () => {
  // 401 and 403 stand apart: two refusals in a row, with new credentials in between, rightly end a run.
  const faults = [
    'reset-before',
    'reset-after',
    '401',
    'half',
    'hang',
    'slow',
    'drip',
    '500',
    '502',
    '503',
    '504',
    'html',
    '403',
    'empty',
    'wrong-shape',
    'wrong-id',
    'wrong-network',
    'big',
    'skew',
    'throttle',
    'close',
  ] as const;

  it('of every kind on every 7th request: every row still ends updated', { timeout: 120_000 }, async () => {
    const emulator = await place.emulate({ users: 1000, faults: [{ kinds: faults, every: 7 }] });
    let rotation = 0;
    const credentials = async ({ forceRefresh = false } = {}) => {
      if (forceRefresh) {
        rotation += 1;
        emulator.setCredentials({ accessKeyId: `AKIAROTATED${rotation}`, secretAccessKey: 'another' });
      }
      return emulator.credentials;
    };
    const summary = await update(renames(1000), { credentials, timeout: 1, maxAttempts: 12 }, emulator);
    expect(summary).toMatchObject({ exitCode: 0, statuses: { updated: 1000 } });
    expect(notRenamed(emulator, 1000)).toEqual([]);
    const met = countBy(emulator.requests, ({ fault }) => fault ?? 'none');
    for (const kind of faults) expect(met[kind]).toBeGreaterThan(0);
    expect(rotation).toBeGreaterThan(0);
  });

  it.each([
    ['404', `userId,firstName\n99,A\n`, 'ResourceNotFoundError', ''],
    ['422', `userId,securityGroupIds\n10000001,NoSuchGroup\n`, 'ValidationError', 'securityGroupIds'],
  ])('that are final (%s) are not tried again', async (_status, content, code, field) => {
    const emulator = await place.emulate({ users: 1 });
    const summary = await update(content, {}, emulator);
    expect(emulator.counts.UpdateUser).toBe(1);
    const [line] = await outcomes(summary.report);
    expect(line).toMatchObject({ status: 'failed', errorCode: code, errorField: field, attempts: 1 });
    expect(summary.exitCode).toBe(ExitCode.rowsFailed);
  });

  it('that may pass are tried as often as --max-attempts says', async () => {
    const emulator = await place.emulate({ users: 1, faults: [{ kind: '503' }] });
    const summary = await update(renames(1), { maxAttempts: 3 }, emulator);
    expect(emulator.counts.UpdateUser).toBe(3);
    expect((await outcomes(summary.report))[0]).toMatchObject({
      status: 'failed',
      attempts: 3,
      httpStatus: 503,
    });
  });

  it('of the clock right after one of the credentials do not keep the run waiting', async () => {
    const emulator = await place.emulate({ users: 20, faults: [{ kinds: ['403', 'skew'], times: 2 }] });
    const credentials = async ({ forceRefresh = false } = {}) => {
      if (forceRefresh) emulator.setCredentials({ accessKeyId: 'AKIANEXT', secretAccessKey: 'next' });
      return emulator.credentials;
    };
    const summary = await update(renames(20), { credentials }, emulator);
    expect(summary.statuses.updated).toBe(20);
  });

  it('of the clock are corrected from the Date header', async () => {
    const emulator = await place.emulate({ users: 30, now: () => Date.now() + 3_600_000 });
    const summary = await update(renames(30), { concurrency: 2 }, emulator);
    expect(summary.statuses.updated).toBe(30);
    expect(emulator.statuses.get(403)).toBeLessThanOrEqual(2);
  });
});

describe('what the service answers can never end a run by itself', () => {
  it.each([
    [
      'a message that is no text',
      { 'x-amzn-errortype': 'ValidationError' },
      '{"message":{"toString":1,"valueOf":1}}',
    ],
    ['a code that every object has', { 'x-amzn-errortype': 'constructor' }, '{}'],
    ['a code that is a prototype', {}, '{"code":"__proto__","reasons":{"length":3}}'],
  ])('%s', async (_case, headers, body) => {
    const server = createServer((_, response) => response.writeHead(422, headers).end(body)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const input = await place.write('users.csv', renames(25));
    const summary = await runUpdate({
      input,
      out: place.path('run'),
      networkId: '12345678',
      region: 'us-east-1',
      endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    });
    server.close();
    expect(summary.statuses.failed + summary.statuses.unprocessed).toBe(25);
    const written = JSON.parse(await place.read('run/summary.json')) as typeof summary;
    expect(Object.values(written.errors).every(Number.isInteger)).toBe(true);
    expect(written.stopped?.hint).toBeTypeOf('string');
  });
});

describe('the input during the run', () => {
  it('cut short: every row still has its line, and the run says so', async () => {
    const emulator = await place.emulate({ users: 20_000, latency: 5 });
    const running = update(renames(20_000), { rate: 2000 }, emulator);
    await emulator.arrival(100);
    await truncate(place.path('users.csv'), 100_000);
    const summary = await running;
    expect(summary).toMatchObject({ exitCode: ExitCode.fatal, rows: 20_000 });
    expect(summary.stopped?.message).toContain('changed');
    const rows = new Set((await outcomes(summary.report)).map(({ row }) => row));
    expect(rows.size).toBe(20_000);
    expect(summary.statuses.updated).toBe(emulator.requests.filter(({ applied }) => applied).length);
  });

  it('merely touched: nothing to say', async () => {
    const emulator = await place.emulate({ users: 50, latency: 5 });
    const running = update(renames(50), { rate: 200 }, emulator);
    await emulator.arrival(5);
    await utimes(place.path('users.csv'), new Date(), new Date());
    expect(await running).toMatchObject({ exitCode: 0, statuses: { updated: 50 } });
  });
});

describe('the run is stopped', () => {
  it('while its input is still coming in: nothing is sent, nothing is left behind', async () => {
    const emulator = await place.emulate({ users: 5 });
    const stopping = new AbortController();
    const input = new PassThrough();
    input.write(renames(5));
    const running = runUpdate({
      ...serviceOf(emulator),
      input,
      format: 'csv',
      out: place.path('run'),
      signal: stopping.signal,
    });
    await vi.waitUntil(async () => (await readdir(place.folder)).includes('run'));
    stopping.abort({ exitCode: ExitCode.sigint, message: 'stopped', hint: 'go on' });
    await expect(running).rejects.toThrow(InterruptedError);
    await expect(running).rejects.toMatchObject({ exitCode: ExitCode.sigint });
    expect(await readdir(place.folder)).toEqual([]);
  });

  it('by expired credentials: exit 6, the rest unprocessed, hardly a request more', async () => {
    const emulator = await place.emulate({ users: 500, latency: 20 });
    const running = update(renames(500), { rate: 300, concurrency: 8 }, emulator);
    await emulator.arrival(100);
    emulator.expireCredentials();
    const inFlight = 8;
    const before = emulator.requests.length;
    const summary = await running;
    expect(summary).toMatchObject({ exitCode: ExitCode.credentials, rows: 500 });
    expect(summary.statuses.updated + summary.statuses.unprocessed).toBe(500);
    expect(emulator.requests.length - before).toBeLessThanOrEqual(inFlight + 1);
    expect(emulator.statuses.get(403)).toBeLessThanOrEqual(inFlight + 1);
    expect(summary.stopped?.message).toContain('ExpiredTokenException');
    expect((await place.read('run/failed.csv')).split('\n')).toHaveLength(summary.statuses.unprocessed + 2);
  });

  it('not by credentials that expire and can be had again', async () => {
    const emulator = await place.emulate({ users: 200, latency: 5 });
    const fresh = { accessKeyId: 'AKIAFRESH', secretAccessKey: 'fresh', sessionToken: 'token' };
    const credentials = async ({ forceRefresh = false } = {}) => {
      if (forceRefresh) emulator.setCredentials(fresh);
      return emulator.credentials;
    };
    const running = update(renames(200), { rate: 500, credentials }, emulator);
    await emulator.arrival(50);
    emulator.expireCredentials();
    expect((await running).statuses.updated).toBe(200);
  });

  it('by --max-errors', async () => {
    const emulator = await place.emulate({ users: 100 });
    const unknown = Array.from({ length: 50 }, (_, i) => `9${i},A,B\n`).join('');
    const summary = await update(renames(50) + unknown, { maxErrors: '5%', concurrency: 1 }, emulator);
    expect(summary.exitCode).toBe(ExitCode.stopped);
    expect(summary.statuses.failed).toBeGreaterThan(5);
    expect(summary.statuses.failed).toBeLessThanOrEqual(6 + 4);
    expect(summary.stopped?.message).toContain('--max-errors');
  });

  it('by the same error on its first 20 rows, with a hint', async () => {
    const emulator = await place.emulate({ users: 100, networkId: '87654321' });
    const summary = await update(renames(500), { networkId: '12345678', concurrency: 2 }, emulator);
    expect(summary.exitCode).toBe(ExitCode.stopped);
    expect(summary.stopped?.hint).toContain('--network-id');
    expect(emulator.counts.UpdateUser).toBeLessThan(40);
    expect(summary.statuses.failed + summary.statuses.unprocessed).toBe(500);
  });

  it('by its caller: rows in flight end, the rest are the last lines of the report', async () => {
    const emulator = await place.emulate({ users: 300, latency: 30 });
    const stopping = new AbortController();
    const running = update(renames(300), { rate: 200, signal: stopping.signal }, emulator);
    await emulator.arrival(60);
    stopping.abort({ exitCode: ExitCode.sigint, message: 'stopped', hint: 'go on' });
    const summary = await running;
    expect(summary.exitCode).toBe(ExitCode.sigint);
    const lines = await outcomes(summary.report);
    expect(lines).toHaveLength(300);
    const first = lines.findIndex(({ status }) => status === 'unprocessed');
    expect(lines.slice(first).every(({ status }) => status === 'unprocessed')).toBe(true);
    expect(countBy(lines, ({ status }) => status).updated).toBe(
      emulator.requests.filter(({ applied }) => applied).length,
    );
  });
});
