import { expect, it } from 'vitest';
import { eventLine } from '../../src/cli/verbose.js';
import { isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { run, withoutHeader } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];

it('--verbose shows each row once it has ended, and what the run decides, but no names', async () => {
  const emulator = await place.emulate({
    users: 30,
    faults: [{ kind: '503', after: 5, times: 24, operation: 'UpdateUser' }],
  });
  const where = { env: environmentOf(emulator, place.folder), cwd: place.folder };
  await place.write('users.csv', `${renames(30)}99,No,Body\n`);
  const { code, stdout, stderr } = await run(
    ['update', 'users.csv', ...network, '--verbose', '--rate', '5000'],
    where,
  );
  expect(code).toBe(3);
  expect(stdout).toMatch(/^31 rows: 30 updated, 1 failed\n/);
  const lines = withoutHeader(stderr).trim().split('\n');
  const rows = lines.filter((line) => line.startsWith('line '));
  expect(rows).toHaveLength(31);
  expect(rows).toContain('line 2, user 10000001: updated (firstName, lastName)');
  expect(rows.find((line) => line.startsWith('line 32,'))).toMatch(/^line 32, user 99: failed, .*Found/);
  expect(lines).toContain('service down: probing (errorCode Http503)');
  expect(lines).toContain('service back');
  expect(stderr).not.toMatch(/First|Last|Body|@example/);
});

it.runIf(isLong)('--quiet and --verbose are not taken together, wherever they come from', async () => {
  const emulator = await place.emulate({ users: 1 });
  const where = {
    env: { ...environmentOf(emulator, place.folder), WICKR_BULK_QUIET: '1' },
    cwd: place.folder,
  };
  await place.write('users.csv', renames(1));
  const { code, stdout, stderr } = await run(['update', 'users.csv', ...network, '--verbose'], where);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--quiet and --verbose exclude each other');
  expect(await run(['update', 'users.csv', ...network], where)).toEqual({ code: 0, stdout: '', stderr: '' });
});

it.each([
  [{}, 'service back', 'service back\n'],
  [{ run: 'r', rate: 48.2, since: undefined, list: [1] }, 'rate found', 'rate found (rate 48.2)\n'],
  [{ reason: '`maxRate` \u001b' }, 'order', 'order (reason --max-rate \uFFFD)\n'],
])('%j of %j is shown as %j', (fields, event, line) => {
  expect(eventLine(fields, event)).toBe(line);
});
