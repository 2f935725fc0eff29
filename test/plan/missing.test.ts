/** Rows whose users are not in the network, and users whom no row names. */
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/model.js';
import { MISSING } from '../../src/plan/lookup/lookup-requests.js';
import type { PlanOptions } from '../../src/plan/make-plan.js';
import { Ledger, member } from './ledger.js';
import { outcomeOf, planOf, rowsOf, type Said } from './rows.js';

const users = [
  member('1', 'ann@x.org'),
  member('2', 'bob@x.org', { pending: true }),
  member('3', 'cleo@x.org', { suspended: true }),
  member('4', 'helper.bot', { bot: true }),
  member('5', 'dee@x.org'),
  member('6'),
];
const change = { firstName: 'Zoe' };
const skip = { missing: 'skip', readsAll: true } as const;
const comparing = { planned: false, partly: false };

async function planned(said: readonly Said[], options: Partial<PlanOptions> = {}, members = users) {
  const { ready, plan, lookups } = await planOf(rowsOf(said), new Ledger(members), options);
  const missing = ready.flatMap((row) => ('missing' in row ? [row.row] : []));
  return { found: ready.map(outcomeOf), missing, plan, lookups };
}

describe.each([
  ['read', {}],
  ['compared', { comparing }],
])('a row whose user is not there, of users that are %s', (_, how) => {
  const absent: Said[] = [
    { userId: '1', ...change },
    { userId: '99', ...change },
    { lookup: 'gone@x.org', ...change },
    { userId: '98', lookup: 'away@x.org', ...change },
    { userId: '97', username: 'new@x.org' },
    { userId: '96', ...change, groups: ['None'] },
  ];

  it('is left out, whatever else is wrong with it', async () => {
    const { found, missing, plan, lookups } = await planned(absent, { ...skip, ...how });
    expect(found).toEqual(['user 1', ...Array(5).fill('skipped')]);
    expect(missing).toEqual([2, 3, 4, 5, 6]);
    expect([plan.missing, plan.problems]).toEqual([5, 0]);
    expect(lookups).toEqual([
      { row: 3, userId: MISSING },
      { row: 4, userId: MISSING },
    ]);
  });

  it('is invalid unless the caller says so, and counted all the same', async () => {
    const { found, missing, plan } = await planned(absent, { readsAll: true, ...how });
    expect(found.slice(1)).toEqual(absent.slice(1).map(() => expect.stringMatching(/^line \d/)));
    expect([missing, plan.missing, plan.problems]).toEqual([[], 5, 5]);
  });

  it.each<[string, Said, RegExp]>([
    ['has another username', { userId: '1', lookup: 'gone@x.org', ...change }, /is no username in the net/],
    ['is another one', { userId: '1', lookup: 'dee@x.org', ...change }, /is another user's/],
    ['is suspended', { lookup: 'cleo@x.org', ...change }, /is a suspended user's/],
    ['is a bot', { lookup: 'helper.bot', ...change }, /is a bot's/],
    ['has a damaged username', { lookup: 'mailto:gone@x.org', ...change }, /it begins with "mailto:"/],
  ])('is not one whose user %s: that stays an error', async (_case, said, reason) => {
    const { found, missing, plan } = await planned([said], { ...skip, ...how });
    expect(found.join()).toMatch(reason);
    expect([missing, plan.missing]).toEqual([[], 0]);
  });

  it('is not one of a user who is excluded, or that has its outcome', async () => {
    const exclusions = { userIds: new Map([['99', 1]]), usernames: new Set(['gone@x.org']), named: [] };
    const more = { exclusions, hasEnded: (row: number) => row === 4 };
    const { missing, plan } = await planned(absent.slice(0, 4), { ...skip, ...how, ...more });
    expect([missing, plan.missing]).toEqual([[], 0]);
  });

  it('makes a row suspect that finds its user by the username that it wants', async () => {
    const said = [
      { lookup: 'old@x.org', username: 'ann@x.org' },
      { lookup: 'ann@x.org', username: 'ann2@x.org' },
    ];
    const { found } = await planned(said, { ...skip, ...how });
    expect(found).toEqual(['skipped', expect.stringContaining('is perhaps the user of line 2')]);
  });

  it('keeps no username from another row', async () => {
    const said = [
      { userId: '99', username: 'new@x.org' },
      { userId: '1', username: 'new@x.org' },
    ];
    expect((await planned(said, { ...skip, ...how })).found).toEqual(['skipped', 'user 1']);
  });

  it('and was looked up before is not looked up again', async () => {
    const known = (row: number) => (row === 1 ? MISSING : undefined);
    const said = [
      { lookup: 'ann@x.org', ...change },
      { lookup: 'dee@x.org', ...change },
    ];
    const { found, missing } = await planned(said, { ...skip, ...how, known });
    expect([found, missing]).toEqual([['skipped', 'user 5'], [1]]);
  });

  it('though it was found before, is left out as well', async () => {
    const said = [{ lookup: 'dee@x.org', ...change }];
    const { found, missing } = await planned(said, { ...skip, ...how, known: () => '77' });
    expect([found, missing]).toEqual([['skipped'], [1]]);
  });
});

describe('who is not seen', () => {
  /** A network whose first list leaves users out, as if it had shifted. */
  class Shifting extends Ledger {
    lists = 0;
    readonly #hidden: ReadonlySet<string>;
    constructor(members: typeof users, hidden: readonly string[]) {
      super(members);
      this.#hidden = new Set(hidden);
    }
    override async *users(filter = {}) {
      const isFirst = Object.keys(filter).length === 0 && this.lists++ === 0;
      for await (const page of super.users(filter))
        yield isFirst ? page.filter(({ userId }) => !this.#hidden.has(userId)) : page;
    }
  }
  const many = Array.from({ length: 300 }, (_, i) => member(String(1000 + i), `user${i}@x.org`));
  const strangers = (count: number): Said[] =>
    Array.from({ length: count }, (_, i) => ({ userId: String(5000 + i), ...change }));

  it.each([
    ['asked for singly if they are few', 99, 1],
    ['looked for in a second list if they are many', 150, 2],
  ])('is %s', async (_, count, lists) => {
    const network = new Shifting(many, ['1007']);
    const rows = rowsOf([...strangers(count), ...many.map(({ userId }) => ({ userId, ...change }))]);
    const { plan, ready } = await planOf(rows, network, skip);
    expect(network.lists).toBe(lists);
    expect(plan.missing).toBe(count);
    expect(ready.filter((row) => 'command' in row)).toHaveLength(300);
    expect(network.calls.user).toBe(lists === 1 ? count + 1 : 0);
  });

  it('in a network of which nothing was read is not taken to be away: the network has to be there', async () => {
    const nowhere = new Ledger([]);
    await planOf(rowsOf(strangers(1)), nowhere, skip);
    expect(nowhere.calls).toMatchObject({ user: 1, pages: 1 });
    nowhere.users = () => {
      throw new Error('no such network');
    };
    await expect(planOf(rowsOf(strangers(1)), nowhere, skip)).rejects.toThrow('no such network');
  });

  it('may be a user whose username is not told', async () => {
    const lookups: Said[] = [{ lookup: 'gone@x.org', ...change }];
    expect((await planned(lookups, skip)).plan.hasNameless).toBe(true);
    expect((await planned(lookups, skip, users.slice(0, 5))).plan.hasNameless).toBe(false);
  });
});

describe('users whom no row names', () => {
  const told = { unlisted: 'needed', comparing } as const;
  const unlistedIn = async (rows: readonly Row[], options: Partial<PlanOptions> = {}) => {
    const { plan } = await planOf(rows, new Ledger(users), { ...told, ...options });
    return plan.unlisted && [[...plan.unlisted].map(({ userId }) => userId), plan.unlisted.users];
  };

  it('are those of no row by ID, or by username in any case; without bots and who is suspended', async () => {
    const rows = rowsOf([
      { userId: '1', ...change },
      { lookup: 'BOB@x.org', ...change },
    ]);
    for (const includes of [false, true]) {
      const options = { includeBots: includes, includeSuspended: includes };
      expect(await unlistedIn(rows, options)).toEqual([['5', '6'], 4]);
    }
  });

  it('are not those of rows that are left out or invalid, nor those of the list of excluded users', async () => {
    const place = { line: 2, start: 0, end: 9 };
    const rows: Row[] = [
      { ...place, row: 1, skipped: 'filtered', userId: '1' },
      { ...place, row: 2, skipped: 'filtered', userId: '', lookupUsername: 'bob@x.org' },
      { ...place, row: 3, problems: [], userId: '', lookupUsername: 'Dee@x.org' },
    ];
    expect(await unlistedIn(rows)).toEqual([['6'], 4]);
    const exclusions = { userIds: new Map([['6', 1]]), usernames: new Set(['ann@x.org']), named: [] };
    expect(await unlistedIn(rows.slice(1), { exclusions })).toEqual([[], 2]);
  });

  it('are told only if all were listed, and if they are asked for', async () => {
    const rows = rowsOf([{ userId: '1', ...change }]);
    expect(await unlistedIn(rows, { unlisted: 'if-listed' })).toBeUndefined();
    expect(await unlistedIn(rows, { unlisted: undefined })).toBeUndefined();
  });

  it('count once, also if all are listed twice', async () => {
    const many = Array.from({ length: 150 }, (_, i) => ({ userId: String(5000 + i), ...change }));
    const { plan } = await planOf(rowsOf(many), new Ledger(users), { ...skip, ...told });
    expect([plan.unlisted?.count, plan.unlisted?.users]).toEqual([4, 4]);
  });
});
