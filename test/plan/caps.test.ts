import { describe, expect, it } from 'vitest';
import { type CapContext, type Caps, drainedGroups, exceededCaps } from '../../src/plan/caps.js';
import { ChangeTally } from '../../src/plan/diff/change-counts.js';

const caps: Caps = {
  changes: { percent: 10 },
  renames: { percent: 10 },
  groupDrain: 25,
  minRows: 1,
  shrink: 10,
};

function exceeded(counts: Partial<ChangeTally>, given: Partial<Caps> = {}, found: Partial<CapContext> = {}) {
  const changes = Object.assign(new ChangeTally(), { rows: 1000, ...counts });
  const context = { lastRows: undefined, membersOf: () => 100, ...found };
  return exceededCaps({ ...caps, ...given }, changes, context).map(({ option }) => option);
}

describe('a cap', () => {
  it.each([
    ['of changes', { changed: 100 }, { changed: 101 }, 'maxChanges'],
    ['of changes, among few', { rows: 50, changed: 20 }, { rows: 50, changed: 21 }, 'maxChanges'],
    ['of renames', { renames: 100 }, { renames: 101 }, 'maxRenames'],
    ['of rows', { rows: 1 }, { rows: 0 }, 'minRows'],
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
});
