import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/index.js';
import { firstOf, isLong, size } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const MANY = size(400, 10_000);

describe('wickr-bulk update', () => {
  it(`brings ${MANY} rows through a hidden limit of 300/s, burst 50`, async () => {
    const emulator = await place.emulate({ users: MANY, rate: 300, burst: 50, keepRequests: false });
    const input = await place.write('users.csv', renames(MANY));
    const { code, stdout } = await run(
      ['update', input, '--network-id', '12345678', '--out', place.path('run'), '--json'],
      { env: environmentOf(emulator, place.folder) },
    );
    const summary = JSON.parse(stdout) as Summary;
    expect(code).toBe(0);
    expect(summary.statuses.updated).toBe(MANY);
    expect(notRenamed(emulator, MANY)).toEqual([]);
    const rows = new Set((await outcomes(summary.report)).map(({ row }) => row));
    expect(rows.size).toBe(MANY);
  });

  it('prints a summary that says where the report is and what to do next', async () => {
    const emulator = await place.emulate({ users: 2 });
    const input = await place.write('users.csv', `${renames(2)}99,No,Body\n`);
    const { code, stdout, stderr } = await run(['update', input, '--network-id', '12345678'], {
      env: environmentOf(emulator, place.folder),
      cwd: place.folder,
    });
    expect(code).toBe(3);
    expect(stdout).toContain('3 rows: 2 updated, 1 failed');
    expect(stdout).toMatch(/\n {2}1 failed: .+ \(ResourceNotFoundError\), line 4\n/);
    const [name = ''] = await readdir(place.path('wickr-bulk-runs'));
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d{6}Z-users$/);
    expect(stdout).toContain(join('wickr-bulk-runs', name, 'report.csv'));
    expect(stdout).toMatch(/wickr-bulk retry \S*Z-users\n/);
    const { host } = new URL(emulator.url);
    expect(stderr).toBe(
      `update    ${input}: 3 rows\n` +
        `network   12345678 "Emulated network" at ${host}\n` +
        '          region us-east-1 from AWS_REGION, endpoint from AWS_ENDPOINT_URL_WICKR\n' +
        'account   not known, as STS was not asked (AWS_ACCESS_KEY_ID)\n' +
        'changes   all rows are sent without a look at the users\n' +
        'time      how fast the service takes them is not known yet\n' +
        'undo      cannot put it back: what the users were is not kept\n',
    );
  });

  it('reads standard input, and logs its beginning and end to a file for its owner alone', async () => {
    const emulator = await place.emulate({ users: 2 });
    const args = ['update', '-', '--format', 'csv', '--network-id', '12345678', '--out', place.path('run')];
    const { code } = await run([...args, '--log-file', place.path('log')], {
      env: environmentOf(emulator, place.folder),
      input: renames(2),
    });
    expect(code).toBe(0);
    expect(notRenamed(emulator, 2)).toEqual([]);
    const lines = (await place.read('log')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'run started',
      'run ended',
    ]);
    expect((await stat(place.path('log'))).mode & 0o777).toBe(0o600);
  });

  it('exits 6 if the credentials are refused, and says how to renew them', async () => {
    const emulator = await place.emulate({ users: 10 });
    const input = await place.write('users.csv', renames(10));
    const env = { ...environmentOf(emulator, place.folder), AWS_SECRET_ACCESS_KEY: 'wrong' };
    const args = ['update', input, '--network-id', '12345678', '--out', place.path('run')];
    const { code, stdout } = await run(args, { env });
    expect(code).toBe(6);
    expect(stdout).toContain('InvalidSignatureException');
    expect(stdout).toContain('10 unprocessed');
  });

  it.runIf(isLong)('takes the region and the keys from a profile', async () => {
    const emulator = await place.emulate({ users: 1, region: 'eu-west-2' });
    const { accessKeyId, secretAccessKey } = emulator.credentials;
    await place.write('config', '[profile staff]\nregion = eu-west-2\n');
    await place.write(
      'keys',
      `[staff]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const input = await place.write('users.csv', renames(1));
    const { code } = await run(
      [
        'update',
        input,
        '--network-id',
        '12345678',
        '--profile',
        'staff',
        '--endpoint-url',
        emulator.url,
        '--out',
        place.path('run'),
      ],
      {
        env: {
          PATH: '',
          HOME: place.folder,
          AWS_CONFIG_FILE: place.path('config'),
          AWS_SHARED_CREDENTIALS_FILE: place.path('keys'),
        },
      },
    );
    expect(code).toBe(0);
  });

  it.each(
    firstOf(1, [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const),
  )('on %s lets the rows in flight end, reports the rest, and exits %i', async (signal, exitCode) => {
    const rows = size(500, 2000);
    const emulator = await place.emulate({ users: rows, latency: 20 });
    const input = await place.write('users.csv', renames(rows));
    const args = ['update', input, '--network-id', '12345678', '--rate', '100', '--out', place.path('run')];
    const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
    await emulator.arrival(30);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(exitCode);
    expect(stderr).toContain('the rows in flight come to their end');
    const lines = await outcomes(place.path('run/report.csv'));
    expect(lines).toHaveLength(rows);
    const applied = emulator.requests.filter(({ applied }) => applied).length;
    expect(lines.filter(({ status }) => status === 'updated')).toHaveLength(applied);
    expect(stdout).toContain('continue it: wickr-bulk resume');
  });

  it('leaves at once on a second signal, with a line for every row', async () => {
    const emulator = await place.emulate({ users: 100, faults: [{ kind: 'hang' }] });
    const input = await place.write('users.csv', renames(100));
    const args = ['update', input, '--network-id', '12345678', '--out', place.path('run')];
    const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
    await emulator.arrival(1);
    child.kill('SIGINT');
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain(`wickr-bulk resume ${place.path('run')}`);
    const lines = await outcomes(place.path('run/report.csv'));
    expect(lines.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    expect(lines.every(({ status }) => status === 'unprocessed')).toBe(true);
  });
});

describe('--dry-run', () => {
  it('is a plan: it shows what would change, and changes nobody', async () => {
    const emulator = await place.emulate({ users: 9 });
    const input = await place.write('users.csv', 'userId,firstName\n10000001,Jonathan\n');
    const where = { env: environmentOf(emulator, place.folder), cwd: place.folder };
    const flags = ['--network-id', '12345678', '--canary', '3', '--out', 'run', '--max-changes', '5'];
    const { code, stdout, stderr } = await run(['update', input, ...flags, '--dry-run'], where);
    expect(code).toBe(0);
    expect(stderr).toContain(
      '--dry-run sends nothing and keeps no run, so it leaves out --canary, --max-changes, --out\n',
    );
    const name = emulator.users.get('10000001')?.firstName;
    expect(stdout).toContain(`firstName: "${name}" → "Jonathan"`);
    expect(stdout).toContain('1 of 1 users of network 12345678 would change');
    if (isLong) expect((await run(['plan', input, '--network-id', '12345678'], where)).stdout).toBe(stdout);
    expect(emulator.counts.UpdateUser).toBe(0);
    expect(await readdir(place.folder)).toEqual(['users.csv']);
  });
});

describe('nobody gets to see', () => {
  const canaries = ['Canaryfirst', 'Canarylast', 'canary.user@example.com', 'CanaryInvite'];

  it.runIf(isLong)(
    'a name, a username, an invite code or a secret anywhere but in the failed file',
    async () => {
      const emulator = await place.emulate({
        users: 40,
        faults: [{ kinds: ['echo', '500', 'reset-after', 'html', 'throttle'], every: 2 }],
        credentials: {
          accessKeyId: 'AKIACANARYKEY0000000',
          secretAccessKey: 'canarysecretkey',
          sessionToken: 'canarytoken',
        },
      });
      const head = 'userId,firstName,lastName,username,inviteCode\n';
      const rows = Array.from(
        { length: 40 },
        (_, i) => `${10_000_001 + i},Canaryfirst,Canarylast,${i}canary.user@example.com,CanaryInvite\n`,
      );
      const input = await place.write('users.csv', head + rows.join(''));
      const env = { ...environmentOf(emulator, place.folder), AWS_SESSION_TOKEN: 'canarytoken' };
      const args = [
        'update',
        input,
        '--network-id',
        '12345678',
        '--out',
        place.path('run'),
        '--log-level',
        'trace',
      ];
      const { code, stdout, stderr } = await run(args, { env });
      expect(code).toBe(3);
      expect(stderr).toContain('"attempt"');
      const names = (await readdir(place.path('run'))).filter((name) => !name.startsWith('failed'));
      const files = await Promise.all(names.map((name) => readFile(place.path(`run/${name}`), 'utf8')));
      expect(files.join()).toContain('ValidationError');
      expect(await place.read('run/failed.csv')).toContain('Canaryfirst');
      for (const canary of [...canaries, 'AKIACANARYKEY0000000', 'canarysecretkey', 'canarytoken']) {
        expect((stdout + stderr + files.join()).toLowerCase()).not.toContain(canary.toLowerCase());
      }
    },
  );

  it('a value of a row that is refused before it is sent', async () => {
    const rows = [
      'x1,Canaryfirst,,,',
      '1,,,,',
      '2,"Canaryfirst",Canarylast,canary.user@example.com,CanaryInvite,Canaryfirst',
      '3,Canary',
    ];
    const input = await place.write(
      'users.csv',
      `userId,firstName,lastName,username,inviteCode\n${rows.join('\n')}\n`,
    );
    const { code, stdout, stderr } = await run(['validate', input, '--network-id', '12345678']);
    expect(code).toBe(2);
    expect((stdout + stderr).toLowerCase()).not.toContain('canary');
  });
});

it.runIf(isLong)('--quiet says nothing of a run that went well, and all of one that did not', async () => {
  const emulator = await place.emulate({ users: 2 });
  const where = { env: environmentOf(emulator, place.folder), cwd: place.folder };
  await place.write('well.csv', renames(2));
  await place.write('ill.csv', `${renames(2)}99,No,Body\n`);
  const quiet = (file: string) => run(['update', file, '--network-id', '12345678', '--quiet'], where);
  expect(await quiet('well.csv')).toEqual({ code: 0, stdout: '', stderr: '' });
  const { code, stdout, stderr } = await quiet('ill.csv');
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/^update {4}ill\.csv: 3 rows\nnetwork {3}12345678 /),
  ]);
  expect(stdout).toMatch(
    /^3 rows: 2 updated, 1 failed\n(.*\n)+ {2}correct them if they need it, then: wickr-bulk retry/,
  );
  const [, folder = ''] = /wickr-bulk retry (\S+)/.exec(stdout) ?? [];
  expect(await readFile(join(folder, 'summary.txt'), 'utf8')).toBe(stdout);
});
