import { Agent, request } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Emulator, type FaultRule, faultKinds } from '../../src/emulator/server.js';
import { call, emulate, getUser, type Reply, sign, statusesOf, targetOf, USER, update } from './call.js';

const NEW = { firstName: 'New', lastName: 'Name' };
const isApplied = (emulator: Emulator): boolean => emulator.users.get(USER)?.firstName === 'New';
const start = (...faults: FaultRule[]) => emulate({ faults });

/** The first update's reply, and whether it took effect. */
async function meet(rule: FaultRule): Promise<{ reply: Reply; applied: boolean; emulator: Emulator }> {
  const emulator = await start(rule);
  const reply = await update(emulator, NEW);
  expect(emulator.requests).toMatchObject([
    { fault: rule.kind, status: reply.status, applied: isApplied(emulator) },
  ]);
  return { reply, applied: isApplied(emulator), emulator };
}

describe('a connection that fails', () => {
  it.each([
    ['reset-before', false],
    ['reset-after', true],
  ] as const)('%s', async (kind, applied) => {
    const emulator = await start({ kind });
    await expect(update(emulator, NEW)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(isApplied(emulator)).toBe(applied);
    expect(emulator.requests).toMatchObject([{ fault: kind, status: 0, applied }]);
  });

  it('reset-then-refused: the change is made, and the next attempt is refused', async () => {
    const emulator = await start({ kind: 'reset-then-refused', status: 409, times: 1 });
    await expect(update(emulator, NEW)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(isApplied(emulator)).toBe(true);
    expect((await update(emulator, NEW, '10000002')).status).toBe(200);
    const reply = await update(emulator, { firstName: 'Second' });
    expect([reply.status, reply.headers['x-amzn-errortype'], isApplied(emulator)]).toEqual([
      409,
      'ConflictException',
      true,
    ]);
    expect((await update(emulator, { firstName: 'Third' })).status).toBe(200);
    expect(emulator.requests.map(({ fault, applied }) => [fault, applied])).toEqual([
      ['reset-then-refused', true],
      [undefined, true],
      ['refused', false],
      [undefined, true],
    ]);
  });

  it('half: the answer breaks off', async () => {
    const { reply, applied } = await meet({ kind: 'half' });
    expect([reply.status, reply.complete, applied]).toEqual([200, false, true]);
    const announced = Number(reply.headers['content-length']);
    expect(reply.body.length).toBeGreaterThan(0);
    expect(Buffer.byteLength(reply.body)).toBe(Math.ceil(announced / 2));
  });

  it.each([false, true])('hang: no answer comes; applied: %s', async (applied) => {
    const emulator = await start({ kind: 'hang', times: 1, ...(applied ? { applied } : {}) });
    const pending = update(emulator, NEW).catch((error) => error.code);
    await emulator.arrival(1);
    // A whole exchange later the first one still waits.
    expect((await getUser(emulator)).status).toBe(200);
    expect(isApplied(emulator)).toBe(applied);
    expect(emulator.connections.open).toBeGreaterThan(0);
    await emulator.close();
    expect(await pending).toBe('ECONNRESET');
  });

  it('close: the answer is the last one', async () => {
    const emulator = await start({ kind: 'close', after: 1 });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    expect((await update(emulator, NEW, USER, { agent })).headers.connection).toBe('keep-alive');
    const reply = await update(emulator, NEW, USER, { agent });
    const applied = isApplied(emulator);
    expect([reply.status, reply.headers.connection, reply.complete, applied]).toEqual([
      200,
      'close',
      true,
      true,
    ]);
  });

  it('hang-up: the answer is whole and says nothing, and the connection ends', async () => {
    const emulator = await start({ kind: 'hang-up' });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const closed = new Promise((resolve) => {
      agent.on('free', (socket) => socket.once('close', resolve));
    });
    const reply = await update(emulator, NEW, USER, { agent });
    expect([reply.status, reply.headers.connection, reply.complete]).toEqual([200, 'keep-alive', true]);
    expect(isApplied(emulator)).toBe(true);
    await closed;
  });
});

describe('an answer that takes its time', () => {
  it('slow: comes whole in the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const emulator = await start({ kind: 'slow', ms: 3_600_000 });
    const reply = update(emulator, NEW);
    await emulator.arrival(1);
    while (vi.getTimerCount() === 0) await new Promise(setImmediate);
    vi.advanceTimersByTime(3_599_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    const { status, json } = await reply;
    expect([status, json().userId, isApplied(emulator)]).toEqual([200, USER, true]);
  });

  it('drip: comes in single bytes', async () => {
    const emulator = await start({ kind: 'drip', ms: 0 });
    const ask = {
      method: 'PATCH',
      path: '/networks/12345678/users',
      body: JSON.stringify({ userId: USER, userDetails: NEW }),
    };
    const headers = await sign(ask, new URL(emulator.url).host, emulator.credentials);
    const chunks = await new Promise<Buffer[]>((resolve, reject) => {
      const outgoing = request(new URL(emulator.url), { method: ask.method, path: targetOf(ask), headers });
      outgoing.on('error', reject);
      outgoing.on('response', async (incoming) => resolve(await incoming.toArray()));
      outgoing.end(ask.body);
    });
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ userId: USER, ...NEW });
    // The net may join some of them.
    expect(chunks.length).toBeGreaterThan(10);
  });
});

describe('an answer that means something else', () => {
  it('500: an error of the service', async () => {
    const { reply, applied } = await meet({ kind: '500' });
    expect([reply.status, reply.headers['x-amzn-errortype'], applied]).toEqual([
      500,
      'InternalServerError',
      false,
    ]);
    expect(reply.json()).toEqual({ message: expect.any(String) });
  });

  it.each(['502', '503', '504'] as const)('%s: a page of the load balancer', async (kind) => {
    const { reply, applied } = await meet({ kind });
    expect([reply.status, reply.headers['content-type'], applied]).toEqual([
      Number(kind),
      'text/html',
      false,
    ]);
    expect(reply.body).toMatch(`<h1>${kind} `);
    expect(reply.headers).not.toHaveProperty('x-amzn-requestid');
    expect(reply.headers).not.toHaveProperty('retry-after');
  });

  it.each(['500', '502', 'empty', 'html', 'wrong-shape', 'wrong-id', 'wrong-network', 'big'] as const)(
    '%s: may hide that the update took effect',
    async (kind) => {
      expect((await meet({ kind, applied: true, ...(kind === 'big' ? { bytes: 100 } : {}) })).applied).toBe(
        true,
      );
    },
  );

  it('html: a captive portal', async () => {
    const { reply, applied } = await meet({ kind: 'html' });
    expect([reply.status, reply.headers['content-type'], applied]).toEqual([200, 'text/html', false]);
    expect(reply.body).toMatch(/^<!DOCTYPE html>/);
  });

  it('empty: nothing', async () => {
    const { reply, applied } = await meet({ kind: 'empty' });
    expect([reply.status, reply.body, reply.headers['content-length'], applied]).toEqual([
      200,
      '',
      '0',
      false,
    ]);
  });

  it('wrong-shape: JSON that is no answer, each time another', async () => {
    const emulator = await start({ kind: 'wrong-shape' });
    const bodies: string[] = [];
    for (let i = 0; i < 5; i++) bodies.push((await update(emulator, NEW)).body);
    expect(bodies.slice(0, 3)).toEqual(['{}', '[]', 'null']);
    expect(new Set(bodies).size).toBe(5);
    expect(isApplied(emulator)).toBe(false);
  });

  it('wrong-id and wrong-network: all is right but the one', async () => {
    const right = { userId: USER, networkId: '12345678', suspended: false, ...NEW };
    const user = await meet({ kind: 'wrong-id' });
    expect([user.reply.json(), user.applied]).toEqual([{ ...right, userId: '10000002' }, false]);
    const network = await meet({ kind: 'wrong-network' });
    expect([network.reply.json(), network.applied]).toEqual([{ ...right, networkId: '12345679' }, false]);
  });

  it('big: a body of so many bytes', async () => {
    const { reply } = await meet({ kind: 'big', bytes: 300_000 });
    expect([reply.status, reply.complete, Buffer.byteLength(reply.body)]).toEqual([200, true, 300_000]);
    expect(reply.json()).toEqual({ filler: expect.stringMatching(/^x+$/) });
  });

  it('big: a body without an end, until the client has enough', async () => {
    const emulator = await start({ kind: 'big', bytes: Number.POSITIVE_INFINITY });
    const ask = { method: 'PATCH', path: '/networks/12345678/users', body: '{}' };
    const headers = await sign(ask, new URL(emulator.url).host, emulator.credentials);
    const received = await new Promise<number>((resolve, reject) => {
      const outgoing = request(new URL(emulator.url), { method: ask.method, path: ask.path, headers });
      outgoing.on('error', reject);
      outgoing.on('response', async (incoming) => {
        let bytes = 0;
        for await (const chunk of incoming) {
          bytes += chunk.length;
          if (bytes > 20_000_000) break;
        }
        resolve(bytes);
      });
      outgoing.end(ask.body);
    });
    expect(received).toBeGreaterThan(20_000_000);
  });
});

describe('a no that is not meant for the row', () => {
  it('401: in plain text', async () => {
    const { reply, applied } = await meet({ kind: '401' });
    expect([reply.status, reply.headers['content-type'], reply.body, applied]).toEqual([
      401,
      'text/plain',
      'Unauthorized',
      false,
    ]);
    expect(reply.headers).not.toHaveProperty('x-amzn-errortype');
  });

  it('403: ForbiddenError', async () => {
    const { reply, applied } = await meet({ kind: '403' });
    expect([reply.status, reply.headers['x-amzn-errortype'], applied]).toEqual([
      403,
      'ForbiddenError',
      false,
    ]);
  });

  it('throttle: RateLimitError, with the time to wait if given', async () => {
    const { reply, applied } = await meet({ kind: 'throttle' });
    expect([reply.status, reply.headers['x-amzn-errortype'], applied]).toEqual([
      429,
      'RateLimitError',
      false,
    ]);
    expect(reply.headers).not.toHaveProperty('retry-after');
    expect((await meet({ kind: 'throttle', retryAfter: 7 })).reply.headers['retry-after']).toBe('7');
    expect((await meet({ kind: '503', retryAfter: 7 })).reply.headers['retry-after']).toBe('7');
  });

  it.each([
    [400, 'BadRequestError'],
    [404, 'ResourceNotFoundError'],
    [409, 'ConflictException'],
    [422, 'ValidationError'],
  ] as const)('refused: with %s', async (status, name) => {
    const { reply, applied } = await meet({ kind: 'refused', status });
    expect([reply.status, reply.headers['x-amzn-errortype'], applied]).toEqual([status, name, false]);
  });

  it("echo: repeats the request's values everywhere", async () => {
    const { reply, applied } = await meet({ kind: 'echo' });
    const { message, reasons } = reply.json();
    expect([reply.status, reply.headers['x-amzn-errortype'], applied]).toEqual([
      422,
      'ValidationError',
      false,
    ]);
    expect(message).toMatch(/New.*Name/);
    expect(reasons).toEqual([
      { field: expect.stringMatching(/^firstName.*New/), reason: expect.stringMatching(/New/) },
      { field: expect.stringMatching(/^lastName.*Name/), reason: expect.stringMatching(/Name/) },
    ]);
  });
});

describe('when', () => {
  it('every kind takes its turn on every third request', async () => {
    const others: readonly string[] = ['hang', 'reset-then-refused'];
    const kinds = (Object.keys(faultKinds) as (keyof typeof faultKinds)[]).filter(
      (kind) => !others.includes(kind),
    );
    const emulator = await emulate({ faults: [{ kinds, every: 3, ms: 1, bytes: 1000 }] });
    for (let i = 0; i < 3 * kinds.length; i++) await update(emulator, NEW).catch(() => {});
    expect(emulator.requests.map(({ fault }) => fault)).toEqual(
      kinds.flatMap((kind) => [undefined, undefined, kind]),
    );
  });

  it('a throttled or unsigned request does not use a fault up', async () => {
    const emulator = await emulate({
      faults: [{ kind: '500', every: 2 }],
      rate: 1,
      burst: 2,
      now: () => 1_000_000,
    });
    const at = { at: 1_000_000 };
    const statuses = [
      (await update(emulator, NEW, USER, at)).status,
      (await update(emulator, NEW, USER, { ...at, credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }))
        .status,
      (await update(emulator, NEW, USER, at)).status,
      (await update(emulator, NEW, USER, at)).status,
    ];
    emulator.setRate(undefined);
    statuses.push(
      ...[await update(emulator, NEW, USER, at), await update(emulator, NEW, USER, at)].map((r) => r.status),
    );
    expect(statuses).toEqual([200, 403, 500, 429, 200, 500]);
  });

  it('other operations have their own', async () => {
    const emulator = await start(
      { kind: '500', operation: 'GetUser' },
      { kind: 'half', operation: 'ListUsers' },
    );
    expect((await update(emulator, NEW)).status).toBe(200);
    expect((await getUser(emulator)).status).toBe(500);
    expect((await call(emulator, { path: '/networks/12345678/users' })).complete).toBe(false);
  });

  it('new rules can come in mid-run', async () => {
    const emulator = await start({ kind: '500' });
    expect(await statusesOf(emulator, 1)).toEqual([500]);
    emulator.setFaults([{ kind: '503', every: 2 }]);
    expect(await statusesOf(emulator, 2)).toEqual([200, 503]);
    emulator.setFaults([]);
    expect(await statusesOf(emulator, 2)).toEqual([200, 200]);
    expect(() => emulator.setFaults([{ kind: '500', every: 0 }])).toThrow(/every/);
  });
});
