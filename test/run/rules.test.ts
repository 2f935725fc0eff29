/** Rules for values in runs: planned, applied, undone, run again, with what was made of them checked before anything is sent. */
import { readdir, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/server.js';
import {
  applyPlan,
  InvalidInputError,
  type Problem,
  planUpdate,
  RunFolderError,
  reconcileUsers,
  retryRun,
  type UpdateOptions,
  undoRun,
  updateUsers,
  validateInput,
  type WickrBulkError,
} from '../../src/index.js';
import { reachOf, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const replace = ['username=/@example\\.com$/@new.example/'];

async function network(options: EmulatorOptions = { users: 6 }) {
  const emulator = await place.emulate(options);
  const problems: string[] = [];
  const onProblem = ({ line, column, reason }: Problem) => problems.push(`${line} ${column}: ${reason}`);
  const given = (content: string, more: Partial<UpdateOptions>) => ({
    ...{ rate: 5000, ...serviceOf(emulator), format: 'csv' as const, onProblem },
    ...{ input: Readable.from([Buffer.from(content)]), folder: place.path('run'), ...more },
  });
  return {
    emulator,
    problems,
    given,
    update: (content: string, more: Partial<UpdateOptions>) => updateUsers(given(content, more)).summary,
    /** The refusal of an update, of which nothing was sent. */
    refusal: async (content: string, more: Partial<UpdateOptions>) => {
      const error = await updateUsers(given(content, more)).summary.catch((cause: unknown) => cause);
      expect(emulator.counts.UpdateUser ?? 0).toBe(0);
      return error as WickrBulkError;
    },
    again: { ...reachOf(emulator), rate: 5000, onProblem },
    names: () => [...emulator.users.values()].map(({ username = '' }) => username),
  };
}

const ids = (count: number) =>
  `userId\n${Array.from({ length: count }, (_, index) => `${10_000_001 + index}\n`).join('')}`;
const moved = (names: readonly string[]) =>
  names.map((name) => name.replace(/@example\.com$/, '@new.example'));
const modeOf = async (path: string) => (await stat(place.path(path))).mode & 0o777;

describe('a domain migration of a file of user IDs', () => {
  it('is planned, applied and undone; run twice it changes nobody', async () => {
    const { emulator, names, given, again, update } = await network();
    const former = names();
    const rules: (readonly string[])[] = [];
    const { folder: _, ...planning } = given(ids(6), { replace, onRules: (told) => rules.push(told) });
    const plan = planUpdate({ ...planning, planFile: place.path('plan.jsonl') });
    const fields = [];
    for await (const change of plan) fields.push(change.fields);
    expect(fields).toEqual(
      former.map((before) => ({ username: { before, after: before.replace('example.com', 'new.example') } })),
    );
    expect([rules, emulator.counts.UpdateUser]).toEqual([
      [['replace username: /@example\\.com$/@new.example/']],
      0,
    ]);
    await applyPlan(place.path('plan.jsonl'), { ...again, folder: place.path('applied') }).summary;
    expect(names()).toEqual(moved(former));
    const twice = await update(ids(6), { replace });
    expect(twice.statuses).toMatchObject({ unchanged: 6, updated: 0 });
    await undoRun(place.path('applied'), { ...again, folder: place.path('undone') }).summary;
    expect(names()).toEqual(former);
  });

  it('of an update is undone as well, though nobody has asked to keep what users were', async () => {
    const { names, update, again } = await network();
    const former = names();
    expect((await update(ids(6), { replace })).statuses.updated).toBe(6);
    expect(names()).toEqual(moved(former));
    await undoRun(place.path('run'), { ...again, folder: place.path('undone') }).summary;
    expect(names()).toEqual(former);
  });

  it('is reconciled by username, beside what the file says itself', async () => {
    const { emulator, names, given } = await network();
    const former = names();
    const content = `lookupUsername,username,lastName\n${former[0]},,Vale\n${former[1]},x@example.com,\n`;
    await reconcileUsers(given(content, { replace })).summary;
    expect(names().slice(0, 2)).toEqual([moved(former)[0], 'x@new.example']);
    expect(emulator.users.get('10000001')?.lastName).toBe('Vale');
  });

  it('that gives two users one username, or one that somebody else has, is refused', async () => {
    const { names, refusal, problems } = await network();
    const same = await refusal(ids(2), { replace: ['username=/^.*@/x@/'] });
    expect(same).toBeInstanceOf(InvalidInputError);
    expect(problems[0]).toMatch(/^[23] username: /);
    problems.length = 0;
    await refusal(ids(1), { replace: [`username=/^.*$/${names()[5]}/`], folder: place.path('other') });
    expect(problems).toEqual([expect.stringMatching(/^2 username: is in use/)]);
    expect(problems.join()).not.toContain(names()[5]);
  });

  it('that would change its own result is refused', async () => {
    const { refusal, problems } = await network();
    await refusal(ids(1), { replace: ['firstName=/^/Dr. /'] });
    expect(problems).toEqual([
      expect.stringContaining('2 firstName: would be changed again by the same `replace`'),
    ]);
  });
});

const staff = (departments: readonly string[]) =>
  `userId,Department,Given,Family\n${departments
    .map((name, index) => `${10_000_001 + index},${name},Jürgen,Groß-${'abcdef'[index]}\n`)
    .join('')}`;
const compose = ['username={Given|german|ascii|initial|lower}.{Family|german|letters|lower}@example.com'];
const hr = async (table: string): Promise<Partial<UpdateOptions>> => ({
  map: ['Department=securityGroupNames', 'Given=ignore', 'Family=ignore'],
  translate: [`securityGroupNames=${await place.write('groups.csv', table)}`],
});

describe('departments to security groups', () => {
  it('with a login made of names, the failed rows run again without the table', async () => {
    const faults = [{ kind: 'refused', userId: '10000002' }] as const;
    const { emulator, update, again } = await network({ users: 3, faults });
    const options = await hr('Department,securityGroupNames\nSales,Sales\nR&D,Engineering\n*,Support\n');
    const first = await update(staff(['sales', 'R&D', 'Cleaning']), { ...options, compose });
    expect(first.statuses).toMatchObject({ updated: 2, failed: 1 });
    await rm(place.path('groups.csv'));
    emulator.setFaults([]);
    await retryRun(place.path('run'), { ...again, folder: place.path('again') }).summary;
    const groups = new Map([...emulator.groups.values()].map(({ id, name }) => [id, name]));
    const now = [...emulator.users.values()];
    expect(now.map(({ username, securityGroupIds: [id = ''] = [] }) => [username, groups.get(id)])).toEqual([
      ['j.grossa@example.com', 'Sales'],
      ['j.grossb@example.com', 'Engineering'],
      ['j.grossc@example.com', 'Support'],
    ]);
  });

  it('the rules are kept for their owner alone, run.json has their hash, and others are refused', async () => {
    const faults = [{ kind: 'refused', userId: '10000001' }] as const;
    const { update, again } = await network({ users: 1, faults });
    await update(staff(['Sales']), { ...(await hr('Sales,Engineering\n')), compose, replace });
    const record = await place.read('run/run.json');
    expect(record).not.toMatch(/Engineering|Given\||new\.example/);
    expect(JSON.parse(record)).toMatchObject({ rulesSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const kept = await place.read('run/rules.json');
    expect(JSON.parse(kept)).toEqual({
      translate: [{ field: 'securityGroupNames', name: 'groups.csv', entries: [['Sales', 'Engineering']] }],
      ...{ compose, replace },
    });
    expect(await modeOf('run/rules.json')).toBe(0o600);
    await place.write('run/rules.json', kept.replace('Engineering', 'Support'));
    const altered = retryRun(place.path('run'), { ...again, folder: place.path('again') }).summary;
    await expect(altered).rejects.toThrow(RunFolderError);
    await expect(altered).rejects.toThrow('rules.json is missing or is not as the run wrote it');
  });

  it('a program gives a table in the place of a file', async () => {
    const { emulator, update } = await network({ users: 1 });
    const translate = [{ field: 'firstName', entries: [['A', 'Ana'] as const] }];
    await update('userId,firstName\n10000001,a\n', { translate });
    expect(emulator.users.get('10000001')?.firstName).toBe('Ana');
  });

  it('valid rows are sent without the others, whose values are in the run’s folder', async () => {
    const { update } = await network();
    const options = { ...(await hr('Sales,Sales\n')), skipInvalid: true };
    const { statuses } = await update(staff(['Salse', 'Sales']), options);
    expect(statuses).toMatchObject({ updated: 1, invalid: 1 });
    expect(await place.read('run/untranslated.csv')).toBe(
      'field,value,rows,firstLine\nsecurityGroupNames,Salse,1,2\n',
    );
    expect(await modeOf('run/untranslated.csv')).toBe(0o600);
  });

  it('of standard input that is refused for them, they alone stay; where there is no run, a file has to be named', async () => {
    const { refusal, given } = await network();
    const options = await hr('Sales,Sales\n');
    const refused = await refusal(staff(['Salse']), options);
    expect(refused.hint).toContain(
      `the one without a translation is in ${place.path('run/untranslated.csv')}.`,
    );
    expect(await readdir(place.path('run'))).toEqual(['untranslated.csv']);
    const { input, format, networkId, onProblem } = given(staff(['Salse']), {});
    const checked = validateInput({ input, format, networkId, onProblem, ...options } as never);
    await expect(checked).rejects.toMatchObject({
      hint: expect.stringContaining('`untranslatedFile` names'),
    });
  });

  it.each([
    [
      'a group that is none',
      'Sales,Slaes\n',
      'hint',
      'The values of securityGroupNames come from groups.csv',
    ],
    [
      'a value twice',
      'Sales,Sales\nsales,EMEA\n',
      'message',
      'groups.csv: line 2: cell 1: the same value comes twice',
    ],
    ['a cell too few', 'Sales,Sales\nIT\n', 'message', 'groups.csv: line 2: it has 1 cell, not two'],
  ] as const)('a table with %s sends nothing and says so', async (_, table, where, text) => {
    const { refusal } = await network();
    const error = await refusal(staff(['Sales', 'Sales']), await hr(table));
    expect(error.code).toMatch(/^INPUT_/);
    expect(error[where]).toContain(text);
    expect(`${error.message} ${error.hint}`).not.toContain('Slaes');
  });

  it('a blank part of a login is an error with its line, and two people of one name are found', async () => {
    const { refusal, problems } = await network();
    const names = 'userId,Given,Family\n10000001,Ana,Lee\n10000002,,Lee\n10000003,Aña,LEE\n';
    const login = { compose: ['username={Given|ascii|lower}.{Family|lower}@example.com'] };
    await refusal(names, login);
    expect(problems).toEqual(['3 username: cannot be composed: the column "Given" is blank']);
    problems.length = 0;
    await refusal(names, { ...login, where: ['Given!='], folder: place.path('other') });
    expect(problems.map((problem) => problem.slice(0, 43))).toEqual([
      '2 username: is wanted on line 4 too, and on',
      '4 username: is wanted on line 2 too, and on',
    ]);
  });
});
