import { describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { environmentOf, useWorkplace } from '../workplace.js';
import { run } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];
const hr = 'Legal First Name;Nachname;Work Email;Dept\nAnn;Lee;a@x.org;1\nBob;Ray;b@x.org;2\n';

describe('a file from HR', () => {
  it('is refused with the flag that would read it', async () => {
    const input = await place.write('hr.csv', hr);
    const { code, stderr } = await run(['validate', input, ...network]);
    expect(stderr).toContain('--map auto reads "Legal First Name" as firstName');
    expect(code).toBe(2);
  });

  it('has its mapping shown on standard error', async () => {
    const input = await place.write('hr.csv', hr);
    const flags = ['--map', 'auto', '--map', 'Nachname=ignore', '--where', 'dept=/1/'];
    const { code, stdout, stderr } = await run(['validate', ...flags, input, ...network]);
    expect(stderr).toBe(
      "'Legal First Name' → firstName\n'Work Email' → lookupUsername\nnot used: 'Nachname', 'Dept'\n",
    );
    expect(stdout).toBe('2 rows for network 12345678, all valid, 1 skipped\n');
    expect(code).toBe(0);
  });

  it('has its mapping in the object of --json, nothing unseen in it', async () => {
    const input = await place.write('hr.csv', 'userId,Vorname,\u202ex\n1,Ann,2\n');
    const { stdout } = await run(['validate', input, ...network, '--map', 'auto', '--json']);
    expect(stdout).not.toContain('\u202e');
    expect(JSON.parse(stdout)).toMatchObject({
      mapping: [
        { column: 'userId', field: 'userId', how: 'name' },
        { column: 'Vorname', field: 'firstName', how: 'auto' },
        { column: '\u202ex', how: 'name' },
      ],
    });
  });

  it('is refused if two columns could be meant', async () => {
    const input = await place.write('hr.csv', 'userId,Legal First Name,Rufname\n1,Ann,A\n');
    const { code, stderr } = await run(['validate', input, ...network, '--map', 'auto']);
    expect(stderr).toContain('"Legal First Name" and "Rufname" could each be firstName');
    expect(stderr).toContain('--map "Legal First Name=firstName" or --map "Rufname=firstName"');
    expect(code).toBe(2);
  });
});

it.runIf(isLong)('a group is filled with one file of users, some never touched', async () => {
  const emulator = await place.emulate({ users: 3 });
  const env = environmentOf(emulator, place.folder);
  const input = await place.write('users.csv', 'userId\n10000001\n10000002\n10000003\n');
  const exclude = await place.write('vips.txt', '# the board\n10000002\n');
  const args = ['--network-id', emulator.networkId, '--set', 'firstName=Zoe', '--exclude', exclude, '--json'];
  const { code, stdout } = await run(['update', input, ...args], { env, cwd: place.folder });
  expect(JSON.parse(stdout)).toMatchObject({ statuses: { updated: 2, skipped: 1 } });
  expect(emulator.users.get('10000003')?.firstName).toBe('Zoe');
  expect(emulator.users.get('10000002')?.firstName).not.toBe('Zoe');
  expect(code).toBe(0);
});

it.each(
  firstOf(1, [
    [['--set', 'frstName=Annabel'], '--set cannot give "frstName" to every row (nearest: firstName)'],
    [['--set', 'firstName='], '--set firstName has no value'],
    [['--where', 'userId=/(/'], '--where "userId": the regular expression cannot be used'],
    [
      ['--where', 'usrId=1'],
      '--where names the column "usrId", which the input does not have (nearest: "userId")',
    ],
    [['--map', 'x'], '--map "x" is neither auto nor COLUMN=FIELD'],
    [['--map-file', '/nowhere/m.json'], '--map-file m.json: there is no such file'],
    [['--exclude', '/nowhere/v.txt'], '--exclude v.txt: there is no such file'],
  ]),
)('a mistake in %j is a usage error', async (flags, message) => {
  const input = await place.write('users.csv', 'userId,firstName\n1,Ann\n');
  const { code, stdout, stderr } = await run(['validate', input, ...network, ...flags]);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('Annabel');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
