import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/server.js';
import { call, emulate, getUser, listUsers, USER, update } from './call.js';

const users = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    userId: String(10_000_001 + i),
    username: `user${i + 1}@example.com`,
    firstName: 'First',
    securityGroupIds: ['BCTY8Qhe'],
  }));

/** The IDs of all pages of a list, in the order in which they come. */
async function readList(emulator: Emulator, size = '5'): Promise<string[]> {
  const ids: string[] = [];
  let query: Record<string, string> = { maxResults: size };
  for (;;) {
    const page = (await listUsers(emulator, query)).json();
    ids.push(...page.users.map(({ userId }: { userId: string }) => userId));
    if (page.nextToken === undefined) return ids;
    query = { maxResults: size, nextToken: page.nextToken };
  }
}

describe('reads that lag', () => {
  /** A clock that the test moves. */
  async function start(options: EmulatorOptions = {}) {
    const clock = { ms: 1_800_000_000_000 };
    const emulator = await emulate({ users: users(5), readLag: 2000, now: () => clock.ms, ...options });
    const at = () => ({ at: clock.ms });
    const firstName = async () => (await getUser(emulator, USER, at())).json().firstName;
    return { clock, emulator, at, firstName };
  }

  it('show a change at once or later, but no later than the lag', async () => {
    const { clock, emulator, at, firstName } = await start();
    await update(emulator, { firstName: 'New' }, USER, at());
    clock.ms += 1000;
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) seen.add(await firstName());
    expect(seen).toEqual(new Set(['First', 'New']));
    clock.ms += 1000;
    for (let i = 0; i < 40; i++) expect(await firstName()).toBe('New');
  });

  it('are drawn from the seed', async () => {
    const draw = async (seed: number) => {
      const { clock, emulator, at, firstName } = await start({ seed });
      await update(emulator, { firstName: 'New' }, USER, at());
      clock.ms += 1000;
      const seen: string[] = [];
      for (let i = 0; i < 20; i++) seen.push(await firstName());
      return seen;
    };
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(4)).not.toEqual(await draw(3));
  });

  it('show lists, with users who were deleted or added since, in their order', async () => {
    const { clock, emulator, at } = await start({ readLag: 1e9 });
    const list = async () => {
      const path = `/networks/${emulator.networkId}/users`;
      const page = (await call(emulator, { path, query: { sortDirection: 'ASC' }, ...at() })).json();
      return page.users.map(({ userId }: { userId: string }) => userId).join();
    };
    clock.ms += 10;
    emulator.remove('10000002');
    emulator.add({ userId: '10000099' });
    expect(await list()).toBe('10000001,10000002,10000003,10000004,10000005');
  });
});

describe('a list that shifts while it is read', () => {
  it('skips a user if an earlier one is deleted', async () => {
    const emulator = await emulate({ users: users(12), shifts: [{ kind: 'remove', page: 1 }] });
    const ids = await readList(emulator);
    expect(emulator.users.size).toBe(11);
    const skipped = [...emulator.users.keys()].filter((id) => !ids.includes(id));
    expect(skipped).toHaveLength(1);
  });

  it('loses the user who is named', async () => {
    const emulator = await emulate({ users: users(12), shifts: [{ kind: 'remove', page: 2, userId: USER }] });
    await readList(emulator);
    expect(emulator.users.has(USER)).toBe(false);
    expect(emulator.users.size).toBe(11);
  });

  it('renames, and spares whom it has to spare', async () => {
    const all = users(12).map(({ userId }) => userId);
    const spare = all.filter((id) => id !== '10000012');
    const emulator = await emulate({ users: users(12), shifts: [{ kind: 'rename', share: 1, spare }] });
    await readList(emulator);
    const renamed = [...emulator.users.values()].filter(({ username }) => username?.startsWith('renamed.'));
    expect(renamed.map(({ userId }) => userId)).toEqual(['10000012']);
  });

  it('depends on the seed alone', async () => {
    const left = async (seed: number) => {
      const emulator = await emulate({ users: users(60), seed, shifts: [{ kind: 'remove', share: 0.5 }] });
      await readList(emulator);
      return [...emulator.users.keys()];
    };
    expect(await left(7)).toEqual(await left(7));
    expect(await left(8)).not.toEqual(await left(7));
  });

  it.each([{ kind: 'remove' }, { kind: 'remove', page: 0 }, { kind: 'remove', share: 2 }] as const)(
    '%j makes no sense',
    async (shift) => {
      await expect(emulate({ shifts: [shift] })).rejects.toThrow(/shift/);
    },
  );
});

describe('members that are hidden', () => {
  const groups = (emulator: Emulator) =>
    call(emulator, { path: `/networks/${emulator.networkId}/security-groups` });

  it('are in no answer, by whichever name', async () => {
    const emulator = await emulate({ users: users(2), hidden: [{ field: 'securityGroupIds' }] });
    expect((await getUser(emulator)).json()).not.toHaveProperty('securityGroupIds');
    const [listed] = (await listUsers(emulator)).json().users;
    expect(listed).not.toHaveProperty('securityGroups');
    expect(listed).toHaveProperty('username');
    expect((await groups(emulator)).json().securityGroups).toHaveLength(5);
    expect((await update(emulator, { firstName: 'New' })).json()).toHaveProperty('securityGroupIds');
  });

  it('can be those of one operation, one user, or a share of the users', async () => {
    const emulator = await emulate({
      users: users(20),
      hidden: [
        { field: 'activeMembers', operation: 'ListSecurityGroups' },
        { field: 'username', userId: USER },
        { field: 'firstName', share: 0.5 },
      ],
    });
    expect((await groups(emulator)).json().securityGroups[0]).not.toHaveProperty('activeMembers');
    const list = (await listUsers(emulator, { maxResults: '100' })).json().users as Record<string, unknown>[];
    expect(list.filter(({ username }) => username === undefined)).toMatchObject([{ userId: USER }]);
    const nameless = list.filter(({ firstName }) => firstName === undefined).length;
    expect(nameless).toBeGreaterThan(2);
    expect(nameless).toBeLessThan(18);
  });

  it('a share above 1 makes no sense', async () => {
    await expect(emulate({ hidden: [{ field: 'username', share: 2 }] })).rejects.toThrow(/hidden field/);
  });
});

it('a user can be left out of the list, and is there if asked for', async () => {
  const emulator = await emulate({ users: users(12), unlisted: [USER] });
  expect(await readList(emulator)).not.toContain(USER);
  expect((await getUser(emulator)).status).toBe(200);
  const filtered = (await listUsers(emulator, { username: 'user1@example.com' })).json().users;
  expect(filtered).toMatchObject([{ userId: USER }]);
});

describe('users who come and go', () => {
  it('the ID and the username of a deleted user can be those of a new one', async () => {
    const emulator = await emulate({ users: users(3) });
    emulator.remove(USER);
    expect((await getUser(emulator)).status).toBe(404);
    expect((await update(emulator, { firstName: 'New' })).status).toBe(404);
    emulator.add({ userId: USER, username: 'user1@example.com', firstName: 'Other' });
    expect((await getUser(emulator)).json()).toMatchObject({ firstName: 'Other' });
  });

  it('nobody can have the ID or the username of somebody who is there', async () => {
    const emulator = await emulate({ users: users(3) });
    expect(() => emulator.add({ userId: USER })).toThrow(/user 10000001/);
    expect(() => emulator.add({ userId: '1', username: 'USER2@example.com' })).toThrow(/user 1 /);
    expect(() => emulator.remove('1')).toThrow(/no user 1/);
  });
});
