import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../../src/emulator/server.js';
import { call, emulate, getUser, listUsers, update } from '../call.js';

const [EVERYONE, SALES] = ['BCTY8Qhe', 'Kd93mXvP'];
const users = [
  {
    userId: '7',
    firstName: 'Zoë',
    lastName: 'Smith',
    username: 'zoe+hr@example.com',
    securityGroupIds: [SALES],
  },
  { userId: '1', firstName: 'Anna', lastName: 'Smith', username: 'anna smith@example.com', status: 1 },
  { userId: '03', firstName: 'Bo', lastName: 'Ng', username: 'bo@example.com', securityGroupIds: [EVERYONE] },
  { userId: '9', username: 'helper.bot', securityGroupIds: [EVERYONE], type: 'bot' as const },
];
const idsOf = async (emulator: Emulator, query: Record<string, string>) =>
  (await listUsers(emulator, query)).json().users.map(({ userId }: { userId: string }) => userId);

describe('GetUser', () => {
  it('gives what is set, under its own names, and leaves out the rest', async () => {
    const emulator = await emulate({
      users: [{ ...users[0], userId: '7', isAdmin: true, lastLogin: 5 }, { userId: '1' }],
    });
    expect((await getUser(emulator, '7')).json()).toEqual({
      userId: '7',
      firstName: 'Zoë',
      lastName: 'Smith',
      username: 'zoe+hr@example.com',
      securityGroupIds: [SALES],
      isAdmin: true,
      suspended: false,
      status: 2,
      lastLogin: 5,
    });
    expect((await getUser(emulator, '1')).json()).toEqual({ userId: '1', suspended: false, status: 2 });
  });

  it.each([
    ['10000099', 404, 'ResourceNotFoundError'],
    ['abc', 422, 'ValidationError'],
    ['12345678901', 422, 'ValidationError'],
  ])('of %s is refused', async (userId, status, code) => {
    const reply = await getUser(await emulate(), userId);
    expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([status, code]);
  });
});

it('GetNetwork tells what the network is called', async () => {
  const emulator = await emulate({ users, networkName: 'Example Corp' });
  const reply = await call(emulator, { path: `/networks/${emulator.networkId}` });
  expect(reply.json()).toEqual({
    networkId: '12345678',
    networkName: 'Example Corp',
    accessLevel: 'PREMIUM',
    awsAccountId: '111122223333',
    networkArn: 'arn:aws:wickr:us-east-1:111122223333:network/12345678',
  });
  expect((await call(emulator, { path: '/networks/87654321' })).status).toBe(404);
});

describe('GetUsersCount', () => {
  const count = (emulator: Emulator, networkId = emulator.networkId) =>
    call(emulator, { path: `/networks/${networkId}/users/count` });

  it('counts by status, and is a request like any other', async () => {
    const emulator = await emulate({
      users,
      faults: [{ kind: '403', operation: 'GetUsersCount', after: 1, times: 1 }],
    });
    const answer = { pending: 1, active: 3, rejected: 0, remaining: expect.any(Number), total: 4 };
    expect((await count(emulator)).json()).toEqual(answer);
    expect((await count(emulator)).status).toBe(403);
    expect(emulator.requests).toMatchObject([
      { operation: 'GetUsersCount', status: 200 },
      { operation: 'GetUsersCount', status: 403, fault: '403' },
    ]);
    expect((await count(emulator, '87654321')).status).toBe(404);
  });
});

describe('ListUsers', () => {
  it('gives the groups as securityGroups', async () => {
    const emulator = await emulate({ users });
    expect((await listUsers(emulator, { username: 'zoe' })).json()).toEqual({
      users: [
        {
          userId: '7',
          firstName: 'Zoë',
          lastName: 'Smith',
          username: 'zoe+hr@example.com',
          securityGroups: [SALES],
          suspended: false,
          status: 2,
          isUser: true,
          type: 'user',
        },
      ],
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a part of a name, whatever its case', { firstName: 'ANN' }, ['1']],
    ['accents as they are', { firstName: 'zoË' }, ['7']],
    ['a plus that is a plus', { username: 'zoe+hr@' }, ['7']],
    ['a space that is a space', { username: 'anna smith' }, ['1']],
    ['two filters together', { lastName: 'smith', status: '2' }, ['7']],
    ['a status', { status: '1' }, ['1']],
    ['a group', { groupId: EVERYONE }, ['9', '03']],
    ['a group that is not there', { groupId: 'BCTY8Qh' }, []],
    ['an empty filter, which is none', { firstName: '', sortFields: 'username' }, ['7', '9', '03', '1']],
  ])('filters by %s', async (_name, query, ids) => {
    expect(await idsOf(await emulate({ users }), query)).toEqual(ids);
  });

  it('filters by the exact name if `filterMatch` says so', async () => {
    const emulator = await emulate({ users, filterMatch: 'exact' });
    expect(await idsOf(emulator, { firstName: 'Anna' })).toEqual(['1']);
    expect(await idsOf(emulator, { firstName: 'anna' })).toEqual([]);
    expect(await idsOf(emulator, { firstName: 'Ann' })).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['last to first by default', {}, ['9', '03', '1', '7']],
    ['by a field', { sortFields: 'username', sortDirection: 'ASC' }, ['1', '03', '9', '7']],
    ['by two', { sortFields: 'lastName+firstName', sortDirection: 'ASC' }, ['9', '03', '1', '7']],
    ['by two, downwards', { sortFields: 'lastName+firstName' }, ['7', '1', '03', '9']],
    ['by status', { sortFields: 'status+username', sortDirection: 'ASC' }, ['1', '03', '9', '7']],
    ['by group', { sortFields: 'groupId', sortDirection: 'ASC' }, ['1', '03', '9', '7']],
  ])('sorts %s', async (_name, query, ids) => {
    expect(await idsOf(await emulate({ users }), query)).toEqual(ids);
  });

  it('shows a change at once', async () => {
    const emulator = await emulate({ users });
    const query = { sortFields: 'firstName', sortDirection: 'ASC' };
    expect(await idsOf(emulator, query)).toEqual(['9', '1', '03', '7']);
    await update(emulator, { firstName: 'Aaron' }, '7');
    expect(await idsOf(emulator, query)).toEqual(['9', '7', '1', '03']);
  });

  it.each<[Record<string, string>, string]>([
    [{ maxResults: '0' }, 'maxResults'],
    [{ maxResults: '101' }, 'maxResults'],
    [{ maxResults: 'ten' }, 'maxResults'],
    [{ sortFields: 'age' }, 'sortFields'],
    [{ sortFields: 'username firstName' }, 'sortFields'],
    [{ sortDirection: 'UP' }, 'sortDirection'],
    [{ status: 'active' }, 'status'],
    [{ nextToken: 'abc' }, 'nextToken'],
    [{ nextToken: '' }, 'nextToken'],
  ])('refuses %j', async (query, field) => {
    const reply = await listUsers(await emulate({ users }), query);
    expect(reply.status).toBe(422);
    expect(reply.json().reasons).toEqual([{ field, reason: expect.any(String) }]);
  });
});

describe('paging', () => {
  /** The pages' sizes and all user IDs in order. */
  async function pages(emulator: Emulator, query: Record<string, string>) {
    const sizes: number[] = [];
    const ids: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = (await listUsers(emulator, nextToken ? { ...query, nextToken } : query)).json();
      sizes.push(page.users.length);
      ids.push(...page.users.map(({ userId }: { userId: string }) => userId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return { sizes, ids };
  }

  it('has ten to a page by default', async () => {
    expect((await pages(await emulate({ users: 25 }), {})).sizes).toEqual([10, 10, 5]);
  });

  it('comes to every user once', async () => {
    const emulator = await emulate({ users: 250 });
    const { sizes, ids } = await pages(emulator, { maxResults: '100', sortFields: 'username' });
    expect(sizes).toEqual([100, 100, 50]);
    expect([...ids].sort()).toEqual([...emulator.users.keys()]);
  });

  it('ends without a token if the last page is full', async () => {
    expect((await pages(await emulate({ users: 20 }), {})).sizes).toEqual([10, 10]);
    expect((await pages(await emulate({ users: 0 }), {})).sizes).toEqual([0]);
  });

  it('takes a token for the same list only', async () => {
    const emulator = await emulate({ users: 30 });
    const { nextToken } = (await listUsers(emulator, { status: '2', maxResults: '5' })).json();
    expect((await listUsers(emulator, { status: '2', maxResults: '7', nextToken })).status).toBe(200);
    expect((await listUsers(emulator, { status: '1', nextToken })).status).toBe(422);
    expect((await listUsers(emulator, { nextToken })).status).toBe(422);
  });

  it('loses a user who moves forward between two pages', async () => {
    const emulator = await emulate({ users: 20 });
    const query = { sortFields: 'username', sortDirection: 'ASC' };
    const first = (await listUsers(emulator, query)).json();
    const before = first.users.map(({ userId }: { userId: string }) => userId);
    const late = [...emulator.users.keys()].find((userId) => !before.includes(userId)) ?? '';
    emulator.edit(late, { username: 'aaa@example.com' });
    const second = (await listUsers(emulator, { ...query, nextToken: first.nextToken })).json();
    const after = second.users.map(({ userId }: { userId: string }) => userId);
    expect(after).not.toContain(late);
    expect(after).toContain(before[9]);
  });
});

describe('security groups', () => {
  const groupsPath = '/networks/12345678/security-groups';

  it('are listed with their members counted', async () => {
    const emulator = await emulate({ users });
    const query = { sortFields: 'name', sortDirection: 'ASC' };
    const { securityGroups } = (await call(emulator, { path: groupsPath, query })).json();
    expect(securityGroups.map(({ name }: { name: string }) => name)).toEqual([
      'EMEA',
      'Engineering',
      'Everyone',
      'Sales',
      'Support',
    ]);
    expect(securityGroups[2]).toEqual({
      id: EVERYONE,
      name: 'Everyone',
      isDefault: true,
      activeMembers: 1,
      botMembers: 1,
      modified: expect.any(Number),
      securityGroupSettings: {},
    });
    expect(securityGroups[3]).toMatchObject({ isDefault: false, activeMembers: 1, botMembers: 0 });
  });

  it('are paged and sorted by ID alike', async () => {
    const emulator = await emulate({ users });
    const query = { sortFields: 'id', maxResults: '3' };
    const first = (await call(emulator, { path: groupsPath, query })).json();
    const rest = { ...query, nextToken: first.nextToken };
    const second = (await call(emulator, { path: groupsPath, query: rest })).json();
    const ids = [...first.securityGroups, ...second.securityGroups].map(({ id }) => id);
    expect(ids).toEqual(
      emulator.groups
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    expect(second).not.toHaveProperty('nextToken');
  });

  it('give their users, paged', async () => {
    const emulator = await emulate({ users });
    const path = `${groupsPath}/${EVERYONE}/users`;
    const query = { maxResults: '1', sortFields: 'username', sortDirection: 'ASC' };
    const first = (await call(emulator, { path, query })).json();
    const second = (await call(emulator, { path, query: { ...query, nextToken: first.nextToken } })).json();
    expect([first.users[0].userId, second.users[0].userId, second.nextToken]).toEqual(['03', '9', undefined]);
  });

  it('that do not exist are not found', async () => {
    const reply = await call(await emulate({ users }), { path: `${groupsPath}/nope/users` });
    expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([404, 'ResourceNotFoundError']);
  });
});
