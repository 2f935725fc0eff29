import { describe, expect, it } from 'vitest';
import { readGroups, readUser, readUsers, readUsersCount } from '../../src/wickr/list-answers.js';

const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const users = (...list: unknown[]) => readUsers(json({ users: list }), 2);
const nobody = {
  userId: '7',
  firstName: undefined,
  lastName: undefined,
  username: undefined,
  securityGroupIds: undefined,
  pending: false,
  suspended: false,
  bot: false,
};

describe('a listed user', () => {
  it.each<[string, object, object]>([
    ['with nothing but an ID', {}, {}],
    ['whose members are null', { firstName: null, suspended: null, securityGroups: null, type: null }, {}],
    [
      'whose members have other types',
      { firstName: 5, securityGroups: [1], status: '1', isUser: 'no', username: {} },
      {},
    ],
    [
      'with everything',
      {
        ...{ firstName: 'Zoë', lastName: "O'Brien", username: 'zoe@example.com' },
        ...{ securityGroups: ['a', 'b'], suspended: true, status: 1, isUser: true, type: 'user', zzz: 1 },
      },
      {
        ...{ firstName: 'Zoë', lastName: "O'Brien", username: 'zoe@example.com' },
        ...{ securityGroupIds: ['a', 'b'], suspended: true, pending: true },
      },
    ],
    ['who is a bot by type', { type: 'Bot' }, { bot: true }],
    ['who is no user', { isUser: false, type: 'service' }, { bot: true }],
    [
      'who is called like a bot, and nothing else says it',
      { username: 'news_bot' },
      { username: 'news_bot', bot: true },
    ],
    [
      'who is called like a bot and is a user',
      { username: 'talbot', isUser: true },
      { username: 'talbot', bot: false },
    ],
  ])('%s', (_case, said, member) => {
    const read = users({ userId: '7', ...said });
    expect(read).toMatchObject({ answer: { items: [{ ...nobody, ...member }] } });
  });

  it('without a status has the one that was asked for', () => {
    const pending = (status: 1 | 2) =>
      readUsers(json({ users: [{ userId: '7' }, { userId: '8', status: 2 }] }), status);
    expect(pending(1)).toMatchObject({ answer: { items: [{ pending: true }, { pending: false }] } });
    expect(pending(2)).toMatchObject({ answer: { items: [{ pending: false }, { pending: false }] } });
  });
});

describe('a page of users is', () => {
  it.each<[string, unknown, number, string | undefined]>([
    ['the last', { users: [{ userId: '1' }] }, 1, undefined],
    ['the last if the token is empty', { users: [{ userId: '1' }], nextToken: '' }, 1, undefined],
    ['the last if the token is null', { users: [], nextToken: null }, 0, undefined],
    ['empty, with more behind it', { nextToken: 'x' }, 0, 'x'],
    ['one of several', { users: [{ userId: '1' }, { userId: '02' }], nextToken: 'x' }, 2, 'x'],
  ])('%s', (_case, body, count, nextToken) => {
    const read = readUsers(json(body), 2);
    expect('answer' in read && [read.answer.items.length, read.answer.nextToken]).toEqual([count, nextToken]);
  });

  it.each<[string, unknown]>([
    ['a user has no ID', { users: [{ userId: '1' }, { firstName: 'A' }] }],
    ['an ID is a number', { users: [{ userId: 1 }] }],
    ['an ID is no ID', { users: [{ userId: '1 or 2' }] }],
    ['a user is null', { users: [null] }],
    ['the users are no list', { users: { userId: '1' } }],
    ['the token is no text', { users: [], nextToken: 5 }],
    ['there is nothing in it', {}],
    ['it is a list', []],
    ['it is null', 'null'],
    ['it is a portal', '<html>'],
    ['it is empty', ''],
    ['it was cut off', '{"users":[{"userId":"1"'],
  ])('senseless if %s', (_case, body) => {
    expect(readUsers(json(body), 2)).toEqual({ wrong: expect.not.stringContaining('1') });
    expect(readGroups(json(body))).toHaveProperty('wrong');
  });
});

it('a user counts only if it is the one who was asked about', () => {
  const body = json({ userId: '7', username: 'a@example.com', securityGroupIds: ['a'] });
  expect(readUser(body, '7')).toEqual({
    answer: { ...nobody, username: 'a@example.com', securityGroupIds: ['a'] },
  });
  expect(readUser(body, '07')).toEqual({ wrong: 'the answer is about another user' });
});

it.each<[unknown, boolean]>([
  [{ securityGroups: [{ id: 'a', name: 'Sales' }] }, true],
  [{ securityGroups: [{ id: 'a', name: '' }] }, true],
  [{ securityGroups: [{ id: 'a b', name: 'Sales' }] }, false],
  [{ securityGroups: [{ id: 'a' }] }, false],
  [{ securityGroups: [{ id: 'a', name: null }] }, false],
])('groups %j: %s', (body, counts) => {
  expect('answer' in readGroups(json(body))).toBe(counts);
});

it.each<[unknown, unknown]>([
  [{ pending: 1, active: 2, rejected: 3, remaining: 4, total: 3 }, { answer: { pending: 1, active: 2 } }],
  [{ pending: 1 }, { wrong: expect.any(String) }],
  [{ pending: 1, active: '2' }, { wrong: expect.any(String) }],
  [{ pending: -1, active: 2 }, { wrong: expect.any(String) }],
  [{ pending: 1, active: 2.5 }, { wrong: expect.any(String) }],
])('a count of %j', (body, read) => {
  expect(readUsersCount(json(body))).toEqual(read);
});
