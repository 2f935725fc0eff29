import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withExitCode } from '../../../src/cli/exit-codes.js';
import {
  CapError,
  InputError,
  type MappedColumn,
  planUpdate,
  resumeRun,
  retryRun,
  UsageError,
  validateInput,
} from '../../../src/index.js';
import {
  notRenamed,
  outcomes,
  reachOf,
  renames,
  serviceOf,
  updateIn,
  useWorkplace,
} from '../../workplace.js';

const place = useWorkplace();
const run = () => place.path('run');
const hr = `User ID,Legal First Name,Surname,Dept
10000001,Ann,Lee,Sales
10000002,Bob,Ray,IT
10000003,Cy,Poe,Sales
`;

describe('an update', () => {
  it('sends the mapped, set and filtered rows, and reports the others as skipped', async () => {
    const emulator = await place.emulate({ users: 3 });
    const exclude = await place.write('vips.txt', '10000003\n');
    const told: (readonly MappedColumn[])[] = [];
    const summary = await updateIn(
      place,
      hr,
      {
        map: ['auto'],
        set: ['lastName=Set'],
        where: ['Dept=Sales'],
        exclude,
        onMapping: (mapping) => told.push(mapping),
      },
      emulator,
    );
    expect(withExitCode(summary)).toMatchObject({
      exitCode: 0,
      rows: 3,
      statuses: { updated: 1, skipped: 2 },
    });
    expect(emulator.users.get('10000001')).toMatchObject({ firstName: 'Ann', lastName: 'Set' });
    expect(emulator.counts.UpdateUser).toBe(1);
    const skipped = (await outcomes(summary.report)).filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ userId, message }) => [userId, message])).toEqual([
      ['10000002', '`where`: Dept has another value'],
      ['10000003', '`exclude`: the user is in vips.txt'],
    ]);
    expect(told).toEqual([
      [
        { column: 'User ID', field: 'userId', how: 'name' },
        { column: 'Legal First Name', field: 'firstName', how: 'auto' },
        { column: 'Surname', field: 'lastName', how: 'auto' },
        { column: 'Dept', field: undefined, how: 'name' },
      ],
    ]);
  });

  it('needs nothing but users if --set says what changes', async () => {
    const emulator = await place.emulate({ users: 2 });
    const group = emulator.groups.at(-1)?.id ?? '';
    const set = [`securityGroupIds=${group}`];
    const summary = await updateIn(place, 'userId\n10000001\n10000002\n', { set }, emulator);
    expect(summary.statuses.updated).toBe(2);
    expect(emulator.users.get('10000002')?.securityGroupIds).toEqual([group]);
  });

  it('does not count skipped rows among changes, and counts them among the first rows', async () => {
    const emulator = await place.emulate({ users: 3 });
    const options = { map: ['auto'], where: ['Dept=Sales'] };
    await expect(updateIn(place, hr, { ...options, maxChanges: 1 }, emulator)).rejects.toThrow(CapError);
    const summary = await updateIn(place, hr, { ...options, maxChanges: 1, limit: 2 }, emulator);
    expect(summary.statuses).toMatchObject({ updated: 1, skipped: 1 });
    const input = place.path('users.csv');
    const planned = await planUpdate({ input, ...serviceOf(emulator), ...options }).summary;
    expect(planned).toMatchObject({ rows: 3, skipped: 1, invalid: 0 });
  });

  it('does not send a row by ID whose user the list knows by username alone', async () => {
    const emulator = await place.emulate({ users: 3 });
    const username = emulator.users.get('10000001')?.username ?? '';
    const exclude = await place.write('vips.txt', `10000002\n${username.toUpperCase()}\n`);
    const kept = await updateIn(place, renames(3), { exclude, folder: place.path('kept') }, emulator);
    expect(kept.statuses).toMatchObject({ skipped: 2, updated: 1 });
    expect(notRenamed(emulator, 3)).toEqual([1, 2]);
    const asked = emulator.counts.ListUsers ?? 0;
    const ids = await place.write('vips.csv', 'userId\n10000009\n');
    const allowing = { exclude: ids, excludeMissing: 'allow' } as const;
    const summary = await updateIn(place, renames(1), allowing, emulator);
    expect(summary.statuses.updated).toBe(1);
    expect(emulator.counts.ListUsers).toBe(asked);
  });
});

describe('validate', () => {
  it('takes rows that name users and groups, and tells what columns are read as', async () => {
    const input = await place.write('users.csv', 'E-Mail,Vorname\na@x.org,Ann\nb@x.org,Bob\n');
    const checked = await validateInput({
      input,
      networkId: '12345678',
      map: ['auto'],
      where: ['Vorname=Ann'],
    });
    expect(checked).toMatchObject({ rows: 2, skipped: 1 });
    expect(checked.mapping?.map(({ field }) => field)).toEqual(['lookupUsername', 'firstName']);
  });

  it('names both lines of a username that comes twice', async () => {
    const input = await place.write('users.csv', 'lookupUsername,firstName\na@x.org,A\nA@X.org,B\n');
    const told: string[] = [];
    const checking = validateInput({
      input,
      networkId: '12345678',
      onProblem: ({ line, column, reason }) => told.push(`${line} ${column} ${reason}`),
    });
    await expect(checking).rejects.toThrow('all 2 rows are invalid');
    expect(told).toEqual([
      '2 lookupUsername is the same user as on line 3',
      '3 lookupUsername is the same user as on line 2',
    ]);
  });

  it('says what is missing if every row is left out', async () => {
    const input = await place.write('users.csv', 'networkId,userId,firstName\n12345678,1,A\n');
    await expect(validateInput({ input, where: ['firstName=B'] })).rejects.toThrow(
      'no row that is not skipped names a network',
    );
  });
});

describe('a map file', () => {
  const check = async (content: string, map: string[] = []) => {
    const input = await place.write('users.csv', 'userId,Call Name,Dept\n1,Ann,Sales\n');
    const mapFile = await place.write('map.json', content);
    return validateInput({ input, networkId: '12345678', mapFile, map });
  };

  it('is what --map says, and goes with it', async () => {
    const { mapping } = await check('\ufeff{\n"Call Name": "firstName",\n"Dept": "ignore" }\n', [
      'userId=userId',
    ]);
    expect(mapping?.map(({ field, how }) => [field, how])).toEqual([
      ['userId', 'map'],
      ['firstName', 'map'],
      [undefined, 'map'],
    ]);
  });

  it.each([
    ['{"Call Name": ', '`mapFile` map.json: it ends in the middle of a JSON value'],
    ['["Call Name"]', '`mapFile` map.json: it is a list, takes a JSON object'],
    ['{"Call Name": 7}', '`mapFile` map.json: the column "Call Name" is given a number, not a field'],
    ['{"": "firstName"}', '`mapFile` map.json: the column "" has no name'],
    ['{"Call Name": "frstName"}', '`map` "Call Name": there is no field "frstName" (nearest: firstName)'],
    ['{"Nickname": "firstName"}', 'line 1: `map` names the column "Nickname", which the input does not have'],
  ])('is refused: %s', async (content, message) => {
    await expect(check(content)).rejects.toThrow(message);
  });

  it('has to be there', async () => {
    const input = await place.write('users.csv', renames(1));
    await expect(validateInput({ input, networkId: '12345678', mapFile: '/nowhere/m.json' })).rejects.toThrow(
      '`mapFile` m.json: there is no such file',
    );
  });
});

describe('a run that is gone on with', () => {
  const stopped = { signal: 'SIGINT', message: 'stopped', hint: 'go on' };

  /** A run of three rows that was stopped before its first. */
  async function stoppedRun(set: string[]) {
    const emulator = await place.emulate({ users: 3 });
    const mapFile = await place.write('map.json', '{"Legal First Name":"firstName"}');
    const exclude = await place.write('vips.csv', 'userId\n10000003\n');
    const stopping = new AbortController();
    const info = () => stopping.abort(stopped);
    const logger = { trace() {}, debug() {}, info, warn() {}, error() {} };
    const options = { map: ['Surname=ignore'], mapFile, exclude, where: ['Dept=Sales'], set };
    const summary = await updateIn(place, hr, { ...options, stopping: stopping.signal, logger }, emulator);
    expect(summary.statuses.updated).toBe(0);
    expect(summary.statuses.unprocessed).toBeGreaterThan(0);
    return { emulator, again: reachOf(emulator), mapFile, exclude };
  }

  it('maps, filters and excludes as it did, whatever became of the map file', async () => {
    const { emulator, again, mapFile } = await stoppedRun(['inviteCodeTtl=7']);
    await writeFile(mapFile, '{"Surname":"firstName"}');
    expect((await resumeRun(run(), again).summary).statuses).toMatchObject({ updated: 1, skipped: 2 });
    expect(emulator.users.get('10000001')).toMatchObject({ firstName: 'Ann' });
    expect(emulator.users.get('10000001')?.lastName).not.toBe('Lee');
  });

  it('is refused with another list of users never to be changed', async () => {
    const { again, exclude } = await stoppedRun([]);
    await writeFile(exclude, 'userId\n10000001\n');
    await expect(resumeRun(run(), again).summary).rejects.toThrow(InputError);
    await expect(resumeRun(run(), again).summary).rejects.toThrow(
      'not the file that the run was started with',
    );
  });

  it('has to be told again the values of --set that are nobody else’s business', async () => {
    const { emulator, again } = await stoppedRun(['lastName=Annabel', 'inviteCodeTtl=7']);
    const record = await readFile(`${run()}/run.json`, 'utf8');
    expect(record).not.toContain('Annabel');
    expect(record).toContain('inviteCodeTtl=7');
    for (const repeat of [
      () => resumeRun(run(), again),
      () => retryRun(run(), { ...again, folder: place.path('again') }),
    ]) {
      await expect(repeat().summary).rejects.toThrow(UsageError);
      await expect(repeat().summary).rejects.toThrow('started with `set` lastName, whose value is not kept');
    }
    const set = ['lastName=Annabel'];
    const other = { ...again, set: [...set, 'inviteCodeTtl=8'] };
    await expect(resumeRun(run(), other).summary).rejects.toThrow('`set` inviteCodeTtl cannot be given');
    expect((await resumeRun(run(), { ...again, set }).summary).statuses.updated).toBe(1);
    expect(emulator.users.get('10000001')).toMatchObject({ firstName: 'Ann', lastName: 'Annabel' });
  });
});
