import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { readdir, truncate, utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOfRun, withExitCode } from '../../../src/cli/exit-codes.js';
import { InterruptedError, updateUsers } from '../../../src/index.js';
import { silentLogger } from '../../../src/run/options/table/logger.js';
import { size } from '../../length.js';
import {
  countBy,
  outcomes,
  renames,
  serviceOf,
  summaryOf,
  type UpdateArguments,
  until,
  updateIn,
  useWorkplace,
} from '../../workplace.js';

const place = useWorkplace();
const update = (...args: UpdateArguments) => updateIn(place, ...args);

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
    const summary = await updateUsers({
      keepBefore: false,
      input,
      folder: place.path('run'),
      networkId: '12345678',
      region: 'us-east-1',
      endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    }).summary;
    server.close();
    expect(summary.statuses.failed + summary.statuses.unprocessed).toBe(25);
    const written = JSON.parse(await place.read('run/summary.json')) as typeof summary;
    expect(Object.values(written.errors).every(Number.isInteger)).toBe(true);
    expect(written.stopped?.hint).toBeTypeOf('string');
  });
});

describe('the input during the run', () => {
  it('cut short: every row still has its line, and the run says so', async () => {
    const rows = size(6000, 20_000);
    const emulator = await place.emulate({ users: rows, latency: 5 });
    const running = update(renames(rows), { rate: 2000 }, emulator);
    await emulator.arrival(100);
    await truncate(place.path('users.csv'), 100_000);
    const summary = await running;
    expect(withExitCode(summary)).toMatchObject({ exitCode: ExitCode.fatal, rows });
    expect(summary.stopped?.message).toContain('changed');
    const reported = new Set((await outcomes(summary.report)).map(({ row }) => row));
    expect(reported.size).toBe(rows);
    expect(summary.statuses.updated).toBe(emulator.requests.filter(({ applied }) => applied).length);
  });

  it('merely touched: nothing to say', async () => {
    const emulator = await place.emulate({ users: 50, latency: 5 });
    const running = update(renames(50), { rate: 200 }, emulator);
    await emulator.arrival(5);
    await utimes(place.path('users.csv'), new Date(), new Date());
    expect(withExitCode(await running)).toMatchObject({ exitCode: 0, statuses: { updated: 50 } });
  });
});

it('rows that cannot be copied do not cost the summary', async () => {
  const emulator = await place.emulate({ users: 1 });
  const inTheWay = place.path('run/failed.csv');
  const logger = { ...silentLogger, info: () => mkdirSync(inTheWay, { recursive: true }) };
  const summary = await update(`${renames(1)}99,No,Body\n`, { logger }, emulator);
  expect(withExitCode(summary)).toMatchObject({
    exitCode: ExitCode.fatal,
    statuses: { updated: 1, failed: 1 },
  });
  expect(summary.failed).toBeUndefined();
  expect(summary.stopped?.message).toContain('failed.csv');
  expect(JSON.parse(await place.read('run/summary.json'))).toEqual(summary);
});

it('a mistake in the program costs no line of a row that has ended', async () => {
  const emulator = await place.emulate({ users: 40 });
  const logger = {
    ...silentLogger,
    trace: (fields: object) => {
      if ('row' in fields && fields.row === 30) throw new Error('a mistake of ours');
    },
  };
  const run = update(renames(40), { logger, concurrency: 1 }, emulator);
  await expect(run).rejects.toThrow('a mistake of ours');
  const applied = emulator.requests.filter((request) => request.applied).length;
  expect((await outcomes(place.path('run/report.csv'))).length).toBeGreaterThanOrEqual(29);
  expect(applied).toBeGreaterThanOrEqual(30);
});

describe('the run is stopped', () => {
  it('while its input is still coming in: nothing is sent, nothing is left behind', async () => {
    const emulator = await place.emulate({ users: 5 });
    const stopping = new AbortController();
    const input = new PassThrough();
    input.write(renames(5));
    const run = updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      format: 'csv',
      folder: place.path('run'),
    });
    const running = summaryOf(run, stopping.signal);
    await until(async () => (await readdir(place.folder)).includes('run'));
    stopping.abort({ signal: 'SIGINT', message: 'stopped', hint: 'go on' });
    await expect(running).rejects.toThrow(InterruptedError);
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED', signal: 'SIGINT' });
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
    expect(withExitCode(summary)).toMatchObject({ exitCode: ExitCode.credentials, rows: 500 });
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

  it('by maxErrors', async () => {
    const emulator = await place.emulate({ users: 100 });
    const unknown = Array.from({ length: 50 }, (_, i) => `9${i},A,B\n`).join('');
    const summary = await update(renames(50) + unknown, { maxErrors: '5%', concurrency: 1 }, emulator);
    expect(exitCodeOfRun(summary)).toBe(ExitCode.stopped);
    expect(summary.statuses.failed).toBeGreaterThan(5);
    expect(summary.statuses.failed).toBeLessThanOrEqual(6 + 4);
    expect(summary.stopped?.message).toContain('`maxErrors`');
  });

  it('by the same error on its first 20 rows, with a hint', async () => {
    const emulator = await place.emulate({ users: 100, networkId: '87654321' });
    const summary = await update(renames(500), { networkId: '12345678', concurrency: 2 }, emulator);
    expect(exitCodeOfRun(summary)).toBe(ExitCode.stopped);
    expect(summary.stopped?.hint).toContain('`networkId`');
    expect(emulator.counts.UpdateUser).toBeLessThan(40);
    expect(summary.statuses.failed + summary.statuses.unprocessed).toBe(500);
  });

  it('by its caller: rows in flight end, the rest are the last lines of the report', async () => {
    const emulator = await place.emulate({ users: 300, latency: 30 });
    const stopping = new AbortController();
    const running = update(renames(300), { rate: 200, stopping: stopping.signal }, emulator);
    await emulator.arrival(60);
    stopping.abort({ signal: 'SIGINT', message: 'stopped', hint: 'go on' });
    const summary = await running;
    expect(exitCodeOfRun(summary)).toBe(ExitCode.sigint);
    const lines = await outcomes(summary.report);
    expect(lines).toHaveLength(300);
    const first = lines.findIndex(({ status }) => status === 'unprocessed');
    expect(lines.slice(first).every(({ status }) => status === 'unprocessed')).toBe(true);
    expect(countBy(lines, ({ status }) => status).updated).toBe(
      emulator.requests.filter(({ applied }) => applied).length,
    );
  });
});
