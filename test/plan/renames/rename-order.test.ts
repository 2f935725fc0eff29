import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/model.js';
import { orderRenames, type Rename } from '../../../src/plan/renames/rename-order.js';
import { folded } from '../../../src/text/username.js';
import { randomCases } from '../../length.js';

/** Users 1, 2, … by their usernames. */
type Users = readonly (string | undefined)[];

/** `[user, wanted]`, the first on line 2. */
const renamesOf = (users: Users, asked: readonly (readonly [number, string])[]): Rename[] =>
  asked.map(([user, wanted], index) => ({
    row: index + 1,
    line: index + 2,
    userId: String(user),
    current: users[user - 1],
    wanted,
    sendable: true,
  }));

function orderOf(users: Users, renames: readonly Rename[], allowTemporaryNames = false) {
  const holders = new Map<string, { userId: string }[]>();
  for (const [index, name] of users.entries()) {
    if (name === undefined) continue;
    holders.set(folded(name), [...(holders.get(folded(name)) ?? []), { userId: String(index + 1) }]);
  }
  const holdersOf = (name: string) => holders.get(folded(name)) ?? [];
  const order = orderRenames(renames, {
    holdersOf,
    allowTemporaryNames,
    isTaken: (name) => holdersOf(name).length > 0,
  });
  return { turns: Object.fromEntries(order.turns), faults: Object.fromEntries(order.faults), order };
}

const order = (users: Users, asked: readonly (readonly [number, string])[], allowTemporaryNames = false) =>
  orderOf(users, renamesOf(users, asked), allowTemporaryNames);

it('a name is not free if the row of its holder knows of another name', () => {
  const renames = renamesOf(
    ['a', 'b'],
    [
      [1, 'b'],
      [2, 'x'],
    ],
  );
  const [first, second] = renames as [Rename, Rename];
  const { turns, faults } = orderOf(['a', 'b'], [first, { ...second, current: 'c' }]);
  expect(turns).toEqual({});
  expect(Object.keys(faults)).toEqual(['1']);
});

describe('renames that can be done', () => {
  it('a free name needs no turn, nor does the one the user has', () => {
    expect(
      order(
        ['a', 'b', 'c'],
        [
          [1, 'x'],
          [2, 'b'],
          [3, 'C'],
        ],
      ),
    ).toMatchObject({ turns: {}, faults: {} });
  });

  it('in a chain each waits for the one who has its name', () => {
    expect(
      order(
        ['a', 'b', 'c'],
        [
          [1, 'b'],
          [2, 'C'],
          [3, 'd'],
        ],
      ),
    ).toMatchObject({
      turns: { 1: { after: [2] }, 2: { after: [3] }, 3: { after: [] } },
      faults: {},
    });
  });

  it('in a swap one user gets a temporary name, if that is allowed', () => {
    const swap = [
      [1, 'b@x.org'],
      [2, 'a@x.org'],
    ] as const;
    expect(order(['a@x.org', 'b@x.org'], swap, true)).toMatchObject({
      turns: { 1: { after: [2], via: 'a.tmp1@x.org', from: 'a@x.org' }, 2: { after: [1] } },
      faults: {},
    });
    const refused = order(['a@x.org', 'b@x.org'], swap);
    expect(refused.turns).toEqual({});
    expect(refused.faults[1]).toMatch(/circle of renames \(lines 2, 3\).*`allowTemporaryNames`/);
    expect(refused.faults[2]).toBe(refused.faults[1]);
  });

  it('a temporary name is free in the network and in the file, and never a bot’s', () => {
    const users = ['a@robot', 'b@robot', 'A.TMP1', 'z'];
    const { turns } = order(
      users,
      [
        [1, 'b@robot'],
        [2, 'a@robot'],
        [4, 'a.tmp12'],
      ],
      true,
    );
    expect(turns[1]).toEqual({ after: [2], via: 'a.tmp13', from: 'a@robot' });
  });

  it('two circles do not take the same temporary name', () => {
    const users = Array.from({ length: 13 }, (_, index) => `u${index}`);
    users.splice(0, 3, 'a@robot', 'b@robot', 'a.tmp1');
    users.splice(11, 2, 'a@xbot', 'b@xbot');
    const circles = [
      [1, 'b@robot'],
      [2, 'a@robot'],
      [12, 'b@xbot'],
      [13, 'a@xbot'],
    ] as const;
    const { turns } = order(users, circles, true);
    expect([turns[1]?.via, turns[3]?.via]).toEqual(['a.tmp12', 'a.tmp122']);
  });

  it('the wanted name is compared composed and without case', () => {
    const { turns } = order(
      ['a', 'E\u0301va'],
      [
        [1, '\u00e9va'],
        [2, 'x'],
      ],
    );
    expect(turns[1]).toEqual({ after: [2] });
  });
});

describe('renames that cannot be done', () => {
  it('two rows that want one name name each other, except for the one who has it', () => {
    const { faults } = order(
      ['a', 'b'],
      [
        [1, 'X'],
        [2, 'x'],
      ],
    );
    expect(faults[1]).toMatch(/on line 3 too/);
    expect(faults[2]).toMatch(/on line 2 too/);
    const kept = order(
      ['a', 'Keep'],
      [
        [1, 'keep'],
        [2, 'Keep'],
      ],
    ).faults;
    expect(kept).toEqual({ 1: expect.stringMatching(/on line 3 too/) });
  });

  it('a name whose holder keeps it: not in the file, only its case changed, not known to be theirs', () => {
    expect(order(['a', 'b'], [[1, 'b']]).faults[1]).toMatch(/who keeps it/);
    expect(
      order(
        ['a', 'b'],
        [
          [1, 'b'],
          [2, 'B'],
        ],
      ).faults[1],
    ).toMatch(/on line 3 too/);
    const renames = renamesOf(
      ['a', 'b'],
      [
        [1, 'b'],
        [2, 'c'],
      ],
    );
    const unknown = renames.map((rename) => (rename.row === 2 ? { ...rename, current: undefined } : rename));
    expect(orderOf(['a', 'b'], unknown).faults).toEqual({ 1: expect.stringMatching(/who keeps it/) });
  });

  it('whoever waits for a row that cannot be done, at any distance', () => {
    const { faults, turns } = order(
      ['a', 'b', 'c', 'd'],
      [
        [1, 'b'],
        [2, 'c'],
        [3, 'd'],
      ],
    );
    expect(faults[3]).toMatch(/who keeps it/);
    expect(faults[2]).toMatch(/line 4, who cannot/);
    expect(faults[1]).toMatch(/line 3, who cannot/);
    expect(turns).toEqual({});
  });

  it('a row that cannot be sent frees nothing, and still wants its name', () => {
    const renames = renamesOf(
      ['a', 'b', 'c'],
      [
        [1, 'x'],
        [2, 'a'],
        [3, 'X'],
      ],
    );
    const { faults } = orderOf(
      ['a', 'b', 'c'],
      renames.map((rename) => ({ ...rename, sendable: rename.row !== 1 })),
    );
    expect(faults).toEqual({
      2: expect.stringMatching(/line 2, who cannot/),
      3: expect.stringMatching(/on line 2 too/),
    });
  });

  it('a user’s second name', () => {
    const { faults } = order(
      ['a', 'b'],
      [
        [1, 'x'],
        [2, 'a'],
        [1, 'y'],
      ],
    );
    expect(faults).toEqual({ 3: expect.stringMatching(/second username for the user of line 2/) });
  });

  it('rows whose users are not known clash by their names alone', () => {
    const renames = renamesOf(
      ['a'],
      [
        [1, 'x'],
        [1, 'y'],
        [1, 'X'],
      ],
    ).map((rename) => ({
      ...rename,
      userId: '',
      current: undefined,
    }));
    expect(orderOf([], renames).faults).toEqual({
      1: expect.stringMatching(/on line 4 too/),
      3: expect.stringMatching(/on line 2 too/),
    });
  });

  it('for one reason each, the first that is found', () => {
    const { faults, turns } = order(
      ['a', 'b'],
      [
        [1, 'b'],
        [2, 'B'],
        [1, 'c'],
        [1, 'b'],
      ],
    );
    expect(faults).toEqual({
      1: expect.stringMatching(/on line 3 too/),
      2: expect.stringMatching(/on line 2 too/),
      3: expect.stringMatching(/second username for the user of line 2/),
      4: expect.stringMatching(/second username for the user of line 2/),
    });
    expect(turns).toEqual({});
  });

  it('a name of three that want it, each by the first of the others', () => {
    const { faults } = order(
      ['a', 'b', 'c'],
      [
        [1, 'x'],
        [2, 'X'],
        [3, 'x'],
      ],
    );
    expect(faults).toEqual({
      1: expect.stringMatching(/on line 3 too/),
      2: expect.stringMatching(/on line 2 too/),
      3: expect.stringMatching(/on line 2 too/),
    });
  });

  it('a circle of which one row cannot be sent', () => {
    const asked = [
      [1, 'b'],
      [2, 'c'],
      [3, 'a'],
    ] as const;
    const renames = renamesOf(['a', 'b', 'c'], asked).map((rename) => ({
      ...rename,
      sendable: rename.row !== 2,
    }));
    for (const temporary of [false, true]) {
      const { faults, turns } = orderOf(['a', 'b', 'c'], renames, temporary);
      expect(faults).toEqual({
        1: expect.stringMatching(/line 3, who cannot/),
        3: expect.stringMatching(/line 2, who cannot/),
      });
      expect(turns).toEqual({});
    }
  });

  it('a name that several users have in several cases', () => {
    expect(
      order(
        ['ann', 'Ann', 'b'],
        [
          [3, 'ANN'],
          [1, 'x'],
          [2, 'y'],
        ],
      ).faults,
    ).toEqual({
      1: expect.stringMatching(/several other users/),
    });
  });

  it('lists the first lines of a long circle', () => {
    const users = Array.from({ length: 13 }, (_, index) => `u${index}`);
    const { faults } = order(
      users,
      users.map((_, index) => [index + 1, `u${(index + 1) % 13}`]),
    );
    expect(faults[7]).toMatch(/\(lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more\)/);
  });
});

/** A service that refuses a username in use, whatever its case; what it is asked for is in `names`, by user. */
class Service {
  readonly names: (string | undefined)[];
  constructor(users: Users) {
    this.names = [...users];
  }

  rename(user: number, wanted: string): boolean {
    const clash = this.names.some(
      (name, index) => index !== user - 1 && name && folded(name) === folded(wanted),
    );
    if (!clash) this.names[user - 1] = wanted;
    return !clash;
  }
}

/** Does the rows in an order that `pick` chooses among those that may come next. Gives what the service has refused. */
function carryOut(
  users: Users,
  rows: readonly Rename[],
  turns: ReadonlyMap<number, Turn>,
  pick: (of: number) => number,
) {
  const service = new Service(users);
  const released = new Set<number>();
  const refused: number[] = [];
  const steps = rows.flatMap((row) => {
    const { after = [], via } = turns.get(row.row) ?? {};
    const last = { row, name: row.wanted, after, own: via !== undefined };
    return via === undefined ? [last] : [{ row, name: via, after: [], own: false }, last];
  });
  while (steps.length > 0) {
    const ready = steps.filter(
      ({ row, after, own }) => after.every((other) => released.has(other)) && (!own || released.has(row.row)),
    );
    const step = ready[pick(ready.length)];
    if (!step) return { refused, names: service.names, stuck: true };
    if (!service.rename(Number(step.row.userId), step.name)) refused.push(step.row.row);
    released.add(step.row.row);
    steps.splice(steps.indexOf(step), 1);
  }
  return { refused, names: service.names, stuck: false };
}

const someName = fc.constantFrom(
  'a',
  'A',
  'b',
  'B',
  'c',
  'd',
  'D',
  'e',
  'f',
  '\u00e9',
  'e\u0301',
  'a.tmp1',
  'b.tmp2',
);
const network = fc.uniqueArray(someName, { minLength: 1, maxLength: 8, selector: folded });
/** Each user at most once, in any order. */
const asked = network.chain((users) =>
  fc
    .shuffledSubarray(users.map((_, index) => index + 1))
    .chain((rows) => fc.tuple(...rows.map((user) => fc.tuple(fc.constant(user), someName))))
    .map((rows) => ({ users, rows })),
);
/** Users' names among themselves: chains and circles of all lengths. */
const moves = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc
    .tuple(
      fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index + 1)),
      fc.shuffledSubarray(
        Array.from({ length: count + 3 }, (_, index) => index),
        { minLength: count, maxLength: count },
      ),
    )
    .map(([rows, names]) => ({
      users: Array.from({ length: count }, (_, index) => `u${index}`),
      rows: rows.map((user) => [user, `U${names[user - 1]}`] as [number, string]),
    })),
);

describe('any renames', () => {
  it('whatever the order that the turns leave open, the service refuses nothing and all get their names', () => {
    const tried = randomCases(300, 3000);
    let [planned, aside] = [0, 0];
    fc.assert(
      fc.property(
        fc.oneof(asked, moves),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        ({ users, rows }, temporary, luck) => {
          const renames = renamesOf(users, rows);
          const { order } = orderOf(users, renames, temporary);
          const sent = renames.filter(({ row }) => !order.faults.has(row));
          const vias = [...order.turns.values()].filter(({ via }) => via !== undefined).length;
          planned += sent.length;
          aside += vias;
          if (!temporary) expect(vias).toBe(0);
          for (const row of order.turns.keys()) expect(order.faults.has(row)).toBe(false);
          for (const { after } of order.turns.values()) {
            for (const other of after) expect(order.turns.has(other)).toBe(true);
          }
          const result = carryOut(users, sent, order.turns, (of) => luck.next().value % Math.max(1, of));
          expect(result).toMatchObject({ refused: [], stuck: false });
          for (const { userId, wanted } of sent) expect(result.names[Number(userId) - 1]).toBe(wanted);
        },
      ),
      tried,
    );
    expect(planned).toBeGreaterThan(tried.numRuns / 3);
    expect(aside).toBeGreaterThan(tried.numRuns / 60);
  });

  it('refuses no more than it must: those that clash, and what no order at all can do', () => {
    const small = asked.filter(({ rows }) => rows.length <= 5);
    const tried = randomCases(150, 1500);
    let refused = 0;
    fc.assert(
      fc.property(small, fc.boolean(), ({ users, rows }, temporary) => {
        const renames = renamesOf(users, rows);
        const { order } = orderOf(users, renames, temporary);
        const done = renames.filter(({ row }) => !order.faults.has(row)).map(({ row }) => row);
        refused += order.faults.size;
        expect(done).toEqual(mostThatCanBeDone(users, renames, temporary));
      }),
      tried,
    );
    expect(refused).toBeGreaterThan(tried.numRuns / 3);
  });
});

/** By trying everything: the largest set of rows without a clash that some order of requests carries out. */
function mostThatCanBeDone(users: Users, renames: readonly Rename[], temporary: boolean): number[] {
  const keeps = ({ current = '', wanted }: Rename) => current.normalize('NFC') === wanted.normalize('NFC');
  const clean = renames.filter(
    (one) =>
      keeps(one) || !renames.some((other) => other !== one && folded(other.wanted) === folded(one.wanted)),
  );
  let best: number[] = [];
  for (let subset = 0; subset < 2 ** clean.length; subset++) {
    const rows = clean.filter((_, index) => subset & (1 << index));
    if (rows.length > best.length && canBeDone(new Service(users), rows, temporary))
      best = rows.map(({ row }) => row);
  }
  return best;
}

function canBeDone(
  service: Service,
  rows: readonly Rename[],
  temporary: boolean,
  aside = new Set<number>(),
): boolean {
  if (rows.length === 0) return true;
  for (const row of rows) {
    const user = Number(row.userId);
    const before = service.names[user - 1];
    const rest = rows.filter((other) => other !== row);
    if (service.rename(user, row.wanted) && canBeDone(service, rest, temporary, aside)) return true;
    service.names[user - 1] = before;
    if (!temporary || aside.has(row.row)) continue;
    service.rename(user, `free-${row.row}`);
    if (canBeDone(service, rows, temporary, new Set([...aside, row.row]))) return true;
    service.names[user - 1] = before;
  }
  return false;
}

describe('a row that is refused has no turn, and gives none', () => {
  it('if two want the username that a third frees', () => {
    const asked = [
      [1, 'b'],
      [3, 'b'],
      [2, 'z'],
    ] as const;
    const { turns, faults } = order(['a', 'b', 'c'], asked);
    expect(Object.keys(faults)).toEqual(['1', '2']);
    expect(turns).toEqual({});
  });

  it('if it waits for one who waits in vain', () => {
    const asked = [
      [1, 'b'],
      [2, 'c'],
    ] as const;
    const { turns, faults } = order(['a', 'b', 'c'], asked);
    expect(Object.keys(faults)).toEqual(['1', '2']);
    expect(turns).toEqual({});
  });

  it('if the holder’s present username is not told', () => {
    const users = ['a', 'b'];
    const asked = [
      [1, 'b'],
      [2, 'c'],
    ] as const;
    const renames = renamesOf(users, asked).map((rename) =>
      rename.userId === '2' ? { ...rename, current: undefined } : rename,
    );
    const { turns, faults } = orderOf(users, renames);
    expect(Object.keys(faults)).toEqual(['1']);
    expect(turns).toEqual({});
  });
});
