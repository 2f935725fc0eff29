import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOfRun, withExitCode } from '../../src/cli/exit-codes.js';
import {
  CredentialsError,
  InvalidInputError,
  type Problem,
  RunFolderError,
  UsageError,
  updateUsers,
} from '../../src/index.js';
import { size } from '../length.js';
import {
  countBy,
  notRenamed,
  outcomes,
  renames,
  serviceOf,
  type UpdateArguments,
  updateIn,
  useWorkplace,
} from '../workplace.js';

const place = useWorkplace();

const update = (...args: UpdateArguments) => updateIn(place, ...args);

describe('a run', () => {
  it('makes every change and reports every row exactly once', async () => {
    const emulator = await place.emulate({ users: 300 });
    const summary = await update(renames(300), {}, emulator);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: 0,
      rows: 300,
      statuses: { updated: 300 },
      attempts: 300,
    });
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
    expect(names).toEqual([
      'failed.csv',
      'journal.jsonl',
      'metrics.jsonl',
      'report.csv',
      'run.json',
      'summary.json',
    ]);
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
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.rowsFailed,
      statuses: { updated: 2, failed: 1 },
    });
    expect(await place.read('run/failed.csv')).toBe(head + bad);
    const again = await updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input: place.path('run/failed.csv'),
      folder: place.path('again'),
    }).summary;
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
    const summary = await updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      format: 'csv',
      folder: place.path('run'),
    }).summary;
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
    await expect(run).rejects.toMatchObject({ invalid: 4, rows: 4, code: 'INPUT_INVALID' });
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });

  it('invalid rows are reported and left out if that is asked for', async () => {
    const emulator = await place.emulate({ users: 3 });
    const summary = await update(
      'userId,firstName\n10000001,A\nx1,B\n10000002,C\n',
      { skipInvalid: true },
      emulator,
    );
    expect(withExitCode(summary)).toMatchObject({
      exitCode: ExitCode.rowsFailed,
      statuses: { updated: 2, invalid: 1 },
    });
    expect(await place.read('run/failed.csv')).toBe('userId,firstName\nx1,B\n');
    const [invalid] = (await outcomes(summary.report)).filter(({ status }) => status === 'invalid');
    expect(invalid).toMatchObject({
      row: 2,
      line: 3,
      errorCode: 'InvalidRow',
      errorFields: ['userId'],
      attempts: 0,
    });
  });

  it('all options that are wrong are named at once', async () => {
    const run = updateUsers({
      keepBefore: false,
      input: 'x.csv',
      folder: place.path('run'),
      rate: -1,
      concurrency: 0,
      region: 'us-east-1',
      maxErrors: '5 %',
    }).summary;
    await expect(run).rejects.toThrow(UsageError);
    for (const name of ['rate', 'concurrency', 'maxErrors'])
      await expect(run).rejects.toThrow(`\`${name}\` needs`);
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
    await expect(again).rejects.toMatchObject({ code: 'RUN_FOLDER_EXISTS' });
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
    const summary = await update(renames(1), { throttlePatienceMs: 500 }, emulator);
    expect(summary).toMatchObject({ statuses: { failed: 1 }, errors: { RateLimitError: 1 } });
    const [line] = await outcomes(summary.report);
    expect(line?.message).toContain('`throttlePatienceMs`');
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

  it('of every kind on every 7th request: every row still ends updated', async () => {
    const rows = size(250, 1000);
    const emulator = await place.emulate({ users: rows, faults: [{ kinds: faults, every: 7 }] });
    let rotation = 0;
    const credentials = async ({ forceRefresh = false } = {}) => {
      if (forceRefresh) {
        rotation += 1;
        emulator.setCredentials({ accessKeyId: `AKIAROTATED${rotation}`, secretAccessKey: 'another' });
      }
      return emulator.credentials;
    };
    const summary = await update(renames(rows), { credentials, timeoutMs: 1000, maxAttempts: 12 }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: rows } });
    expect(notRenamed(emulator, rows)).toEqual([]);
    const met = countBy(emulator.requests, ({ fault }) => fault ?? 'none');
    for (const kind of faults) expect(met[kind]).toBeGreaterThan(0);
    expect(rotation).toBeGreaterThan(0);
  });

  it.each([
    ['404', `userId,firstName\n99,A\n`, 'ResourceNotFoundError', []],
    ['422', `userId,inviteCodeTtl\n10000001,0\n`, 'ValidationError', ['inviteCodeTtl']],
  ])('that are final (%s) are not tried again', async (_status, content, code, fields) => {
    const emulator = await place.emulate({ users: 1 });
    const summary = await update(content, {}, emulator);
    expect(emulator.counts.UpdateUser).toBe(1);
    const [line] = await outcomes(summary.report);
    expect(line).toMatchObject({ status: 'failed', errorCode: code, errorFields: fields, attempts: 1 });
    expect(exitCodeOfRun(summary)).toBe(ExitCode.rowsFailed);
  });

  it('that may pass are tried as often as --max-attempts says', async () => {
    const emulator = await place.emulate({ users: 1, faults: [{ kind: '500' }] });
    const summary = await update(renames(1), { maxAttempts: 3 }, emulator);
    expect(emulator.counts.UpdateUser).toBe(3);
    expect((await outcomes(summary.report))[0]).toMatchObject({
      status: 'failed',
      attempts: 3,
      httpStatus: 500,
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
