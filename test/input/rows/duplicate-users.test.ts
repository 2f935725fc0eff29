import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Duplicates, SeenUsers } from '../../../src/input/rows/duplicate-users.js';
import { randomCases } from '../../length.js';

/** Both looks at users on lines 1, 2, 3, … */
function look(userIds: readonly string[]): { count: number; duplicates: Duplicates } {
  const seen = new SeenUsers();
  for (const userId of userIds) seen.checkUserId(userId);
  const repeated = seen.repeated();
  for (const [index, userId] of userIds.entries()) repeated.checkUserId(userId, index + 1);
  return { count: repeated.count, duplicates: repeated.located() };
}

it('names another line in every row of a user who comes more than once', () => {
  const ids = ['7', '8', '9', '8', '007', '8', '7'];
  const { duplicates } = look(ids);
  expect(ids.map((id, index) => duplicates.checkUserId(id, index + 1))).toEqual([
    'is the same user as on line 7',
    'is the same user as on line 4',
    undefined,
    'is the same user as on line 2',
    undefined,
    'is the same user as on line 2',
    'is the same user as on line 1',
  ]);
});

it('counts leading zeros and tells the longest IDs apart', () => {
  const ids = [
    '7',
    '07',
    '007',
    '0000000007',
    '9999999999',
    '9999999998',
    '999999999',
    '0',
    '00',
    '0000000000',
  ];
  expect(look(ids).count).toBe(0);
});

it('agrees with a Map', () => {
  // Few, so that many come more than twice; of all sizes, so that they fall into buckets out of order.
  const userId = fc.constantFrom(
    '1',
    '01',
    '7',
    '99',
    '150',
    '151',
    '152',
    '5000',
    '0005000',
    '4294967296',
    '9999999999',
  );
  fc.assert(
    fc.property(fc.array(userId, { maxLength: 200 }), (ids) => {
      const { count, duplicates } = look(ids);
      expect(count).toBe(new Set(ids.filter((id, index) => ids.indexOf(id) !== index)).size);
      for (const [index, id] of ids.entries()) {
        const other = ids.findIndex((same, at) => same === id && at !== index);
        expect(duplicates.checkUserId(id, index + 1)).toBe(
          other === -1 ? undefined : `is the same user as on line ${other + 1}`,
        );
      }
    }),
    randomCases(100, 1000),
  );
});

it('finds the one user who comes twice among many, in any bucket and chunk', () => {
  const seen = new SeenUsers();
  const rows = 300_000;
  // Every 251st ID: all of them fall into the same bucket.
  for (let row = 0; row < rows; row++) seen.checkUserId(String(row * 251));
  for (let row = 0; row < rows; row++) seen.checkUserId(String(9_000_000_000 + row));
  seen.checkUserId(String(9_000_000_000 + 123_456));
  seen.checkUserId(String(251 * 654));
  const repeated = seen.repeated();
  expect(repeated.count).toBe(2);
});

/** Both looks at usernames on lines 1, 2, 3, … */
function lookAtNames(usernames: readonly string[]): (string | undefined)[] {
  const seen = new SeenUsers();
  for (const username of usernames) seen.checkUsername(username);
  const repeated = seen.repeated();
  for (const [index, username] of usernames.entries()) repeated.checkUsername(username, index + 1);
  const duplicates = repeated.located();
  return usernames.map((username, index) => duplicates.checkUsername(username, index + 1));
}

it('knows a username again in another case and another form of its characters', () => {
  expect(lookAtNames(['Zoe\u0308@x.org', 'zoe@x.org', 'ZO\u00cb@X.ORG'])).toEqual([
    'is the same user as on line 3',
    undefined,
    'is the same user as on line 1',
  ]);
});

it('takes no two usernames for one because their digests agree', () => {
  const seen = new SeenUsers();
  // As if every username had the digest of another one: only the second look can tell.
  for (const name of ['ann', 'ann', 'bob', 'bob']) seen.checkUsername(name);
  const repeated = seen.repeated();
  expect(repeated.count).toBe(2);
  repeated.checkUsername('ann', 1);
  repeated.checkUsername('bob', 2);
  const duplicates = repeated.located();
  expect(duplicates.checkUsername('ann', 1)).toBeUndefined();
  expect(duplicates.checkUsername('bob', 2)).toBeUndefined();
});

it('finds the one username that comes twice among many', () => {
  const names = Array.from({ length: 50_000 }, (_, row) => `user${row}@example.com`);
  names.push('USER777@example.com');
  const found = lookAtNames(names);
  expect(found.filter((reason) => reason !== undefined)).toHaveLength(2);
  expect(found[777]).toBe('is the same user as on line 50001');
  expect(found[50_000]).toBe('is the same user as on line 778');
});
