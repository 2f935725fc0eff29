/** Values that look damaged, as an administrator meets them. */
import { describe, expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { run } from './command.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];

/** Thirty users, each with a blank behind the name; a row without one comes last. */
const odd = () =>
  place.write(
    'users.csv',
    `userId,lastName\n${Array.from({ length: 30 }, (_, i) => `${10_000_001 + i},Vale${i} \n`).join('')}10000031,Vale\n`,
  );
const lines = (text: string, pattern: RegExp) => text.split('\n').filter((line) => pattern.test(line)).length;

describe('warnings are listed before a run', () => {
  it.runIf(isLong)('the first 20 and a count of each kind, or with --all-problems each', async () => {
    const input = await odd();
    const short = await run(['validate', input, ...ID]);
    expect(short.code).toBe(0);
    expect(short.stdout).toBe('31 rows for network 12345678, all valid, 30 warnings\n');
    expect(lines(short.stderr, /^users\.csv:\d+: warning: lastName: has white space around it/)).toBe(20);
    expect(short.stderr).toContain(
      '30 warnings in all, by kind:\n  30 × lastName: has white space around it, a blank at character 6 (first on line 2)\n  --all-problems lists each of them\n',
    );
    const long = await run(['validate', input, ...ID, '--all-problems']);
    expect(lines(long.stderr, /warning: lastName/)).toBe(30);
    expect(long.stderr).not.toContain('in all');
  });

  it.runIf(isLong)('the same of errors, to which --strict makes them', async () => {
    const { code, stderr } = await run(['validate', await odd(), ...ID, '--strict']);
    expect(code).toBe(2);
    expect(lines(stderr, /^users\.csv:\d+: error: lastName: has white space around it/)).toBe(20);
    expect(stderr).toContain('30 errors in all, by kind:\n  30 × lastName: has white');
    expect(stderr).toContain('30 of 31 rows are invalid');
  });

  it.runIf(isLong)(
    'and counted in the plan and the summary, and the values are sent as they stand',
    async () => {
      const emulator = await place.emulate({ users: 40 });
      const at = { env: environmentOf(emulator, place.folder), cwd: place.folder };
      const input = await odd();
      const plan = await run(['plan', input, ...ID], at);
      expect(plan.stdout).toMatch(/31 of 31 users of network 12345678 would change; 30 warnings/);
      const update = await run(['update', input, ...ID, '--out', 'run'], at);
      expect(update.code).toBe(0);
      expect(update.stdout).toContain('  30 warnings about the input\n');
      expect(JSON.parse(await place.read('run/summary.json'))).toMatchObject({ warnings: 30 });
      expect(emulator.users.get('10000001')?.lastName).toBe('Vale0 ');
    },
  );
});

it('damage sends nothing, people called Null are changed with --accept', async () => {
  const emulator = await place.emulate({ users: 3 });
  const at = { env: environmentOf(emulator, place.folder), cwd: place.folder };
  await place.write('bad.csv', 'userId,lastName\n10000001,Vale\n10000002,#REF!\n');
  const bad = await run(['update', 'bad.csv', ...ID, '--out', 'bad'], at);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('bad.csv:3: error: lastName: is an error value of a spreadsheet');
  expect(emulator.counts.UpdateUser ?? 0).toBe(0);
  await place.write('null.csv', 'userId,lastName\n10000001,Null\n');
  const refused = await run(['update', 'null.csv', ...ID, '--out', 'one', '--strict'], at);
  expect(refused.stderr).toContain('or say with --accept that the column has such names');
  const meant = await run(
    ['update', 'null.csv', ...ID, '--out', 'two', '--strict', '--accept', 'lastName'],
    at,
  );
  expect([meant.code, meant.stderr.includes('warning')]).toEqual([0, false]);
  expect(await outcomes(place.path('two/report.csv'))).toHaveLength(1);
  expect(emulator.users.get('10000001')?.lastName).toBe('Null');
});

describe('a filter fails closed', () => {
  const staff = 'userId,lastName,Department\n10000001,Vale,Sales\n10000002,Vale,IT\n10000003,Vale,\n';

  it('!= changes the others, not the ones that are named', async () => {
    const emulator = await place.emulate({ users: 3 });
    const at = { env: environmentOf(emulator, place.folder), cwd: place.folder };
    await place.write('staff.csv', staff);
    const flags = ['--ignore-unknown-columns', '--where', 'Department!=Sales', '--out', 'run'];
    expect((await run(['update', 'staff.csv', ...ID, ...flags], at)).code).toBe(0);
    const changed = [...emulator.users.values()].map(({ lastName }) => lastName === 'Vale');
    expect(changed).toEqual([false, true, true]);
  });

  it.runIf(isLong)('what is no condition is refused, what no row meets is said', async () => {
    const input = await place.write('staff.csv', staff);
    const check = (...flags: string[]) =>
      run(['validate', input, ...ID, '--ignore-unknown-columns', ...flags]);
    const unclear = await check('--where', 'Department==Sales');
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toContain('--where "Department" has what looks like another operator');
    const unmet = await check('--where', 'Department=Renamed');
    expect(unmet.code).toBe(0);
    expect(unmet.stderr).toContain('warning: --where Department: no row meets this condition');
    expect(unmet.stderr).toContain('--where and --exclude leave out every row of 3');
    expect(unmet.stdout).toContain('3 skipped, 2 warnings');
    const strict = await check('--where', 'Department=Renamed', '--strict');
    expect([strict.code, strict.stdout]).toEqual([2, '']);
  });

  it.runIf(isLong)('a list in quotes protects, and it is said how many of it were found', async () => {
    const emulator = await place.emulate({ users: 3 });
    const at = { env: environmentOf(emulator, place.folder), cwd: place.folder };
    await place.write('staff.csv', staff);
    const { username = '' } = emulator.users.get('10000002') ?? {};
    await place.write('vips.txt', `"${username}"\n10000003\n`);
    const flags = ['--ignore-unknown-columns', '--exclude', 'vips.txt', '--out', 'run'];
    const { code, stderr } = await run(['update', 'staff.csv', ...ID, ...flags], at);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('1 of 1 usernames and 1 of 1 user IDs of vips.txt found: never changed\n'),
    ]);
    expect([...emulator.users.values()].map(({ lastName }) => lastName === 'Vale')).toEqual([
      true,
      false,
      false,
    ]);
    await place.write('vips.txt', `“${username}”\n`);
    const refused = await run(['update', 'staff.csv', ...ID, ...flags], at);
    expect(refused.stderr).toContain('--exclude vips.txt: line 1: begins or ends with a quote');
  });
});
