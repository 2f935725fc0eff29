/** As many renames as a run can have: their order takes one pass. */
import { describe, expect, it } from 'vitest';
import { orderRenames, type Rename } from '../../../src/plan/renames/rename-order.js';
import { size } from '../../length.js';

describe('many renames', () => {
  const COUNT = size(10_000, 200_000);
  const users = Array.from({ length: COUNT }, (_, index) => `user-${index}`);
  const holdersOf = (name: string) => {
    const index = Number(name.slice(5));
    return index < COUNT ? [{ userId: String(index + 1) }] : [];
  };
  const renames = (last: number): Rename[] =>
    users.map((current, index) => ({
      row: index + 1,
      line: index + 2,
      userId: String(index + 1),
      current,
      wanted: `user-${index === COUNT - 1 ? last : index + 1}`,
      sendable: true,
    }));
  // A linear pass looks at each holder once; anything that walks a chain again looks far more often.
  const ordered = (last: number, allowTemporaryNames: boolean) => {
    let looks = 0;
    const { turns, faults } = orderRenames(renames(last), {
      holdersOf: (name) => {
        looks++;
        return holdersOf(name);
      },
      allowTemporaryNames,
      isTaken: () => false,
    });
    return { turns, faults, looks };
  };

  it('one long chain', () => {
    const { turns, faults, looks } = ordered(COUNT, false);
    expect([turns.size, faults.size, looks]).toEqual([COUNT, 0, COUNT]);
    expect(turns.get(COUNT)).toEqual({ after: [] });
  });

  it('one long circle, with one temporary name', () => {
    const { turns, faults } = ordered(0, true);
    expect([turns.size, faults.size]).toEqual([COUNT, 0]);
    expect([...turns.values()].filter(({ via }) => via !== undefined)).toHaveLength(1);
  });

  it('one long circle, refused', () => {
    expect(ordered(0, false).faults.size).toBe(COUNT);
  });
});
