/** Rules for values as an administrator uses them: by the built command, against a network. */
import { readdir, rm, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/server.js';
import { cases } from '../length.js';
import { countBy, environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];
const DOMAIN = ['--replace', 'username=/@example\\.com$/@new.example/'];
const GROUPS = ['--translate', 'securityGroupNames=groups.csv'];

async function network(options: EmulatorOptions = { users: 6 }) {
  const emulator = await place.emulate(options);
  const at = { env: environmentOf(emulator, place.folder), cwd: place.folder };
  return {
    emulator,
    command: (...args: string[]) => run(args, at),
    begin: (...args: string[]) => start(args, at),
    names: () => [...emulator.users.values()].map(({ username = '' }) => username),
    sent: () => emulator.counts.UpdateUser ?? 0,
  };
}

const ids = (count: number, more = '') =>
  `userId\n${Array.from({ length: count }, (_, index) => `${10_000_001 + index}\n`).join('')}${more}`;
const modeOf = async (path: string) => (await stat(place.path(path))).mode & 0o777;
const inDomain = (names: readonly string[], domain: string) =>
  names.filter((name) => name.endsWith(`@${domain}`)).length;

describe('a domain migration of a file of user IDs', () => {
  it('is shown, planned, applied and undone; run twice it changes nobody', async () => {
    const { command, names, sent } = await network();
    const former = names();
    await place.write('ids.csv', ids(6));
    const plan = await command('plan', 'ids.csv', ...ID, ...DOMAIN, '--out', 'plan.jsonl');
    expect(plan.stderr).toContain('replace username: /@example\\.com$/@new.example/\n');
    expect(plan.stdout).toContain(`username: "${former[0]}" → "${former[0]?.split('@')[0]}@new.example"`);
    expect(sent()).toBe(0);
    expect((await command('apply', 'plan.jsonl', '--out', 'applied')).code).toBe(0);
    expect(inDomain(names(), 'new.example')).toBe(6);
    const twice = await command('update', 'ids.csv', ...ID, ...DOMAIN, '--out', 'twice');
    expect([twice.code, twice.stdout.split('\n')[0]]).toEqual([0, '6 rows: 6 unchanged']);
    expect((await command('undo', 'applied', '--out', 'undone')).code).toBe(0);
    expect(names()).toEqual(former);
  });

  it('of an update is undone as well, though nobody has asked to keep what users were', async () => {
    const { command, names } = await network();
    const former = names();
    await place.write('ids.csv', ids(6));
    expect((await command('update', 'ids.csv', ...ID, ...DOMAIN, '--out', 'run')).code).toBe(0);
    expect(inDomain(names(), 'new.example')).toBe(6);
    expect((await command('undo', 'run', '--out', 'undone')).code).toBe(0);
    expect(names()).toEqual(former);
  });

  it('that is killed goes on with its rules, each user once; the rows that failed are run again with them', async () => {
    for (let round = 0; round < cases(1, 5); round++) {
      const rows = 60;
      const faults = [{ kind: 'refused', userId: '10000002' }] as const;
      const { emulator, command, begin, names } = await network({ users: rows, latency: 5, faults });
      const former = names();
      const [input, run, again] = [`ids-${round}.csv`, `run-${round}`, `again-${round}`];
      await place.write(input, ids(rows));
      const { child, ended } = begin('update', input, ...ID, ...DOMAIN, '--out', run, '--rate', '100');
      await emulator.arrival(rows + 5 + round * 7);
      child.kill('SIGKILL');
      await ended;
      expect((await command('status', run)).stdout).toMatch(/^stopped/);
      expect((await command('resume', run, '--rate', '2000')).code).toBe(3);
      const statuses = countBy(await outcomes(place.path(`${run}/report.csv`)), ({ status }) => status);
      expect(statuses).toEqual({ updated: rows - 1, failed: 1 });
      emulator.setFaults([]);
      expect((await command('retry', run, '--out', again)).code).toBe(0);
      expect(names()).toEqual(former.map((name) => name.replace(/@example\.com$/, '@new.example')));
    }
  });

  it('that gives two users one username, or one that somebody else has, is refused', async () => {
    const { command, sent, names } = await network();
    await place.write('ids.csv', ids(2));
    const same = await command('update', 'ids.csv', ...ID, '--replace', 'username=/^.*@/x@/', '--out', 'one');
    expect(same.code).toBe(2);
    expect(same.stderr).toMatch(/ids\.csv:[23]: error: username: /);
    const taken = (names()[5] ?? '').replaceAll(/[.+]/g, '\\$&');
    await place.write('one.csv', ids(1));
    const held = await command('plan', 'one.csv', ...ID, '--replace', `username=/^.*$/${names()[5]}/`);
    expect(held.code).toBe(2);
    expect(held.stderr).toMatch(/one\.csv:2: error: username: is in use/);
    expect(
      held.stderr
        .split('\n')
        .filter((line) => !line.startsWith('replace'))
        .join('\n'),
    ).not.toMatch(taken);
    expect(sent()).toBe(0);
  });

  it('that would change its own result is refused before anything is sent', async () => {
    const { command, sent } = await network();
    await place.write('ids.csv', ids(1));
    const { code, stderr } = await command(
      'update',
      'ids.csv',
      ...ID,
      '--replace',
      'firstName=/^/Dr. /',
      '--out',
      'run',
    );
    expect([code, sent()]).toEqual([2, 0]);
    expect(stderr).toContain('ids.csv:2: error: firstName: would be changed again by the same --replace');
  });
});

const staff = (departments: readonly string[]) =>
  `userId,Department,Given,Family\n${departments
    .map((name, index) => `${10_000_001 + index},${name},Jürgen,Groß-${'abcdef'[index]}\n`)
    .join('')}`;
const HR = ['--map', 'Department=securityGroupNames', ...GROUPS];
const LOGIN = [
  '--compose',
  'username={Given|german|ascii|initial|lower}.{Family|german|letters|lower}@example.com',
];

describe('departments to security groups', () => {
  it('with a login made of names, resumed and retried without the table', async () => {
    const faults = [{ kind: 'refused', userId: '10000002' }] as const;
    const { emulator, command } = await network({ users: 3, faults });
    await place.write('hr.csv', staff(['sales', 'R&D', 'Cleaning']));
    await place.write(
      'groups.csv',
      'Department,securityGroupNames\nSales,Sales\nR&D,Engineering\n*,Support\n',
    );
    const first = await command('update', 'hr.csv', ...ID, ...HR, ...LOGIN, '--out', 'run');
    expect(first.stderr).toContain(
      "used to compose: 'Given', 'Family'\ntranslate securityGroupNames by groups.csv: 3 values, * among them\ncompose username: {Given|german|ascii|initial|lower}.{Family|german|letters|lower}@example.com\n",
    );
    expect(first.code).toBe(3);
    await rm(place.path('groups.csv'));
    emulator.setFaults([]);
    expect((await command('retry', 'run', '--out', 'again')).code).toBe(0);
    const groups = Object.fromEntries([...emulator.groups.values()].map(({ id, name }) => [id, name]));
    expect(
      [...emulator.users.values()].map(({ username, securityGroupIds: [id = ''] = [] }) => [
        username,
        groups[id],
      ]),
    ).toEqual([
      ['j.grossa@example.com', 'Sales'],
      ['j.grossb@example.com', 'Engineering'],
      ['j.grossc@example.com', 'Support'],
    ]);
    const record = await place.read('run/run.json');
    expect(record).not.toMatch(/Engineering|R&D|Given/);
    expect(JSON.parse(record)).toMatchObject({ rulesSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(await place.read('run/rules.json'))).toMatchObject({
      translate: [
        {
          field: 'securityGroupNames',
          name: 'groups.csv',
          entries: [
            ['Sales', 'Sales'],
            ['R&D', 'Engineering'],
            ['*', 'Support'],
          ],
        },
      ],
      compose: [LOGIN[1]],
    });
    expect(await modeOf('run/rules.json')).toBe(0o600);
    await place.write('run/rules.json', (await place.read('run/rules.json')).replace('Support', 'Sales'));
    const altered = await command('retry', 'run', '--out', 'altered');
    expect(altered.code).toBe(1);
    expect(altered.stderr).toContain('rules.json is missing or is not as the run wrote it');
  });

  it('a value that the table does not have: one message with line and count, the value in a file of its own', async () => {
    const { command, sent } = await network();
    await place.write('hr.csv', staff(['Salse', 'Sales', 'Salse', '=x']));
    await place.write('groups.csv', 'Sales,Sales\n');
    const refused = await command('update', 'hr.csv', ...ID, ...HR, '--map', 'Given=ignore', '--out', 'run');
    expect([refused.code, refused.stdout, sent()]).toEqual([2, '', 0]);
    expect(refused.stderr).toContain(
      'hr.csv:2: error: securityGroupNames: has a value that groups.csv does not translate',
    );
    expect(refused.stderr).toContain(
      `wickr-bulk: 3 of 4 rows are invalid; nothing was sent\n  Add the values to the table, or give it a line with * for all others: the 2 without a translation are in ${place.path('run/untranslated.csv')}.\n`,
    );
    expect(refused.stderr).not.toMatch(/Salse|=x/);
    expect(await readdir(place.path('run'))).toEqual(['untranslated.csv']);
    expect(await modeOf('run/untranslated.csv')).toBe(0o600);
    expect(await place.read('run/untranslated.csv')).toBe(
      "field,value,rows,firstLine\nsecurityGroupNames,Salse,2,2\nsecurityGroupNames,'=x,1,5\n",
    );
    const checked = await command('validate', 'hr.csv', ...ID, ...HR, '--untranslated', 'values.csv');
    expect(checked.stderr).toContain('the 2 without a translation are in values.csv.');
    expect(await modeOf('values.csv')).toBe(0o600);
    const bare = await command('validate', 'hr.csv', ...ID, ...HR);
    expect(bare.stderr).toContain('--untranslated names a new file that they are written to.');
    const some = await command('update', 'hr.csv', ...ID, ...HR, '--skip-invalid', '--out', 'some');
    expect([some.code, sent()]).toEqual([3, 1]);
    expect(await place.read('some/untranslated.csv')).toContain('Salse');
  });

  it('the same of standard input, of which nothing else stays', async () => {
    const { emulator } = await network();
    await place.write('groups.csv', 'Sales,Sales\n');
    const at = { env: environmentOf(emulator, place.folder), cwd: place.folder, input: staff(['Salse']) };
    const { code } = await run(['update', '-', '--format', 'csv', ...ID, ...HR, '--out', 'run'], at);
    expect([code, await readdir(place.path('run'))]).toEqual([2, ['untranslated.csv']]);
  });

  it.each([
    [
      'a group that is none',
      'Sales,Slaes\n',
      'The values of securityGroupNames come from groups.csv: correct them there',
    ],
    [
      'a value twice',
      'Sales,Sales\nsales,EMEA\n',
      '`translate` groups.csv: line 2: cell 1: the same value comes twice',
    ],
    ['a line without its second cell', 'Sales,Sales\nIT\n', 'groups.csv: line 2: it has 1 cell, not two'],
  ])('a table with %s sends nothing and says so once', async (_, table, message) => {
    const { command, sent } = await network();
    await place.write('hr.csv', staff(['Sales', 'Sales']));
    await place.write('groups.csv', table);
    const { code, stderr } = await command('update', 'hr.csv', ...ID, ...HR, '--out', 'run');
    expect([code, sent()]).toEqual([2, 0]);
    expect(stderr.replace('--translate', '`translate`')).toContain(message);
  });

  it('a blank part of a login is an error with its line, two people of one name are found', async () => {
    const { command, sent } = await network();
    await place.write(
      'names.csv',
      'userId,Given,Family\n10000001,Ana,Lee\n10000002,,Lee\n10000003,Aña,LEE\n',
    );
    const login = ['--compose', 'username={Given|ascii|lower}.{Family|lower}@example.com'];
    const blank = await command('update', 'names.csv', ...ID, ...login, '--out', 'one');
    expect(blank.stderr).toContain(
      'names.csv:3: error: username: cannot be composed: the column "Given" is blank',
    );
    expect(blank.stderr).not.toContain('.lee@');
    const where = ['--where', 'Given!='];
    const same = await command('update', 'names.csv', ...ID, ...login, ...where, '--out', 'two');
    expect([blank.code, same.code, sent()]).toEqual([2, 2, 0]);
    expect(same.stderr).toMatch(/names\.csv:4: error: username: .*line 2/);
  });
});
