import { describe, expect, it } from 'vitest';
import {
  type Cap,
  type CapContext,
  type Caps,
  drainedGroups,
  exceededCaps,
  rowsOf,
} from '../../src/plan/caps.js';
import { ChangeTally } from '../../src/plan/diff/change-counts.js';

const caps: Caps = {
  changes: { percent: 10 },
  renames: { percent: 10 },
  missing: { percent: 10 },
  unlisted: undefined,
  groupDrain: 25,
  minSelected: 1,
  minRows: 1,
  shrink: 10,
};

const tally = (counts: Partial<ChangeTally>) => Object.assign(new ChangeTally(), { rows: 1000, ...counts });
type Given = [counts: Partial<ChangeTally>, given?: Partial<Caps>, found?: Partial<CapContext>];

function allExceeded(...[counts, given, found]: Given) {
  const context = { lastRows: undefined, membersOf: () => 100, ...found };
  return exceededCaps({ ...caps, ...given }, tally(counts), context);
}
const exceeded = (...given: Given) => allExceeded(...given).map(({ option }) => option);

describe('a cap', () => {
  it.each([
    ['of changes', { changed: 100 }, { changed: 101 }, 'maxChanges'],
    ['of changes, among few', { rows: 50, changed: 20 }, { rows: 50, changed: 21 }, 'maxChanges'],
    ['of renames', { renames: 100 }, { renames: 101 }, 'maxRenames'],
    ['of rows', { rows: 1 }, { rows: 0 }, 'minRows'],
    ['of missing users', { skipped: 100, missing: 100 }, { skipped: 101, missing: 101 }, 'maxMissing'],
    ['of missing users, among few', { rows: 50, missing: 20 }, { rows: 50, missing: 21 }, 'maxMissing'],
    ['of selected rows', { skipped: 999 }, { skipped: 1000 }, 'minSelected'],
  ])('%s trips just beyond its number', (_, within, beyond, option) => {
    expect(exceeded(within)).toEqual([]);
    expect(exceeded(beyond)).toEqual([option]);
  });

  it('that is a number allows just that number, also below 20', () => {
    const given = { changes: { rows: 3 }, renames: { rows: 0 } };
    expect(exceeded({ changed: 3 }, given)).toEqual([]);
    expect(exceeded({ changed: 4, renames: 1 }, given)).toEqual(['maxChanges', 'maxRenames']);
  });

  it.each([
    [20, 30, false],
    [25, 100, false],
    [26, 100, true],
    [21, 30, true],
    [21, 0, true],
  ])('of a group that %i users leave, of %i members: trips %s', (users, members, trips) => {
    const counts = { leavers: new Map([['a', users]]) };
    expect(exceeded(counts, {}, { membersOf: () => members })).toEqual(trips ? ['maxGroupDrain'] : []);
  });

  it.each([
    ['counts as all leaving it if its members are not counted', { leavers: new Map([['a', 21]]) }, undefined],
    ['loses those whose groups are hidden', { leavers: new Map([['a', 15]]), unknownGroups: 20 }, 100],
    ['is lost by all whose groups are hidden', { unknownGroups: 21 }, 1000],
  ])('of a group %s', (_, counts, members) => {
    expect(exceeded(counts, {}, { membersOf: () => members })).toEqual(['maxGroupDrain']);
    expect(exceeded(counts, { groupDrain: 100 }, { membersOf: () => members })).toEqual([]);
  });

  it('of selected rows does not count who is missing', () => {
    const given = { missing: { percent: 100 } };
    expect(exceeded({ skipped: 1000, missing: 1000 }, given)).toEqual([]);
    expect(exceeded({ skipped: 1000, missing: 400 }, { ...given, minSelected: 401 })).toEqual([
      'minSelected',
    ]);
  });

  it.each<[number, number, Cap | undefined, boolean]>([
    [30, 300, { percent: 10 }, false],
    [31, 300, { percent: 10 }, true],
    [20, 30, { percent: 10 }, false],
    [21, 30, { percent: 10 }, true],
    [0, 30, { rows: 0 }, false],
    [1, 30, { rows: 0 }, true],
    [300, 300, undefined, false],
  ])('of unlisted users: %i of %i with %j trips: %s', (count, all, unlisted, trips) => {
    const found = { unlisted: { count, users: all } };
    expect(exceeded({}, { unlisted }, found)).toEqual(trips ? ['maxUnlisted'] : []);
    expect(exceeded({}, { unlisted })).toEqual([]);
  });

  it('of a group may let everybody leave', () => {
    const counts = { leavers: new Map([['a', 50]]) };
    expect(exceeded(counts, { groupDrain: 100 }, { membersOf: () => 10 })).toEqual([]);
    expect(drainedGroups(Object.assign(new ChangeTally(), counts))).toEqual(['a']);
  });

  it.each([
    [900, 1000, false],
    [899, 1000, true],
    [1000, 10, false],
  ])('of length: %i rows after %i trips: %s', (rows, lastRows, trips) => {
    expect(exceeded({ rows }, {}, { lastRows })).toEqual(trips ? ['maxShrink'] : []);
  });

  it.each([
    [{ percent: 10 }, 999, 99],
    [{ percent: 100 }, 7, 7],
    [{ percent: 33 }, 10, 3],
    [{ rows: 5 }, 1000, 5],
  ])('of %j allows, of %i rows, %i', (cap, rows, allowed) => {
    expect(rowsOf(cap, rows)).toBe(allowed);
  });

  it.each<[number, number, string[]]>([
    [20, 0, []],
    [21, 0, ['a']],
    [1, 19, []],
    [1, 20, ['a']],
  ])(
    'asks for the members of a group that %i leave, and %i others may: %j',
    (users, unknownGroups, asked) => {
      expect(drainedGroups(tally({ leavers: new Map([['a', users]]), unknownGroups }))).toEqual(asked);
    },
  );

  it('asks for the members of each such group by its ID', () => {
    const leavers = new Map([
      ['a', 30],
      ['b', 5],
      ['c', 30],
    ]);
    expect(drainedGroups(tally({ leavers }))).toEqual(['a', 'c']);
    const membersOf = (group: string) => (group === 'a' ? 1000 : 40);
    expect(allExceeded({ leavers }, {}, { membersOf })).toEqual([
      {
        option: 'maxGroupDrain',
        message: '30 of the 40 members of group c would leave it, but at most 25 % may',
      },
    ]);
  });
});

describe('what it says', () => {
  const leavers = new Map([['a', 30]]);
  it.each<[string, Given, string]>([
    [
      'of changes',
      [{ rows: 500, changed: 51 }],
      '51 of 500 users would be changed, but at most 50 are allowed',
    ],
    [
      'of renames',
      [{ rows: 500, renames: 52 }],
      '52 of 500 users would be renamed, but at most 50 are allowed',
    ],
    [
      'of missing users',
      [{ rows: 500, missing: 51 }],
      '51 of 500 rows name users who are not in the network, but at most 50 may',
    ],
    [
      'of unlisted users',
      [{}, { unlisted: { rows: 7 } }, { unlisted: { count: 8, users: 90 } }],
      '8 of the 90 users of the network are in no row, but at most 7 may be',
    ],
    ['of rows', [{ rows: 3 }, { minRows: 4 }], 'the input has 3 rows, but at least 4 are required'],
    [
      'of length',
      [{ rows: 800 }, {}, { lastRows: 1000 }],
      'the input has 800 rows and the largest of the last ones had 1,000, but it may be at most 10 % shorter',
    ],
    [
      'of a group that more leave than it counts, because some are invited',
      [{ leavers }, {}, { membersOf: () => 4 }],
      '30 of the 30 members of group a would leave it, but at most 25 % may',
    ],
    [
      'of a group that is not counted',
      [{ leavers, unknownGroups: 2 }, {}, { membersOf: () => undefined }],
      '32 users would leave group a, and the service does not tell how many members it has: that counts as all of them, but at most 25 % may',
    ],
    [
      'of hidden groups',
      [{ unknownGroups: 21 }],
      '21 users would get other groups, and the service does not tell which they are in: they count as all leaving one group, and only 100% allows that',
    ],
  ])('%s', (_, given, message) => {
    expect(allExceeded(...given).map((cap) => cap.message)).toEqual([message]);
  });

  it('is all that is exceeded', () => {
    const counts = { rows: 50, changed: 30, renames: 30, unknownGroups: 30, leavers: new Map([['a', 1]]) };
    expect(exceeded(counts, { minRows: 60 }, { lastRows: 100 })).toEqual([
      ...['maxChanges', 'maxRenames', 'maxGroupDrain', 'maxGroupDrain', 'minRows', 'maxShrink'],
    ]);
  });
});

it('rows that are selected are those that are not skipped', () => {
  const counts = { rows: 10, skipped: 4 };
  expect(exceeded(counts, { minSelected: 6 })).toEqual([]);
  expect(allExceeded(counts, { minSelected: 7 })).toEqual([
    { option: 'minSelected', message: '6 of 10 rows are selected, but at least 7 are required' },
  ]);
  expect(exceeded({ rows: 0, skipped: 0 }, { minSelected: 7, minRows: 0 })).toEqual([]);
});
