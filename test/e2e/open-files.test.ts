/** The built command where it may open few files. */
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, notRenamed, renames, useWorkplace } from '../workplace.js';
import { main, run } from './command.js';

const place = useWorkplace();

it.runIf(isLong)(
  'with fewer open files than --concurrency asks for, every row is updated all the same',
  async () => {
    const rows = 400;
    const emulator = await place.emulate({ users: rows, latency: 300 });
    const input = await place.write('users.csv', renames(rows));
    const args = ['--concurrency', '500', '--rate', '2000', '--out', place.path('run')];
    const command = ['update', input, '--network-id', emulator.networkId, ...args, '--no-progress', '--yes'];
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const shell = ['-c', 'ulimit -n 128; exec "$0" "$@"', process.execPath, main, ...command];
      const env = environmentOf(emulator, place.folder);
      execFile('/bin/sh', shell, { env }, (error, _, stderr) => resolve({ code: error?.code ?? 0, stderr }));
    });
    expect(code, stderr).toBe(0);
    expect(notRenamed(emulator, rows)).toEqual([]);
    // The limit was felt: as many connections as were wanted could not be opened.
    expect(emulator.connections.peak).toBeLessThan(128);
  },
);

it('with too few open files for the program itself it says what to raise, without a stack trace', async () => {
  const few = { through: ['sh', '-c', 'ulimit -n 32; exec "$0" "$@"'] };
  expect(await run(['update', 'users.csv'], few)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^wickr-bulk: .*nothing was sent\n {2}Raise the limit \("ulimit -n 1024"\).*\n$/,
    ),
  });
});
