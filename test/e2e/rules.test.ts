/** Rules for values as an administrator uses them: by the built command, against a network. */
import { readdir, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/server.js';
import { cases } from '../length.js';
import { countBy, environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const ID = ['--network-id', '12345678'];
const DOMAIN = ['--replace', 'username=/@example\\.com$/@new.example/'];

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

it('a domain migration that is killed goes on with its rules, each user once; the rows that failed are run again with them', async () => {
  for (let round = 0; round < cases(1, 5); round++) {
    const rows = 60;
    const faults = [{ kind: 'refused', userId: '10000002' }] as const;
    const { emulator, command, begin, names } = await network({ users: rows, latency: 5, faults });
    const former = names();
    const [input, folder, again] = [`ids-${round}.csv`, `run-${round}`, `again-${round}`];
    const lines = Array.from({ length: rows }, (_, index) => `${10_000_001 + index}\n`);
    await place.write(input, `userId\n${lines.join('')}`);
    const { child, ended } = begin('update', input, ...ID, ...DOMAIN, '--out', folder, '--rate', '100');
    await emulator.arrival(5 + round * 7);
    child.kill('SIGKILL');
    await ended;
    expect((await command('resume', folder, '--rate', '2000')).code).toBe(3);
    const statuses = countBy(await outcomes(place.path(`${folder}/report.csv`)), ({ status }) => status);
    expect(statuses).toEqual({ updated: rows - 1, failed: 1 });
    emulator.setFaults([]);
    expect((await command('retry', folder, '--out', again)).code).toBe(0);
    expect(names()).toEqual(former.map((name) => name.replace(/@example\.com$/, '@new.example')));
  }
});

it('a value that the table does not have: one message with line and count, the value in a file of its own', async () => {
  const { command, sent } = await network();
  const modeOf = async (path: string) => (await stat(place.path(path))).mode & 0o777;
  await place.write(
    'hr.csv',
    'userId,Department\n10000001,Salse\n10000002,Sales\n10000003,Salse\n10000004,=x\n',
  );
  await place.write('groups.csv', 'Sales,Sales\n');
  const HR = ['--map', 'Department=securityGroupNames', '--translate', 'securityGroupNames=groups.csv'];
  const refused = await command('update', 'hr.csv', ...ID, ...HR, '--out', 'run');
  expect([refused.code, refused.stdout, sent()]).toEqual([2, '', 0]);
  expect(refused.stderr).toContain(
    'hr.csv:2: error: securityGroupNames: has a value that groups.csv does not translate\n',
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
});
