/** Requests as boto3 1.43.11 put them on the wire and signed them, but for their User-Agent, which is not signed. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { emulate } from './call.js';

const SIGNED_AT = Date.parse('2026-11-23T14:29:01Z');
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const TOKEN = 'tok/en+==';

interface Capture {
  readonly line: string;
  readonly signature: string;
  readonly body?: string;
  readonly token?: string;
}

/** Sends the captured bytes and gives the status and the body of the answer. */
async function replay(emulator: Emulator, { line, signature, body, token }: Capture) {
  const names = [
    ...(body ? ['content-type'] : []),
    'host',
    'x-amz-date',
    ...(token ? ['x-amz-security-token'] : []),
  ];
  const lines = [
    `${line} HTTP/1.1`,
    'Host: 127.0.0.1:8000',
    'Accept-Encoding: identity',
    ...(body ? ['Content-Type: application/json'] : []),
    'X-Amz-Date: 20261123T142901Z',
    ...(token ? [`X-Amz-Security-Token: ${token}`] : []),
    `Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/wickr/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    'amz-sdk-invocation-id: 85d51f0b-deb9-45f6-ac93-46d075d23a3f',
    'amz-sdk-request: attempt=1',
    ...(body ? [`Content-Length: ${body.length}`] : []),
    'Connection: close',
  ];
  const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
  const [head = '', answer = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), answer: JSON.parse(answer) };
}

const groupsOf = (id: string) => [{ id, name: 'Everyone' }];
const user = { userId: '12345', username: 'a+b@example.com', securityGroupIds: ['BCTY8Qhe'] };
const start = (more = {}) =>
  emulate({ users: [user], groups: groupsOf('BCTY8Qhe'), credentials: KEYS, now: () => SIGNED_AT, ...more });

it('update_user', async () => {
  const emulator = await start();
  const { status, answer } = await replay(emulator, {
    line: 'PATCH /networks/12345678/users',
    signature: '7ece03a5c98c9763195d97d5a182faecbd16e786221271467683bd0de424b3ac',
    body: '{"userId": "12345", "userDetails": {"firstName": "Zo\\u00eb \\u674e \\ud83c\\udf89", "lastName": "O\\u2019Brien-\\u00d1\\u00fa\\u00f1ez"}}',
  });
  expect([status, answer]).toEqual([
    200,
    {
      userId: '12345',
      networkId: '12345678',
      suspended: false,
      status: 2,
      firstName: 'Zoë 李 🎉',
      lastName: 'O’Brien-Ñúñez',
      securityGroupIds: ['BCTY8Qhe'],
      modified: SIGNED_AT / 1000,
    },
  ]);
});

it('list_users with every parameter', async () => {
  const found = { ...user, userId: '1', firstName: 'Zoë & Co', lastName: "O'Brien/+%" };
  const emulator = await start({ users: [{ ...user, username: 'other@example.com' }, found] });
  const { status, answer } = await replay(emulator, {
    line: 'GET /networks/12345678/users?maxResults=100&sortFields=lastName%2BfirstName&sortDirection=ASC&firstName=Zo%C3%AB%20%26%20Co&lastName=O%27Brien%2F%2B%25&username=a%2Bb%40example.com&status=2&groupId=BCTY8Qhe',
    signature: '8628fd3d4b586a7b9515fd1790e02944e8aae07b623ca01668395f034c9c6457',
  });
  expect([status, answer.users.map((each: { userId: string }) => each.userId)]).toEqual([200, ['1']]);
});

it.each<[string, string, Capture]>([
  [
    'get_user',
    'BCTY8Qhe',
    {
      line: 'GET /networks/12345678/users/12345',
      signature: '2496aefb7ca426b01ed75c18654757125d005a0335ddca29aedaac929b24a943',
    },
  ],
  [
    'get_user with a session token',
    'BCTY8Qhe',
    {
      line: 'GET /networks/12345678/users/12345',
      signature: '7d159abb9256c48c00c35d698ff1a3d65ae39dc328dfcd63583289e59e03d146',
      token: TOKEN,
    },
  ],
  [
    'list_security_groups',
    'BCTY8Qhe',
    {
      line: 'GET /networks/12345678/security-groups?maxResults=100&sortFields=name&sortDirection=ASC',
      signature: 'ffe4866078021ae3f0eafa31987bc4bcf4901fb0fb8bf1ae2c5b2d7e78437eba',
    },
  ],
  [
    'list_security_group_users of a group with odd characters',
    'BCTY8Qhe/ é',
    {
      line: 'GET /networks/12345678/security-groups/BCTY8Qhe%2F%20%C3%A9/users?maxResults=100',
      signature: 'db207fe63368d65122edcafd3644e6bcb2e606d1b9bc16bf27c272f852d88f24',
    },
  ],
])('%s', async (_name, group, capture) => {
  const credentials = capture.token ? { ...KEYS, sessionToken: capture.token } : KEYS;
  const emulator = await start({ groups: groupsOf(group), credentials });
  expect((await replay(emulator, capture)).status).toBe(200);
});
