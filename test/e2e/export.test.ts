import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { firstOf, isLong } from '../length.js';
import { environmentOf, useWorkplace } from '../workplace.js';
import { main, run, start, withoutHeader } from './command.js';

const place = useWorkplace();
const command = (emulator: Emulator, ...args: string[]) =>
  run(['export', '--network-id', emulator.networkId, ...args], {
    env: environmentOf(emulator, place.folder),
    cwd: place.folder,
  });

/** What a shell shows of the command whose standard output goes elsewhere: its errors, its exit code, and the pipe's end. */
async function inShell(
  emulator: Emulator,
  { to = '', pipe = '' },
): Promise<{ code: string; stdout: string }> {
  const line = `"${process.execPath}" "${main}" export --network-id ${emulator.networkId} 2>&3 ${to}`;
  const script = `{ { ${line}; echo "exit $?" >&3; } ${pipe}; } 3>&1`;
  const child = spawn('sh', ['-c', script], { env: environmentOf(emulator, place.folder) });
  const stdout = await text(child.stdout);
  return { code: /exit (\d+)/.exec(stdout)?.[1] ?? '', stdout };
}

describe('export', () => {
  it('prints users on standard output and all else on standard error', async () => {
    const users = [
      { userId: '1', username: 'a@example.com', firstName: '=Ann' },
      { userId: '2', username: 'b_bot', type: 'bot' as const },
    ];
    const emulator = await place.emulate({ users });
    const { code, stdout, stderr } = await command(emulator);
    expect(stdout).toBe(
      'networkId,userId,firstName,lastName,username,securityGroupIds\n12345678,1,=Ann,,a@example.com,\n',
    );
    expect(stderr).toMatch(/^network {3}12345678 at /);
    expect(withoutHeader(stderr)).toMatch(
      /^1 user of network 12345678\nbots left out: 1 .*\ncells .* formulas: 1\. .*jsonl\n$/,
    );
    expect(stderr).not.toContain('Ann');
    expect(code).toBe(0);
  });

  it.runIf(isLong)('is an input that changes nothing', async () => {
    const emulator = await place.emulate({ users: 1500 });
    const env = environmentOf(emulator, place.folder);
    const before = [...emulator.users.values()].map((user) => ({ ...user, modified: 0 }));
    expect((await command(emulator, '--out', 'users.csv')).code).toBe(0);
    const updated = await run(['update', 'users.csv', '--rate', '5000'], { env, cwd: place.folder });
    expect(updated.stdout).toContain('1,500 rows: 1,500 updated');
    const after = [...emulator.users.values()];
    expect(after.every(({ modified }) => (modified ?? 0) > 0)).toBe(true);
    expect(after.map((user) => ({ ...user, modified: 0 }))).toEqual(before);
  });

  it.runIf(isLong)('names the groups that there are if the one asked for is not among them', async () => {
    const emulator = await place.emulate({ users: 5 });
    const { code, stdout, stderr } = await command(emulator, '--security-group', 'Nobody');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('"Sales"');
  });

  it.runIf(isLong)('never writes into a file that is there', async () => {
    const emulator = await place.emulate({ users: 5 });
    await place.write('users.jsonl', 'mine');
    expect(await command(emulator, '--out', 'users.jsonl')).toMatchObject({ code: 2, stdout: '' });
    expect(await place.read('users.jsonl')).toBe('mine');
  });

  it('ends in peace if its reader goes', async () => {
    const emulator = await place.emulate({ users: 3000 });
    const { code, stdout } = await inShell(emulator, { pipe: '| head -1' });
    expect(withoutHeader(stdout)).toBe(
      'networkId,userId,firstName,lastName,username,securityGroupIds\nexit 0\n',
    );
    expect(code).toBe('0');
    expect(emulator.requests.length).toBeLessThan(30);
  });

  it('does not, if the disk behind standard output is full', async () => {
    const { code, stdout } = await inShell(await place.emulate({ users: 5 }), { to: '> /dev/full' });
    expect(stdout).toContain('standard output cannot be written (ENOSPC)');
    expect(code).toBe('1');
  });

  it('leaves no file at Ctrl-C, and waits for no answer', async () => {
    const faults = [{ kind: 'hang', operation: 'ListUsers', after: 2 }] as const;
    const emulator = await place.emulate({ users: 500, faults });
    const args = [
      'export',
      '--network-id',
      '12345678',
      '--out',
      place.path('users.csv'),
      '--timeout',
      '3600',
    ];
    const { child, ended } = start(args, { env: environmentOf(emulator, place.folder) });
    await emulator.arrival(3, 'ListUsers');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('stopped') });
    expect((await readdir(place.folder)).filter((name) => name.startsWith('users'))).toEqual([]);
  });
});

describe('template', () => {
  it.each(firstOf(1, ['csv', 'jsonl']))(
    'prints a sample as %s, and writes the same into a file',
    async (format) => {
      const { code, stdout, stderr } = await run(['template', '--format', format]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('lookupUsername');
      const file = `sample.${format}`;
      expect((await run(['template', '--out', file], { cwd: place.folder })).code).toBe(0);
      expect(await place.read(file)).toBe(stdout);
      if (isLong) expect((await run(['template', '--out', file], { cwd: place.folder })).code).toBe(2);
    },
  );
});
