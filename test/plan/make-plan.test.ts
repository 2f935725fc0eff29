import { describe, expect, it } from 'vitest';
import type { Member } from '../../src/model.js';
import type { UserFilter } from '../../src/plan/lookup/network-reads.js';
import type { PlanOptions } from '../../src/plan/make-plan.js';
import { Ledger, type LedgerOptions, member } from './ledger.js';
import { outcomeOf, planOf, rowsOf, type Said } from './rows.js';

const users = [
  member('1', 'ann@x.org'),
  member('2', 'Bob@x.org', { pending: true }),
  member('3', 'cleo@x.org', { suspended: true }),
  member('4', 'helper.bot', { bot: true }),
  member('5', 'Dee@x.org'),
  member('6', 'dee@x.org'),
  member('7', 'andr\u00e9@x.org'),
];

async function outcomes(
  said: readonly Said[],
  options: Partial<PlanOptions> = {},
  ledger: LedgerOptions = {},
) {
  const { ready, plan } = await planOf(rowsOf(said), new Ledger(users, ledger), options);
  const found = ready.map(outcomeOf);
  expect(plan.problems).toBe(found.filter((outcome) => outcome.startsWith('line')).length);
  for (const outcome of found) expect(outcome).not.toMatch(/@x\.org|helper/);
  return found;
}

const change = { firstName: 'Zoe' };

describe('what costs nothing', () => {
  it('rows that name neither users nor groups nor usernames come back as they are, without a read', async () => {
    const ledger = new Ledger(users);
    const rows = rowsOf([
      { userId: '1', ...change },
      { userId: '99', ...change },
    ]);
    const { ready, plan } = await planOf(rows, ledger);
    expect(ready[0]).toBe(rows[0]);
    expect([ledger.requests, plan.requests]).toEqual([0, 0]);
  });

  it('usernames are sent unread if renames are not checked', async () => {
    const ledger = new Ledger(users);
    const rows = rowsOf([{ userId: '1', username: 'Bob@x.org' }]);
    const { ready } = await planOf(rows, ledger, { checkRenames: false });
    expect(ready[0]).toBe(rows[0]);
    expect(ledger.requests).toBe(0);
  });
});

describe.each(['exact', 'case', 'substring', 'nothing'] as const)(
  'lookups, the filter matching by %s',
  (filter) => {
    it.each([true, false])('find exactly, else without case (count: %s)', async (counts) => {
      const said = [
        'ann@x.org',
        'BOB@x.org',
        'dee@x.org',
        'Dee@x.org',
        'andre\u0301@X.org',
        'DEE@x.org',
        'gone@x.org',
      ];
      expect(
        await outcomes(
          said.map((lookup) => ({ lookup, ...change })),
          {},
          { filter, counts },
        ),
      ).toEqual([
        'user 1',
        'user 2',
        'user 6',
        'user 5',
        'user 7',
        expect.stringMatching(/^line 7, lookupUsername: fits several users/),
        expect.stringMatching(/^line 8, lookupUsername: is no username in the network/),
      ]);
    });

    it('bots and suspended users have to be asked for', async () => {
      const said = [
        { lookup: 'cleo@x.org', ...change },
        { lookup: 'helper.bot', ...change },
      ];
      expect(await outcomes(said, {}, { filter })).toEqual([
        expect.stringMatching(/^line 2, lookupUsername: .*`includeSuspended`$/),
        expect.stringMatching(/^line 3, lookupUsername: .*`includeBots`$/),
      ]);
      const all = { includeBots: true, includeSuspended: true };
      expect(await outcomes(said, all, { filter })).toEqual(['user 3', 'user 4']);
    });
  },
);

describe('rows of the same user', () => {
  it('by two names, and by name and ID, name each other', async () => {
    const said = [
      { lookup: 'ann@x.org', ...change },
      { userId: '2', ...change },
      { lookup: 'ANN@x.org', ...change },
      { lookup: 'bob@x.org', ...change },
      { userId: '5', ...change },
    ];
    expect(await outcomes(said)).toEqual([
      'line 2, lookupUsername: is the same user as on line 4',
      'line 3, userId: is the same user as on line 5',
      'line 4, lookupUsername: is the same user as on line 2',
      'line 5, lookupUsername: is the same user as on line 3',
      'user 5',
    ]);
    expect(await outcomes(said, { allowDuplicates: true })).toEqual([
      'user 1',
      'user 2',
      'user 1',
      'user 2',
      'user 5',
    ]);
  });

  it('a user ID and a username of two users do not fit', async () => {
    const said = [
      { userId: '1', lookup: 'ann@x.org', ...change },
      { userId: '5', lookup: 'bob@x.org', ...change },
    ];
    expect(await outcomes(said)).toEqual([
      'user 1',
      expect.stringMatching(/^line 3, lookupUsername: is another user's/),
    ]);
  });
});

describe('groups by name', () => {
  const groups = [
    { id: 'g1', name: 'Sales', members: 0 },
    { id: 'g2', name: 'EMEA', members: 0 },
  ];

  it('become IDs, with one read whatever the number of rows', async () => {
    const ledger = new Ledger(users, { groups });
    const rows = rowsOf([
      { userId: '1', groups: ['emea'] },
      { lookup: 'bob@x.org', groups: ['Sales', 'EMEA'], ...change },
    ]);
    const { ready } = await planOf(rows, ledger);
    expect(ready).toMatchObject([
      { row: 1, line: 2, start: 100, command: { userId: '1', details: { securityGroupIds: ['g2'] } } },
      { command: { userId: '2', details: { firstName: 'Zoe', securityGroupIds: ['g1', 'g2'] } } },
    ]);
    expect(ledger.calls.groups).toBe(1);
  });

  it('unknown ones make their rows invalid, and no rename counts on such a row', async () => {
    const said = [
      { userId: '5', groups: ['Sale'] },
      { userId: '1', groups: ['Sale'], username: 'new@x.org' },
      { userId: '7', username: 'ann@x.org' },
      { userId: '6', groups: ['Sales'] },
    ];
    expect(await outcomes(said, {}, { groups })).toEqual([
      'line 2, securityGroupNames: the group is unknown to the network; did you mean "Sales"?',
      'line 3, securityGroupNames: the group is unknown to the network; did you mean "Sales"?',
      expect.stringMatching(/^line 4, username: is in use by the user of line 3/),
      'user 6',
    ]);
  });
});

describe('excluded users', () => {
  const excluding = (userIds: string[], usernames: string[]) => ({
    exclusions: {
      userIds: new Map(userIds.map((userId, index) => [userId, index + 1])),
      usernames: new Set(usernames),
      named: usernames.map((username, index) => ({ username, line: index + 1 })),
    },
  });

  it('are left out by either name, whichever the row uses', async () => {
    const said = [
      { userId: '1', ...change },
      { lookup: 'BOB@x.org', ...change },
      { lookup: 'dee@x.org', ...change },
      { userId: '7', ...change },
      { userId: '5', ...change },
    ];
    const options = excluding(['6', '7'], ['ann@x.org', 'bob@x.org', 'left@x.org']);
    expect(await outcomes(said, options)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'user 5']);
  });

  it('keep their usernames', async () => {
    const said = [
      { userId: '1', username: 'new@x.org' },
      { userId: '7', username: 'ann@x.org' },
    ];
    expect(await outcomes(said, excluding(['1'], []))).toEqual([
      'skipped',
      expect.stringMatching(/^line 3, username: is in use by another user, who keeps it/),
    ]);
  });
});

describe('renames', () => {
  it.each(['exact', 'substring', 'nothing'] as const)(
    'wait for one another, by ID and by name (%s)',
    async (filter) => {
      const rows = rowsOf([
        { userId: '1', username: 'Bob@x.org' },
        { lookup: 'bob@x.org', username: 'free@x.org' },
        { userId: '5', username: 'Dee@x.org' },
      ]);
      const { ready } = await planOf(rows, new Ledger(users, { filter }));
      expect(ready.map((row) => 'command' in row && row.turn)).toEqual([
        { after: [2] },
        { after: [] },
        undefined,
      ]);
    },
  );

  it.each([true, false])(
    'a temporary name is free in the whole network (all users listed: %s)',
    async (listedAll) => {
      const taken = [...users.slice(0, 2), member('8', 'ann.TMP1@x.org', { pending: true })];
      const others = Array.from({ length: listedAll ? 0 : 900 }, (_, index) =>
        member(`${100 + index}`, `u${index}`),
      );
      const ledger = new Ledger([...taken, ...others], { filter: 'case' });
      const rows = rowsOf([
        { userId: '1', username: 'bob@x.org' },
        { userId: '2', username: 'ann@x.org' },
      ]);
      const { ready, plan } = await planOf(rows, ledger, { allowTemporaryNames: true });
      expect(ready[0]).toMatchObject({ turn: { after: [2], via: 'ann.tmp12@x.org' } });
      expect(plan.listedAll).toBe(listedAll);
    },
  );

  it('a row that may not mean its user is no rename of that user', async () => {
    const said = [
      { lookup: 'helper.bot', username: 'x' },
      { userId: '4', username: 'y' },
    ];
    expect(await outcomes(said)).toEqual([expect.stringMatching(/`includeBots`/), 'user 4']);
  });

  it('of nobody is none', async () => {
    expect(await outcomes([{ userId: '99', username: 'new@x.org' }])).toEqual([
      expect.stringMatching(/^line 2, userId: is no user of the network/),
    ]);
  });

  it('of a user whose username the service does not tell free nothing', async () => {
    const ledger = new Ledger([member('1'), member('2', 'b')]);
    const rows = rowsOf([
      { userId: '1', username: 'x' },
      { userId: '2', username: 'y' },
    ]);
    const { ready } = await planOf(rows, ledger);
    expect(ready.map(outcomeOf)).toEqual(['user 1', 'user 2']);
  });
});

describe('a file that is run a second time', () => {
  // After a → b, b → c, c → d.
  const later = new Ledger([member('1', 'b'), member('2', 'c'), member('3', 'd'), member('9', 'z')]);

  it('does not rename the next user, at any distance', async () => {
    const said = [
      { lookup: 'c', username: 'd' },
      { lookup: 'a', username: 'B' },
      { lookup: 'b', username: 'c' },
      { lookup: 'z', username: 'zz' },
    ];
    const { ready, lookups } = await planOf(rowsOf(said), later);
    expect(ready.map(outcomeOf)).toEqual([
      expect.stringMatching(/^line 2, lookupUsername: is perhaps the user of line 4, already renamed/),
      expect.stringMatching(/^line 3, lookupUsername: is no username/),
      expect.stringMatching(/^line 4, lookupUsername: is perhaps the user of line 3, already renamed/),
      'user 9',
    ]);
    expect(lookups).toEqual([
      { row: 1, userId: '' },
      { row: 2, userId: '' },
      { row: 3, userId: '' },
      { row: 4, userId: '9' },
    ]);
  });

  it('nor changes anything else of the user, unless a user ID says who is meant', async () => {
    const lost = { lookup: 'a', username: 'b' };
    const outcome = async (...said: Said[]) =>
      (await planOf(rowsOf(said), later)).ready.map(outcomeOf).at(-1);
    expect(await outcome(lost, { lookup: 'B', ...change })).toMatch(/is perhaps the user of line 2/);
    expect(await outcome(lost, { lookup: 'b', userId: '1', ...change })).toBe('user 1');
    expect(await outcome({ ...lost, userId: '7' }, { lookup: 'b', ...change })).toBe('user 1');
    expect(await outcome({ ...lost, userId: '1' }, { lookup: 'b', ...change })).toMatch(
      /is perhaps the user of line 2/,
    );
  });
});

describe('a resumed run', () => {
  it('looks up nothing again that is known, and trusts no username that may have moved', async () => {
    // Row 1 has made a → b; before that, row 2's b was found to be user 2, and row 3's d to be nobody.
    const ledger = new Ledger([member('1', 'b'), member('2', 'c'), member('4', 'd')]);
    const rows = rowsOf([
      { lookup: 'a', username: 'b' },
      { lookup: 'b', ...change },
      { lookup: 'd', ...change },
    ]);
    const { ready, lookups } = await planOf(rows, ledger, {
      hasEnded: (row) => row === 1,
      known: (row) => ['1', '2', ''][row - 1],
    });
    expect(ready.map(outcomeOf)).toEqual([
      'skipped',
      'user 2',
      expect.stringMatching(/^line 4, lookupUsername: could not be used when the run started/),
    ]);
    expect(lookups.map(({ userId }) => userId)).toEqual(['1', '2', '']);
    expect(ledger.requests).toBe(0);
  });

  it('judges the rows that are left as it did at first', async () => {
    const ledger = new Ledger(users);
    const said = [
      { userId: '1', username: 'new@x.org' },
      { userId: '5', username: 'NEW@x.org' },
      { lookup: 'bob@x.org', ...change },
      { userId: '2', ...change },
    ];
    const first = await planOf(rowsOf(said), ledger);
    const known = new Map(first.lookups.map(({ row, userId }) => [row, userId]));
    for (const ended of [
      [1, 3],
      [2, 4],
    ]) {
      const { ready, plan } = await planOf(rowsOf(said), ledger, {
        hasEnded: (row) => ended.includes(row),
        known: (row) => known.get(row),
      });
      expect(plan.problems).toBe(2);
      for (const row of [1, 2, 3, 4].filter((other) => !ended.includes(other))) {
        expect(ready[row - 1]).toEqual(first.ready[row - 1]);
        expect(ready[row - 1]).toHaveProperty('problems');
      }
    }
  });

  it('reads no groups for rows that have ended', async () => {
    const ledger = new Ledger(users);
    await planOf(rowsOf([{ userId: '1', groups: ['gone'] }]), ledger, { hasEnded: () => true });
    expect(ledger.requests).toBe(0);
  });

  it('goes on from a temporary name', async () => {
    const ledger = new Ledger([member('1', 'ann.tmp1'), member('2', 'ann')]);
    const rows = rowsOf([
      { lookup: 'ann', username: 'bob' },
      { lookup: 'bob', username: 'ann' },
    ]);
    const { ready } = await planOf(rows, ledger, {
      hasEnded: (row) => row === 2,
      known: (row) => String(row),
    });
    expect(ready[0]).toMatchObject({ command: { userId: '1', details: { username: 'bob' } } });
    expect(ready[0]).not.toHaveProperty('turn');
  });
});

describe('how many requests it takes', () => {
  const crowd = Array.from({ length: 2000 }, (_, index) => member(String(index + 1), `user-${index}`));

  it('one lookup, one request', async () => {
    const ledger = new Ledger(crowd);
    await planOf(rowsOf([{ lookup: 'user-7', ...change }]), ledger);
    expect(ledger.calls).toEqual({ pages: 0, filtered: 1, user: 0, groups: 0, count: 0 });
  });

  it('a few, one each, beside the count', async () => {
    const ledger = new Ledger(crowd);
    const said = [1, 2, 3, 4].map((index) => ({ lookup: `user-${index}`, ...change }));
    const { plan } = await planOf(rowsOf(said), ledger);
    expect(ledger.calls).toEqual({ pages: 0, filtered: 4, user: 0, groups: 0, count: 1 });
    expect(plan.requests).toBe(5);
  });

  it('a username that is looked up and wanted is read once', async () => {
    const ledger = new Ledger(crowd);
    await planOf(
      rowsOf([
        { lookup: 'user-1', username: 'user-2' },
        { lookup: 'user-2', username: 'user-1' },
      ]),
      ledger,
    );
    expect(ledger.calls).toMatchObject({ pages: 0, filtered: 2, user: 0 });
  });

  it('a free username is believed once the filter has found one that is there', async () => {
    const ledger = new Ledger(crowd);
    await planOf(rowsOf([{ userId: '1', username: 'free' }]), ledger);
    expect(ledger.calls).toMatchObject({ pages: 0, filtered: 3, user: 1 });
    const blind = new Ledger(crowd, { filter: 'nothing' });
    const { plan } = await planOf(rowsOf([{ userId: '1', username: 'user-5' }]), blind);
    expect(plan.problems).toBe(1);
    expect(blind.calls.pages).toBe(21);
  });

  it('a lookup that the filter does not find is settled by one list of all users', async () => {
    const ledger = new Ledger(crowd);
    const said = ['gone', 'USER-3', 'away', 'user-4'].map((lookup) => ({ lookup, ...change }));
    const { ready, plan } = await planOf(rowsOf(said), ledger);
    expect(ready.map((row) => 'command' in row)).toEqual([false, true, false, true]);
    expect(ledger.calls.pages).toBe(21);
    expect(plan.listedAll).toBe(true);
  });

  it('a filter that narrows nothing is given up', async () => {
    const ledger = new Ledger(crowd, { filter: 'substring' });
    await planOf(rowsOf([{ lookup: 'user', ...change }]), ledger);
    // Three pages before the list, and four after it: the user whom it does not show is asked for by both statuses.
    expect(ledger.calls).toMatchObject({ pages: 21, filtered: 7 });
  });

  it('many lookups take the list of all users and one request', async () => {
    const network = Array.from({ length: 100_000 }, (_, index) => member(String(index + 1), `user-${index}`));
    const ledger = new Ledger(network);
    const said = Array.from({ length: 50_000 }, (_, index) => ({ lookup: `user-${2 * index}`, ...change }));
    const { plan } = await planOf(rowsOf(said), ledger);
    expect([plan.problems, plan.requests]).toEqual([0, ledger.requests]);
    expect(ledger.requests).toBeLessThanOrEqual(1010);
  });

  it('a read that fails fails the plan, and the others stop', async () => {
    class Broken extends Ledger {
      override users(filter: UserFilter): AsyncGenerator<readonly Member[]> {
        if (this.calls.filtered > 0) return super.users(filter);
        this.calls.filtered++;
        throw new Error('stopped');
      }
    }
    const ledger = new Broken(crowd);
    const said = Array.from({ length: 19 }, (_, index) => ({ lookup: `user-${index}`, ...change }));
    await expect(planOf(rowsOf(said), ledger)).rejects.toThrow('stopped');
    expect(ledger.calls.filtered).toBeLessThanOrEqual(8);
  });
});

describe('rows that are compared', () => {
  const comparing = { planned: false, partly: false };

  it('read each user once, and ask of no username that its user has already', async () => {
    const ledger = new Ledger(users);
    const rows = rowsOf([
      { userId: '1', username: 'ann@x.org' },
      { userId: '5', username: 'Dee@x.org', firstName: 'Zoe' },
    ]);
    const { ready, plan } = await planOf(rows, ledger, { comparing });
    expect(ready[0]).toHaveProperty('unchanged');
    expect(ready[1]).toMatchObject({ command: { details: { firstName: 'Zoe' } } });
    // Two users and their number.
    expect([ledger.requests, plan.requests]).toEqual([3, 3]);
  });

  it('notice who has a wanted username, even if nothing else of that user is to change', async () => {
    const people = [
      { ...member('1', 'ann@x.org'), firstName: 'Ann' },
      { ...member('2', 'bob@x.org'), firstName: 'Bob' },
    ];
    const rows = rowsOf([
      { userId: '1', username: 'bob@x.org' },
      { userId: '2', firstName: 'Bob' },
    ]);
    for (const others of [0, 400]) {
      const crowd = Array.from({ length: others }, (_, at) => member(`1${at}`, `other-${at}@x.org`));
      const { ready, plan } = await planOf(rows, new Ledger([...people, ...crowd]), { comparing });
      expect(plan.listedAll).toBe(others === 0);
      expect(ready.map(outcomeOf)).toEqual([
        expect.stringContaining('is in use by another user'),
        'unchanged',
      ]);
    }
  });

  it('mean nobody if the network has no such user', async () => {
    const { ready, plan } = await planOf(rowsOf([{ userId: '99', ...change }]), new Ledger(users), {
      comparing,
    });
    expect([outcomeOf(ready[0] as never), plan.problems]).toEqual([
      expect.stringContaining('is no user of the network'),
      1,
    ]);
    const planned = await planOf(rowsOf([{ userId: '99', ...change }]), new Ledger(users), {
      comparing: { ...comparing, planned: true },
    });
    expect([outcomeOf(planned.ready[0] as never), planned.plan.problems]).toEqual(['conflict', 0]);
  });
});
