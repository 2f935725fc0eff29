/** A run that is named by what it is, listed, and meant by `--last`. */
import { expect, it } from 'vitest';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { run } from './command.js';

const place = useWorkplace();

it('the last run is said, run again, taken back and listed', async () => {
  const emulator = await place.emulate({ users: 5, faults: [{ kind: 'refused', userId: '10000003' }] });
  const command = async (...args: string[]) => {
    const env = { ...environmentOf(emulator, place.folder), WICKR_BULK_RUNS_DIR: 'runs' };
    const { code, stdout, stderr } = await run(args, { cwd: place.folder, env });
    return { code, stdout, stderr: stderr.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME') };
  };
  await place.write('users.csv', renames(3));
  await command(
    ...['update', 'users.csv', '--network-id', emulator.networkId],
    ...['--keep-before', '--out', 'runs/users'],
  );
  emulator.setFaults([]);

  expect((await command('status', '--last')).stderr).toBe(
    `the last run: runs/users\n  update of users.csv in network ${emulator.networkId}, ended, started TIME: 3 rows, 2 updated, 1 failed\n`,
  );
  expect(await command('retry', '--last')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^the last run: runs\/users\n/),
  });
  const undone = await command('undo', 'runs/users');
  expect([undone.code, undone.stderr]).toEqual([0, expect.not.stringContaining('last run')]);
  expect(await command('undo', '--last')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is an undo: to take it back would make the changes again'),
  });
  const listed = JSON.parse((await command('runs', '--json')).stdout) as { runs: { folder: string }[] };
  const what = listed.runs.map(({ folder: made }) => made.replace(/^.*[/\\](\d{4}-\d\d-\d\dT\d{6}Z-)?/, ''));
  expect(what).toEqual(['undo-of-users', 'retry-of-users', 'users']);
});
