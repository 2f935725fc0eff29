/** The mailbox in a real Redis: who decides, and which decision counts. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailbox, Outgoing } from '../../src/pace/shared/mailbox.js';
import { parseRedisUrl } from '../../src/redis/address.js';
import { openBudget } from '../../src/redis/budget.js';
import { noRedis, type RedisServer, startRedis } from './redis-server.js';

let server: RedisServer;
let open: Mailbox[] = [];

async function mailbox(run: string): Promise<Mailbox> {
  const address = parseRedisUrl(server.url);
  if (!address) throw new Error('no URL of a Redis');
  const endpoint = new URL('https://admin.wickr.us-east-1.amazonaws.com');
  const opened = await openBudget(
    { address, prefix: 'test:', ca: undefined },
    { endpoint, account: '1', run },
  );
  open.push(opened);
  return opened;
}

const nothing: Outgoing = { demand: 5, report: { sent: [], answers: [], lag: 0 } };
const deciding = (term: number, rate: number): Outgoing => ({
  ...nothing,
  decided: { term, decision: { madeAt: 1, holdUntil: 2, rate, shares: { a: rate } } },
});

/** As if nobody had heard of the one that decides for too long. */
async function forgetWhoDecides(): Promise<void> {
  const redis = new Redis(server.url);
  const [key = ''] = await redis.keys('*:state');
  await redis.hset(key, 'until', '0');
  redis.disconnect();
}

describe.skipIf(noRedis !== undefined)('the mailbox', () => {
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    open = [];
    await server.close();
  });

  it('lets one decide, and hands that one what all others have left, once', async () => {
    const [a, b] = [await mailbox('a'), await mailbox('b')];
    const report = {
      sent: [10.04, 20],
      answers: [
        { at: 30, under: 5, result: 'throttled' as const, retryAfter: 1500 },
        { at: 31.26, under: 5, result: 'failed' as const },
      ],
      lag: 12,
    };
    expect(await a.exchange(nothing)).toMatchObject({ term: 1, decision: undefined, reports: [] });
    const heard = await b.exchange({ demand: Number.POSITIVE_INFINITY, report });
    expect(heard).toMatchObject({ term: undefined, demands: [], reports: [] });
    const taken = await a.exchange(deciding(1, 50));
    expect(taken.demands).toEqual([
      { id: 'a', rate: 5 },
      { id: 'b', rate: Number.POSITIVE_INFINITY },
    ]);
    const [first, second] = report.answers;
    expect(taken.reports).toEqual([{ sent: [10, 20], answers: [first, { ...second, at: 31.3 }], lag: 12 }]);
    expect((await a.exchange(nothing)).reports).toEqual([]);
    expect((await b.exchange(nothing)).decision).toMatchObject({ rate: 50, shares: { a: 50 } });
  });

  it('takes no decision of a term that is over, nor of one who does not decide', async () => {
    const [a, b] = [await mailbox('a'), await mailbox('b')];
    await a.exchange(nothing);
    await a.exchange(deciding(1, 50));
    expect((await b.exchange(deciding(1, 60))).decision).toMatchObject({ rate: 50 });
    await forgetWhoDecides();
    expect((await b.exchange(nothing)).term).toBe(2);
    expect((await a.exchange(deciding(1, 70))).decision).toMatchObject({ rate: 50 });
    await forgetWhoDecides();
    // It has woken up, and has a term again; what it had decided is of the first one.
    expect(await a.exchange(deciding(1, 80))).toMatchObject({ term: 3, decision: { rate: 50 } });
    expect((await a.exchange(deciding(3, 90))).decision).toMatchObject({ rate: 90 });
  });

  it('is held up by no one who is gone if the clock is set back', async () => {
    const [a, b] = [await mailbox('a'), await mailbox('b')];
    await a.exchange(nothing);
    const redis = new Redis(server.url);
    const [[state = ''] = [], [runs = ''] = []] = [await redis.keys('*:state'), await redis.keys('*:runs')];
    await redis.hset(state, 'until', String(Date.now() + 3_600_000));
    await redis.hset(runs, 'a', `${Date.now() + 3_600_000}.000 7`);
    redis.disconnect();
    expect(await b.exchange(nothing)).toMatchObject({ term: 2, demands: [{ id: 'b', rate: 5 }] });
  });

  it('lets another one decide as soon as the one that does takes leave', async () => {
    const [a, b] = [await mailbox('a'), await mailbox('b')];
    await a.exchange(nothing);
    expect((await b.exchange(nothing)).term).toBeUndefined();
    await a.close();
    const next = await b.exchange(nothing);
    expect(next.term).toBe(2);
    expect(next.demands).toEqual([{ id: 'b', rate: 5 }]);
  });
});
