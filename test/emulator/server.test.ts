import { describe, expect, it } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/server.js';
import { call, emulate, getUser, listUsers, send, statusesOf, USER, update } from './call.js';

const UPDATES = '/networks/12345678/users';

describe('a network by default', () => {
  it('has a thousand users, five groups and keys of the right shape', async () => {
    const emulator = await startEmulator();
    await using _ = { [Symbol.asyncDispose]: () => emulator.close() };
    expect(emulator.users.size).toBe(1000);
    expect(emulator.groups).toHaveLength(5);
    expect([emulator.networkId, emulator.region]).toEqual(['12345678', 'us-east-1']);
    expect(emulator.credentials.accessKeyId).toMatch(/^AKIAEMULATOR[A-Z2-7]{8}$/);
    expect(emulator.credentials.secretAccessKey).toMatch(/^NOT.A.REAL.SECRET.{23}$/);
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('everything but the time', () => {
  it('repeats itself with the seed', async () => {
    const run = async (seed: number) => {
      const faults = [{ kinds: ['500', 'wrong-shape', 'throttle'], share: 0.3 }] as const;
      const emulator = await emulate({ seed, users: 30, faults });
      const statuses = await statusesOf(emulator, 30);
      const requestIds = emulator.requests.map(({ requestId }) => requestId);
      return {
        statuses,
        requestIds,
        users: [...emulator.users.values()].map(({ modified, ...user }) => user),
      };
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other.statuses).not.toEqual(first.statuses);
    expect(other.requestIds).not.toEqual(first.requestIds);
    expect(new Set(first.statuses)).toEqual(new Set([200, 500, 429]));
  });
});

describe('every answer of the service', () => {
  it('has a request ID, a date and a length', async () => {
    const emulator = await emulate({ now: () => Date.parse('2026-11-23T12:00:00.900Z') });
    const { headers } = await getUser(emulator, USER, { at: Date.parse('2026-11-23T12:00:00Z') });
    expect(headers).toMatchObject({
      'x-amzn-requestid': expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      ),
      date: 'Mon, 23 Nov 2026 12:00:00 GMT',
      'content-type': 'application/json',
      'content-length': expect.stringMatching(/^\d+$/),
    });
    expect(emulator.requests[0]?.requestId).toBe(headers['x-amzn-requestid']);
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/', 404],
    ['GET', '/networks/12345678/nothing', 404],
    ['GET', '/networks/12345678/users/', 404],
    ['POST', UPDATES, 405],
    ['DELETE', `${UPDATES}/1`, 405],
    ['POST', '/networks/12345678/users/uname-lookup', 405],
  ])('%s %s', async (method, path, status) => {
    const emulator = await emulate();
    const reply = await call(emulator, { method, path });
    expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([status, 'UnknownOperationException']);
    expect(emulator.requests).toMatchObject([{ operation: 'Unknown', status }]);
  });

  it('a broken escape', async () => {
    const reply = await call(await emulate(), { path: `${UPDATES}/%zz` });
    expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([400, 'BadRequestError']);
  });
});

describe('a request is authenticated first', () => {
  it('before it is throttled, and before its path is looked at', async () => {
    const emulator = await emulate({ rate: 0.001, burst: 1 });
    const bad = { ...emulator.credentials, secretAccessKey: 'wrong' };
    expect((await getUser(emulator, USER, { credentials: bad })).status).toBe(403);
    expect((await getUser(emulator)).status).toBe(200);
    expect((await getUser(emulator)).status).toBe(429);
    const refused = await getUser(emulator, USER, { credentials: bad });
    expect(refused.json().message).toMatch(/does not match/);
    expect((await send(emulator, { path: '/nowhere' }, {})).headers['x-amzn-errortype']).toBe(
      'MissingAuthenticationTokenException',
    );
  });

  it('and an old signature costs no token', async () => {
    const emulator = await emulate({ rate: 0.001, burst: 1 });
    expect((await getUser(emulator, USER, { at: Date.now() - 301_000 })).status).toBe(403);
    expect((await getUser(emulator)).status).toBe(200);
  });

  it('by the credentials in force', async () => {
    const emulator = await emulate();
    const first = emulator.credentials;
    emulator.expireCredentials();
    const expired = await getUser(emulator);
    expect([expired.status, expired.headers['x-amzn-errortype']]).toEqual([403, 'ExpiredTokenException']);
    emulator.setCredentials({ accessKeyId: 'ASIANEXT', secretAccessKey: 'next', sessionToken: 'token' });
    expect((await getUser(emulator)).status).toBe(200);
    const old = await getUser(emulator, USER, { credentials: first });
    expect([old.status, old.headers['x-amzn-errortype']]).toEqual([403, 'UnrecognizedClientException']);
  });

  it('for its region', async () => {
    expect((await getUser(await emulate({ region: 'eu-west-2' }))).status).toBe(200);
  });
});

describe('throttling', () => {
  /** Statuses of so many updates at each of these moments, all on the emulator's own clock. */
  async function load(
    options: EmulatorOptions,
    moments: readonly number[],
    count: number,
  ): Promise<number[]> {
    let now = 1_000_000_000;
    const emulator = await emulate({ ...options, now: () => now });
    const passed: number[] = [];
    for (const moment of moments) {
      now = 1_000_000_000 + moment;
      const replies = await Promise.all(
        Array.from({ length: count }, () => update(emulator, { firstName: 'A' }, USER, { at: now })),
      );
      passed.push(replies.filter(({ status }) => status === 200).length);
      expect(replies.every(({ status }) => status === 200 || status === 429)).toBe(true);
    }
    return passed;
  }

  it('lets the rate through, and no more', async () => {
    expect(await load({ rate: 10 }, [0, 0, 100, 600, 10_000], 20)).toEqual([10, 0, 1, 5, 10]);
    expect(await load({ rate: 10, burst: 3 }, [0, 100, 10_000], 20)).toEqual([3, 1, 3]);
    expect(await load({ rate: 10, limiter: 'window' }, [0, 999, 1000, 1001], 20)).toEqual([10, 0, 10, 0]);
    expect(await load({ rate: 10, burst: 1, chargeRejected: true }, [0, 50, 100, 200], 2)).toEqual([
      1, 0, 0, 1,
    ]);
  });

  it('counts the requests of each operation by themselves if it is told to', async () => {
    const statuses = async (rateScope: 'all' | 'operation') => {
      const emulator = await emulate({ rate: 0.001, burst: 1, rateScope });
      return [
        await getUser(emulator),
        await update(emulator, { firstName: 'A' }),
        await getUser(emulator),
      ].map(({ status }) => status);
    };
    expect(await statuses('all')).toEqual([200, 429, 429]);
    expect(await statuses('operation')).toEqual([200, 200, 429]);
    const shared = await emulate({ rate: 1 });
    expect(() => shared.setRate(1, 1, 'GetUser')).toThrow('for one operation');
  });

  it('has what comes too soon wait, or refuses what is one too many at once', async () => {
    const queue = await emulate({ rate: 20, burst: 1, limiter: 'queue' });
    const from = performance.now();
    const queued = await Promise.all(Array.from({ length: 5 }, () => getUser(queue)));
    expect(queued.every(({ status }) => status === 200)).toBe(true);
    expect(performance.now() - from).toBeGreaterThanOrEqual(195);
    const narrow = await emulate({ rate: 2, limiter: 'at-once', latency: 1000 });
    const replies = await Promise.all(Array.from({ length: 3 }, () => getUser(narrow)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(2);
  });

  it('says so as the API does, and when to come back only if asked to', async () => {
    const reject = async (options: EmulatorOptions) => {
      const emulator = await emulate({ rate: 0.001, burst: 1, ...options });
      await getUser(emulator);
      return getUser(emulator);
    };
    const { status, headers, json } = await reject({});
    expect([status, headers['x-amzn-errortype'], json()]).toEqual([
      429,
      'RateLimitError',
      { message: expect.any(String) },
    ]);
    expect(headers).not.toHaveProperty('retry-after');
    expect((await reject({ retryAfter: 3 })).headers['retry-after']).toBe('3');
  });

  it('follows the rate in mid-run', async () => {
    const emulator = await emulate();
    expect(await statusesOf(emulator, 3)).toEqual([200, 200, 200]);
    emulator.setRate(0.001, 2);
    expect(await statusesOf(emulator, 4)).toEqual([200, 200, 429, 429]);
    emulator.setRate(undefined);
    expect(await statusesOf(emulator, 2)).toEqual([200, 200]);
    expect(() => emulator.setRate(0)).toThrow(/rate/);
  });
});

describe('what came in', () => {
  it('is recorded in order, with what became of it', async () => {
    const emulator = await emulate({ faults: [{ kind: '500', after: 1 }] });
    await update(emulator, { firstName: 'A' });
    await update(emulator, { firstName: 'B' });
    await getUser(emulator, '5');
    await listUsers(emulator);
    expect(emulator.requests).toMatchObject([
      {
        operation: 'UpdateUser',
        userId: USER,
        status: 200,
        applied: true,
        body: { userId: USER, userDetails: { firstName: 'A' } },
      },
      {
        operation: 'UpdateUser',
        userId: USER,
        status: 500,
        code: 'InternalServerError',
        applied: false,
        fault: '500',
      },
      { operation: 'GetUser', userId: '5', status: 404, code: 'ResourceNotFoundError', applied: false },
      { operation: 'ListUsers', status: 200, applied: false },
    ]);
    expect(emulator.requests[0]).not.toHaveProperty('code');
    const times = emulator.requests.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(emulator.counts).toMatchObject({ UpdateUser: 2, GetUser: 1, ListUsers: 1, ListSecurityGroups: 0 });
    expect(Object.fromEntries(emulator.statuses)).toEqual({ 200: 2, 404: 1, 500: 1 });
  });

  it('is only counted without `keepRequests`', async () => {
    const emulator = await emulate({ keepRequests: false });
    await update(emulator, { firstName: 'A' });
    expect([emulator.requests.length, emulator.counts.UpdateUser]).toEqual([0, 1]);
  });

  it('can be waited for', async () => {
    const emulator = await emulate();
    const third = emulator.arrival(3);
    const reads = emulator.arrival(1, 'GetUser');
    let there = false;
    void third.then(() => {
      there = true;
    });
    await statusesOf(emulator, 2);
    expect(there).toBe(false);
    await statusesOf(emulator, 1);
    await third;
    await emulator.arrival(2);
    await emulator.close();
    await expect(reads).rejects.toThrow(/closed/);
  });
});

describe('another administrator', () => {
  it('changes a user without a request', async () => {
    const emulator = await emulate();
    const before = emulator.users.get(USER);
    emulator.edit(USER, { firstName: 'Elsewhere', username: 'elsewhere@example.com' });
    expect((await getUser(emulator)).json()).toMatchObject({ firstName: 'Elsewhere' });
    expect(before).not.toMatchObject({ firstName: 'Elsewhere' });
    const clash = await update(emulator, { username: 'ELSEWHERE@example.com' }, '10000002');
    expect(clash.json().reasons).toMatchObject([{ field: 'username' }]);
    expect(() => emulator.edit('5', {})).toThrow(/no user 5/);
  });
});
