import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/server.js';
import { version } from '../../src/index.js';
import { firstOf, isLong } from '../length.js';
import { environmentOf, outcomes, renames, useWorkplace } from '../workplace.js';
import { main, run, start } from './command.js';

const place = useWorkplace();
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

describe('help', () => {
  it('--version is that of the package', async () => {
    // And no word from V8 on the flags that it is given.
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

/** What `--json` says of an error: one object, with all that the screen has. */
function failureIn(stdout: string) {
  const { exitCode, error, ...rest } = JSON.parse(stdout) as Record<string, Record<string, string>>;
  expect([Object.keys(rest), Object.keys(error ?? {})]).toEqual([[], ['code', 'message', 'hint']]);
  expect(Object.values(error ?? {})).not.toContain('');
  return { exitCode, code: error?.code };
}

describe('a mistake is answered with what to do, exit 2 and no stack trace', () => {
  it.each(
    firstOf(2, [
      ['an unknown flag', ['update', 'x.csv', '--rat', '5'], /--rate/],
      ['no such file', ['validate', 'nowhere.csv'], /no input file nowhere\.csv/],
      ['an unknown command', ['updat'], /update/],
      ['no input', ['update'], /update needs <input>/],
      ['a folder', ['validate', '.'], /folder/],
      ['no region', ['update', 'x.csv'], /--region/],
      [
        'a rate that is no number',
        ['update', 'x.csv', '--region', 'us-east-1', '--rate', 'fast'],
        /--rate needs/,
      ],
      ['a network ID that is not valid', ['validate', 'x.csv', '--network-id', '1234567'], /--network-id/],
      [
        'an endpoint in the clear',
        ['update', 'x.csv', '--region', 'us-east-1', '--endpoint-url', 'http://example.com'],
        /--allow-http/,
      ],
      ['an unknown fault', ['emulator', '--port', '0', '--fault', 'flood'], /flood|kind/],
      [
        'an unknown limiter',
        ['emulator', '--port', '0', '--limiter', 'leaky'],
        /bucket, window, minute, sliding, shards, at-once or queue/,
      ],
      ['a port that is no number', ['emulator', '--port', 'x'], /--port/],
    ]),
  )('%s', async (_case, args, expected) => {
    const takesJson = args[0] !== 'emulator';
    const { code, stdout, stderr } = await run(takesJson ? [...args, '--json'] : args, { cwd: place.folder });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    if (takesJson)
      expect(failureIn(stdout)).toEqual({ exitCode: 2, code: expect.stringMatching(/^(USAGE|INPUT_.*)$/) });
    else expect(stdout).toBe('');
  });

  it('no credentials: exit 6', async () => {
    const emulator = await place.emulate({ users: 1 });
    const { AWS_ACCESS_KEY_ID: _, ...env } = environmentOf(emulator, place.folder);
    const input = await place.write('users.csv', renames(1));
    const args = ['update', input, '--network-id', '12345678', '--json'];
    const { code, stdout, stderr } = await run(args, { env, cwd: place.folder });
    expect(code).toBe(6);
    expect(failureIn(stdout)).toEqual({ exitCode: 6, code: 'CREDENTIALS' });
    expect(stderr).toContain('AWS_ACCESS_KEY_ID');
  });
});

describe('a reader that has gone', () => {
  /** The command's exit code, before a pipe of the shell. */
  const piped = async (args: string, pipe: string, env: Record<string, string>) => {
    const line = `{ "${process.execPath}" "${main}" ${args}; echo $? > "${place.path('code')}"; } ${pipe}`;
    await once(
      spawn('sh', ['-c', line], { env: { ...env, PATH: process.env.PATH ?? '' }, stdio: 'ignore' }),
      'close',
    );
    return Number(await place.read('code'));
  };

  it('of standard output leaves the run and its exit code alone', async () => {
    const emulator = await place.emulate({ users: 20 });
    const input = await place.write('users.csv', `${renames(20)}99,No,Body\n`);
    const args = `update "${input}" --network-id 12345678 --out "${place.path('run')}" --skip-invalid`;
    expect(await piped(args, '| true', environmentOf(emulator, place.folder))).toBe(3);
    expect(await outcomes(place.path('run/report.csv'))).toHaveLength(21);
  });

  it('of standard error does not change what validate says', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `x${i},A\n`).join('');
    const input = await place.write('users.csv', `userId,firstName\n${rows}`);
    expect(await piped(`validate "${input}" --network-id 12345678`, '2>&1 | head -1', {})).toBe(2);
  });
});

it('Ctrl-C at a rate of one row in minutes ends the command at once', async () => {
  const emulator = await place.emulate({ users: 5 });
  const input = await place.write('users.csv', renames(5));
  const where = ['--out', place.path('run'), '--json'];
  const args = ['update', input, '--network-id', '12345678', '--rate', '0.005', ...where];
  const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
  await emulator.arrival(1);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect([code, JSON.parse(stdout)]).toEqual([130, expect.objectContaining({ exitCode: 130 })]);
});

describe('validate', () => {
  it('leaves nothing of standard input behind', async () => {
    const env = { HOME: place.folder, TMPDIR: place.folder };
    const args = ['validate', '-', '--format', 'csv', '--network-id', '12345678'];
    const { code } = await run(args, { env, cwd: place.folder, input: renames(3) });
    expect(code).toBe(0);
    expect(await readdir(place.folder)).toEqual([]);
  });

  it.runIf(isLong).each(['users.csv', 'users.jsonl', 'demo.csv'])('takes the sample %s', async (name) => {
    const { code, stdout } = await run(['validate', fixture(name), '--network-id', '12345678']);
    expect(stdout).toMatch(/rows for network 12345678, all valid/);
    expect(code).toBe(0);
  });

  it('prints every problem with file, line and column', async () => {
    const input = await place.write('users.csv', 'userId,firstName\nx,A\n2,\n3,C\n3,D\n');
    const { code, stdout, stderr } = await run(['validate', input, '--network-id', '12345678']);
    const lines = stderr.trim().split('\n');
    expect(lines.slice(0, 4).map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['users.csv:2', 'error'],
      ['users.csv:3', 'error'],
      ['users.csv:4', 'error'],
      ['users.csv:5', 'error'],
    ]);
    expect(lines[2]).toContain('line 5');
    expect(stderr).toContain('all 4 rows are invalid');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('prints one JSON object with --json', async () => {
    const { stdout } = await run(['validate', fixture('users.csv'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 4, networkId: '12345678' });
  });
});

describe('emulator', () => {
  it('prints all that is needed to send an update to it, and ends at Ctrl-C', async () => {
    const { child, ended } = start(['emulator', '--port', '0', '--users', '5']);
    const block = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.includes('Ctrl-C')) resolve(text);
      });
    });
    const env = Object.fromEntries(
      [...block.matchAll(/export (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const input = await place.write('users.csv', renames(5));
    const updated = await run(['update', input, '--network-id', '12345678', '--out', place.path('run')], {
      env: { HOME: place.folder, ...env },
    });
    expect(updated.stdout).toContain('5 rows: 5 updated');
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('says so if its port is taken', async () => {
    const other = await startEmulator();
    const { code, stderr } = await run(['emulator', '--port', new URL(other.url).port]);
    await other.close();
    expect(code).toBe(2);
    expect(stderr).toContain('EADDRINUSE');
  });
});

describe('demo', () => {
  it.runIf(isLong)('says which command does the same, and ends at Ctrl-C', async () => {
    const { child, ended } = start(['demo', '--out', place.path('run')]);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (/^undo /m.test(said) && !child.killed) child.kill('SIGINT');
    });
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([130, expect.stringContaining('unprocessed')]);
    expect(stderr).toMatch(/^ {2}wickr-bulk update --skip-invalid .*demo\.csv --network-id 12345678$/m);
  });

  it.runIf(isLong)('ends as its sample implies, every row reported once', async () => {
    const { code, stdout, stderr } = await run(['demo', '--out', place.path('run')]);
    expect(code).toBe(3);
    expect(stdout).toContain('1,050 rows: 967 updated, 77 unchanged, 6 invalid');
    expect(stdout).toContain(place.path('run/report.csv'));
    expect(stderr).toMatch(/^ {2}wickr-bulk update --skip-invalid .*demo\.csv --network-id 12345678$/m);
    // The emulator is gone: no command that asks it is suggested, and the one that is works as it stands.
    expect(stdout).not.toMatch(/retry|undo/);
    const [, words = ''] = /^look at it: node (.*) --open$/m.exec(stdout) ?? [];
    const looked = await promisify(execFile)(process.execPath, words.split(' '));
    expect(looked.stdout).toContain(place.path('run/report.html'));
    const rows = (await outcomes(place.path('run/report.csv'))).map(({ row }) => row);
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 1050 }, (_, i) => i + 1));
  });
});
