import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/wickr/client.js';
import { createSender, type Sender } from '../../src/wickr/send.js';
import { createSigner } from '../../src/wickr/sign.js';
import { randomCases } from '../length.js';
import { bodiesFor, checkFailure, commands, headersFor } from './hostile-answers.js';

let server: Server;
let sender: Sender;
let client: Client;
/** What the server writes, whatever it is asked, before it closes the connection. */
let answer = Buffer.alloc(0);

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const options = { endpoint, connections: 1, timeout: 20_000, userAgent: 'test/1' };
  sender = createSender(options, createSigner(endpoint, 'us-east-1', credentials));
  client = createClient(sender);
});

afterAll(async () => {
  await sender.close();
  server.close();
});

const statusLine = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(200, 200, 422, 429, 500, 403).map((status) => `HTTP/1.1 ${status} X`),
  },
  fc.integer({ min: 0, max: 1100 }).map((status) => `HTTP/1.1 ${status} X`),
  fc.constantFrom(
    'HTTP/1.0 200 OK',
    'HTTP/2 200',
    'HTTP/1.1 200',
    'HTTP/1.1 200 \u001b[31m',
    'ICY 200 OK',
    '',
  ),
);
const oddHeader = fc.constantFrom(
  ...[
    '__proto__: x',
    'constructor: y',
    'toString: z',
    'hasOwnProperty: 1',
    'connection: keep-alive',
    'x: \u009b2J',
  ],
  ...[
    'content-encoding: gzip',
    'transfer-encoding: chunked',
    'content-length: 5',
    'content-length: -1',
    ' folded: x',
  ],
  ...[
    'no colon',
    'trailer: x',
    'upgrade: x',
    `long: ${'x'.repeat(70_000)}`,
    'keep-alive: timeout=0',
    'x\0y: z',
    ': ',
  ],
);

const exchanges = commands.chain((command) => {
  const answers = fc
    .record({
      statusLine,
      headers: headersFor(command),
      odd: fc.array(oddHeader, { maxLength: 2 }),
      body: bodiesFor(command, { intact: true }),
      length: fc.boolean(),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      lineEnd: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
    })
    .map((parts) => {
      const headers = Object.entries(parts.headers).flatMap(([name, value]) =>
        [value ?? ''].flat().map((each) => `${name}: ${each}`),
      );
      const length = parts.length ? [`content-length: ${Buffer.byteLength(parts.body)}`] : [];
      const head = [parts.statusLine, ...headers, ...length, ...parts.odd, '', ''].join(parts.lineEnd);
      const bytes = Buffer.concat([Buffer.from(head), Buffer.from(parts.body)]);
      return parts.cut === null ? bytes : bytes.subarray(0, Math.floor(parts.cut * bytes.length));
    });
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  return fc.tuple(
    fc.constant(command),
    fc.oneof({ weight: 9, arbitrary: answers }, { weight: 1, arbitrary: noise }),
  );
});

it('whatever bytes come, an attempt ends with an answer about the user or a failure without a value', async () => {
  const ends = { answer: 0, failure: 0 };
  await fc.assert(
    fc.asyncProperty(exchanges, async ([command, bytes]) => {
      answer = bytes;
      const { result, requestId, httpStatus } = await client.updateUser(command);
      expect(requestId).toMatch(/^[\w-]{0,64}$/);
      expect(Number.isInteger(httpStatus)).toBe(true);
      if ('failure' in result) {
        ends.failure += 1;
        checkFailure(result.failure);
      } else {
        ends.answer += 1;
        expect(httpStatus).toBe(200);
        expect([result.answer.userId, result.answer.networkId]).toEqual([command.userId, command.networkId]);
      }
    }),
    randomCases(200, 2000),
  );
  expect(ends.answer).toBeGreaterThan(0);
  expect(ends.failure).toBeGreaterThan(0);
});
