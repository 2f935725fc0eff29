import { describe, expect, it } from 'vitest';
import { call, emulate, getUser, USER, update } from '../call.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const [EVERYONE, SALES] = ['BCTY8Qhe', 'Kd93mXvP'];
const users = [
  {
    userId: USER,
    firstName: 'Ann',
    lastName: 'Smith',
    username: 'ann@example.com',
    securityGroupIds: [SALES],
  },
  { userId: '10000002', username: 'Bo@example.com' },
];
const start = (more = {}) => emulate({ users, now: () => NOW, ...more });
const at = { at: NOW };

describe('a change', () => {
  it('is made, and answered with all but the username', async () => {
    const emulator = await start();
    const details = { firstName: 'Zoë 李 🎉', username: 'zoe@example.com', securityGroupIds: [EVERYONE] };
    const reply = await update(emulator, details, USER, at);
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      userId: USER,
      networkId: '12345678',
      suspended: false,
      status: 2,
      firstName: 'Zoë 李 🎉',
      lastName: 'Smith',
      securityGroupIds: [EVERYONE],
      modified: NOW / 1000,
    });
    expect((await getUser(emulator, USER, at)).json()).toMatchObject({ ...details, lastName: 'Smith' });
    expect(emulator.users.get(USER)).toMatchObject(details);
    expect(emulator.users.get('10000002')).toEqual(users[1]);
  });

  it('of the invitation is answered with its end', async () => {
    const details = { inviteCode: 'WELCOME1', inviteCodeTtl: 2, codeValidation: true };
    const reply = await update(await start(), details, USER, at);
    expect(reply.json()).toMatchObject({
      inviteCode: 'WELCOME1',
      inviteExpiration: NOW / 1000 + 2 * 86_400,
      codeValidation: true,
    });
  });

  it('can be made twice', async () => {
    const emulator = await start();
    for (const _ of [1, 2]) {
      expect((await update(emulator, { username: 'new@example.com' }, USER, at)).status).toBe(200);
    }
  });

  it('to more than one group is made, unless one is the limit', async () => {
    const details = { securityGroupIds: [EVERYONE, SALES] };
    expect((await update(await start(), details, USER, at)).json()).toMatchObject(details);
    const refused = await update(await start({ singleGroup: true }), details, USER, at);
    expect(refused.json().reasons).toEqual([
      { field: 'securityGroupIds', reason: expect.stringMatching(/one/) },
    ]);
  });
});

describe('a username', () => {
  it('of another user is refused, whatever its case', async () => {
    const reply = await update(await start(), { username: 'bO@EXAMPLE.com' }, USER, at);
    expect(reply.json().reasons).toEqual([{ field: 'username', reason: expect.stringMatching(/in use/) }]);
  });

  it("may be the user's own in another case", async () => {
    expect((await update(await start(), { username: 'ANN@example.com' }, USER, at)).status).toBe(200);
  });

  it('is free again once its user has another', async () => {
    const emulator = await start();
    await update(emulator, { username: 'x@example.com' }, USER, at);
    expect((await update(emulator, { username: 'ANN@example.com' }, '10000002', at)).status).toBe(200);
    expect((await update(emulator, { username: 'ann@example.com' }, USER, at)).status).toBe(422);
    expect((await update(emulator, { username: 'bo@example.com' }, USER, at)).status).toBe(200);
  });
});

describe('a request is refused with its reasons', () => {
  const body = (value: unknown) => JSON.stringify(value);
  it.each<[string, string, string[]]>([
    ['an unknown member', body({ userId: USER, userDetails: { firstName: 'A' }, dryRun: true }), ['dryRun']],
    ['an unknown detail', body({ userId: USER, userDetails: { password: 'x' } }), ['password']],
    ["a detail with an object's own name", '{"userId":"1","userDetails":{"__proto__":"x"}}', ['__proto__']],
    ['no userId', body({ userDetails: { firstName: 'A' } }), ['userId']],
    ['a number for the userId', body({ userId: 10000001, userDetails: { firstName: 'A' } }), ['userId']],
    [
      'a userId that is too long',
      body({ userId: '12345678901', userDetails: { firstName: 'A' } }),
      ['userId'],
    ],
    ['no details', body({ userId: USER }), ['userDetails']],
    ['details that are null', body({ userId: USER, userDetails: null }), ['userDetails']],
    ['details that are a list', body({ userId: USER, userDetails: [] }), ['userDetails']],
    ['details without a change', body({ userId: USER, userDetails: {} }), ['userDetails']],
    ['a null', body({ userId: USER, userDetails: { firstName: null } }), ['firstName']],
    ['an empty text', body({ userId: USER, userDetails: { lastName: '' } }), ['lastName']],
    ['a number for a text', body({ userId: USER, userDetails: { username: 5 } }), ['username']],
    [
      'a text for a list',
      body({ userId: USER, userDetails: { securityGroupIds: SALES } }),
      ['securityGroupIds'],
    ],
    ['an empty list', body({ userId: USER, userDetails: { securityGroupIds: [] } }), ['securityGroupIds']],
    [
      'a number for an ID',
      body({ userId: USER, userDetails: { securityGroupIds: [5] } }),
      ['securityGroupIds'],
    ],
    [
      'a group named twice',
      body({ userId: USER, userDetails: { securityGroupIds: [SALES, SALES] } }),
      ['securityGroupIds'],
    ],
    [
      'an unknown group',
      body({ userId: USER, userDetails: { securityGroupIds: ['nope'] } }),
      ['securityGroupIds'],
    ],
    ['no days', body({ userId: USER, userDetails: { inviteCodeTtl: 0 } }), ['inviteCodeTtl']],
    ['half a day', body({ userId: USER, userDetails: { inviteCodeTtl: 0.5 } }), ['inviteCodeTtl']],
    [
      'a text for a flag',
      body({ userId: USER, userDetails: { codeValidation: 'true' } }),
      ['codeValidation'],
    ],
    [
      'several at once',
      body({ userId: '', userDetails: { firstName: '', lastName: 1 }, x: 1 }),
      ['x', 'userId', 'firstName', 'lastName'],
    ],
    [
      'several clashes at once',
      body({ userId: USER, userDetails: { username: 'bo@example.com', securityGroupIds: ['nope'] } }),
      ['username', 'securityGroupIds'],
    ],
  ])('%s', async (_name, text, fields) => {
    const emulator = await start();
    const path = '/networks/12345678/users';
    const reply = await call(emulator, { method: 'PATCH', path, body: text, ...at });
    expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([422, 'ValidationError']);
    expect(reply.json()).toEqual({
      message: expect.any(String),
      reasons: fields.map((field) => ({ field, reason: expect.any(String) })),
    });
    expect([...emulator.users.values()]).toEqual(users);
    expect(emulator.requests).toMatchObject([{ status: 422, applied: false }]);
  });
});

it.each<[string, string, string, number, string]>([
  [
    'a user who is not there',
    '/networks/12345678/users',
    '{"userId":"5","userDetails":{"firstName":"A"}}',
    404,
    'ResourceNotFoundError',
  ],
  [
    'a network that is not there',
    '/networks/87654321/users',
    `{"userId":"${USER}","userDetails":{"firstName":"A"}}`,
    404,
    'ResourceNotFoundError',
  ],
  ['a network ID that is none', '/networks/1234567/users', '{}', 422, 'ValidationError'],
  ['a body that is no JSON', '/networks/12345678/users', '{"userId":', 400, 'BadRequestError'],
  ['a body that is a list', '/networks/12345678/users', '[]', 400, 'BadRequestError'],
  ['an empty body', '/networks/12345678/users', '', 400, 'BadRequestError'],
])('%s is refused', async (_name, path, body, status, code) => {
  const reply = await call(await start(), { method: 'PATCH', path, body, ...at });
  expect([reply.status, reply.headers['x-amzn-errortype'], reply.json()]).toEqual([
    status,
    code,
    expect.objectContaining({ message: expect.any(String) }),
  ]);
});
