/** What was read of the network is what rows are judged by, before anything is sent, whichever job has read it. */
import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../../src/emulator/server.js';
import {
  InvalidInputError,
  type Problem,
  planUpdate,
  updateUsers,
  validateInput,
} from '../../../src/index.js';
import { serviceOf, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const groups = [
  { id: 'grp-sales', name: 'Sales' },
  { id: 'grp-eng', name: 'R;D' },
  { id: 'grp-ops', name: 'Ops' },
];
const emulate = (options: EmulatorOptions = {}) => place.emulate({ users: 3, groups, ...options });

const jobs: Record<
  string,
  (emulator: Emulator, input: string, onProblem: (problem: Problem) => void) => Promise<unknown>
> = {
  validate: (emulator, input, onProblem) =>
    validateInput({ ...serviceOf(emulator), input, onProblem, network: true, rate: 5000 }),
  plan: (emulator, input, onProblem) =>
    planUpdate({ ...serviceOf(emulator), input, onProblem, rate: 5000 }).summary,
  update: (emulator, input, onProblem) =>
    updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      onProblem,
      rate: 5000,
      folder: place.path(`run-${new URL(emulator.url).port}`),
    }).summary,
};

/** What a job says of a file, as `line column: reason`. */
async function said(job: string, emulator: Emulator, content: string): Promise<string[]> {
  const found: string[] = [];
  const tell = ({ line, column, reason }: Problem) => found.push(`${line} ${column}: ${reason}`);
  const input = await place.write('users.csv', content);
  const error = await jobs[job]?.(emulator, input, tell).catch((caught: unknown) => caught);
  expect((emulator.counts.UpdateUser ?? 0) > 0).toBe(job === 'update' && found.length === 0);
  if (found.length > 0) expect(error).toBeInstanceOf(InvalidInputError);
  else expect(error).not.toBeInstanceOf(Error);
  return found;
}

describe.each(Object.keys(jobs))('%s', (job) => {
  it.each([
    [
      'securityGroupIds',
      'Sales',
      /^the group is the name of a group, whose ID is grp-sales: names belong into securityGroupNames, `map` "securityGroupIds=securityGroupNames"/,
    ],
    ['securityGroupIds', 'grp-sales;Ops', /^group 2 of 2 is the name of a group, whose ID is grp-ops/],
    [
      'securityGroupIds',
      '"grp-eng,grp-sales"',
      /^the group is a list with "," between: groups are parted by ;$/,
    ],
    ['securityGroupIds', 'grp-eng|grp-sales', /^the group is a list with "\|" between/],
    ['securityGroupIds', 'grp-sale', /^the group is no group of the network; did you mean grp-sales\?$/],
    ['securityGroupIds', 'nope', /^the group is no group of the network$/],
    ['securityGroupNames', '"Sales, Ops"', /^the group is a list with "," between: groups are parted by ;$/],
    ['securityGroupNames', 'Sales|R\\;D', /^the group is a list with "\|" between/],
    ['securityGroupNames', 'Sale', /^the group is unknown to the network; did you mean "Sales"\?$/],
  ])('refuses %s %s', async (column, cell, reason) => {
    const emulator = await emulate();
    const found = await said(job, emulator, `userId,${column}\n10000001,grp-ops\n10000002,${cell}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^3 ${column}: `));
    expect(found[0]?.replace(/^\S+ \S+ /, '')).toMatch(reason);
  });

  it('refuses it also of a user who is looked up', async () => {
    const emulator = await emulate();
    const { username } = emulator.users.get('10000002') ?? {};
    const found = await said(job, emulator, `lookupUsername,securityGroupIds\n${username},Sales\n`);
    expect(found.join()).toMatch(/^2 securityGroupIds: the group is the name of a group/);
  });

  it('takes groups by ID, and names with a ; in them', async () => {
    expect(
      await said(job, await emulate(), 'userId,securityGroupIds\n10000001,grp-ops\n10000002,grp-eng\n'),
    ).toEqual([]);
    expect(await said(job, await emulate(), 'userId,securityGroupNames\n10000001,R\\;D\n')).toEqual([]);
  });

  it('takes groups by ID also if the caller may not see them', async () => {
    const emulator = await emulate({ faults: [{ kind: '403', operation: 'ListSecurityGroups' }] });
    expect(await said(job, emulator, 'userId,securityGroupIds\n10000001,grp-ops\n')).toEqual([]);
  });

  it.each(['user1@example.com\u200b', 'mailto:user1@example.com'])(
    'says what is odd about a username that nobody has: %j',
    async (username) => {
      const found = await said(job, await emulate(), `lookupUsername,firstName\n${username},New\n`);
      expect(found.join()).toMatch(
        /^2 lookupUsername: is no username in the network: it (has a character that is not seen, U\+200B \(zero-width space\) at character 18|begins with "mailto:")/,
      );
      expect(found.join()).not.toContain('gone');
    },
  );
});

it.each(Object.keys(jobs))(
  '%s refuses a user ID that is nobody’s beside rows that name their users',
  async (job) => {
    const emulator = await emulate();
    const { username } = emulator.users.get('10000002') ?? {};
    const rows = `10000001,,New\n,${username},New\n99,,New\n`;
    const found = await said(job, emulator, `userId,lookupUsername,firstName\n${rows}`);
    expect(found.join()).toMatch(/^4 userId: is no user of the network/);
  },
);

it('validate refuses a user ID that is nobody’s also if users may have several rows', async () => {
  const emulator = await emulate();
  const input = await place.write('users.csv', 'userId,firstName\n10000001,A\n10000001,B\n99,New\n');
  const options = {
    ...serviceOf(emulator),
    input,
    network: true,
    rate: 5000,
    allowDuplicates: true,
  } as const;
  await expect(validateInput(options)).rejects.toMatchObject({ invalid: 1, code: 'INPUT_INVALID' });
});

it.each(Object.keys(jobs))('%s says that a username stands where user IDs belong', async (job) => {
  const emulator = await emulate();
  const { username } = emulator.users.get('10000002') ?? {};
  const found = await said(job, emulator, `userId,firstName\n10000001,New\n${username},New\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^3 userId: .*lookupUsername/);
  expect(found[0]).not.toContain(username);
});

it.each(['validate', 'plan'])('%s refuses a user ID that is nobody’s', async (job) => {
  const found = await said(job, await emulate(), 'userId,firstName\n10000001,New\n99,New\n');
  expect(found.join()).toMatch(/^3 userId: is no user of the network/);
});
