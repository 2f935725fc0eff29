import { describe, expect, it } from 'vitest';
import { makeUsers } from '../../../src/emulator/network/made-up-users.js';
import { defaultGroups } from '../../../src/emulator/network/network.js';
import { firstNames, lastNames } from '../../../src/emulator/network/sample-names.js';

const crowd = (count: number, seed = 1, bot = false) => [...makeUsers(count, defaultGroups, seed, bot)];

it('numbers the users from 10000001', () => {
  expect(crowd(3).map(({ userId }) => userId)).toEqual(['10000001', '10000002', '10000003']);
});

it('makes the same users from the same seed, and others from another', () => {
  expect(crowd(500, 7)).toEqual(crowd(500, 7));
  expect(crowd(500, 8)).not.toEqual(crowd(500, 7));
});

it('does not change the users in front when there are more of them', () => {
  expect(crowd(500).slice(0, 20)).toEqual(crowd(20));
});

describe('of a thousand users', () => {
  const users = crowd(1000);

  it('each has an e-mail address of its own, in ASCII', () => {
    expect(new Set(users.map(({ username }) => username)).size).toBe(1000);
    users.forEach((user, i) => {
      expect(user.username).toMatch(new RegExp(`^[a-z]+\\.[a-z]+\\.${i + 1}@example\\.com$`));
    });
  });

  it('each has one group, and none is left empty', () => {
    const used = new Set(users.flatMap(({ securityGroupIds = [] }) => securityGroupIds));
    expect(users.every(({ securityGroupIds = [] }) => securityGroupIds.length === 1)).toBe(true);
    expect([...used].sort()).toEqual(defaultGroups.map(({ id }) => id).sort());
  });

  it('some were invited and have not come yet', () => {
    const pending = users.filter(({ status }) => status === 1).length;
    expect(pending).toBeGreaterThan(20);
    expect(pending).toBeLessThan(100);
  });

  it('names are of all kinds', () => {
    const names = users.map(({ firstName, lastName }) => `${firstName} ${lastName}`).join('\n');
    for (const kind of [/O'Brien/, /O’Connor/, /[À-ÿ]/, /\p{Script=Han}/u, /\p{Script=Arabic}/u, / de la /]) {
      expect(names).toMatch(kind);
    }
  });

  it('none is a bot, unless one is asked for', () => {
    expect(users.some(({ type }) => type === 'bot')).toBe(false);
    const bots = crowd(1000, 1, true).filter(({ type }) => type === 'bot');
    expect(bots).toEqual([
      expect.objectContaining({ userId: '10001000', username: expect.stringMatching(/bot$/) }),
    ]);
  });
});

it('every name has a form for an e-mail address', () => {
  expect([...firstNames, ...lastNames].filter(({ ascii }) => !/^[a-z]+$/.test(ascii))).toEqual([]);
});
