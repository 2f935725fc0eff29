/** A rate that runs share, with a real Redis. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedPace } from '../../src/pace/shared/shared-pace.js';
import { shareRate } from '../../src/redis/shared-rate.js';
import { authority, hostCert, hostKey } from '../wickr/own-authority.js';
import { until } from '../workplace.js';
import { freePort, noRedis, type RedisServer, settingsOf, startRedis } from './redis-server.js';

const endpoint = new URL('https://admin.wickr.us-east-1.amazonaws.com');

let server: RedisServer;
let joined: SharedPace[] = [];

/** Joins as a run of an account; what it says of going on alone goes to `said`. */
async function joinAs(
  url = server.url,
  said: (string | undefined)[] = [],
  rate = {},
  account = '123456789012',
): Promise<SharedPace> {
  const onAlone = (reason: Error | undefined) => void said.push(reason?.message);
  const pace = await shareRate(settingsOf(url), { endpoint, account, rate, onAlone });
  joined.push(pace);
  return pace;
}

/** As a service that takes everything at once, for as long as `isOn`. */
function use(pace: SharedPace, isOn: () => boolean): void {
  const step = () => {
    if (!isOn()) return;
    const at = performance.now();
    if (at >= pace.holdUntil) {
      pace.sent(at);
      pace.answered({ at: performance.now(), sentAt: at, result: 'accepted' });
    }
    setTimeout(step, 1000 / pace.rate);
  };
  step();
}

const keysOf = async (run: (redis: Redis) => Promise<unknown>) => {
  const redis = new Redis(server.url);
  try {
    return await run(redis);
  } finally {
    redis.disconnect();
  }
};

describe.skipIf(noRedis !== undefined)('runs that share a rate', () => {
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(joined.map((pace) => pace.close()));
    joined = [];
    await server.close();
  });

  it('have even parts of it, and all of it if they are alone', async () => {
    const first = await joinAs();
    const alone = first.rate;
    const second = await joinAs();
    await until(() => Math.abs(first.rate - second.rate) < 0.01 && first.rate < alone);
    expect(first.rate + second.rate).toBeCloseTo(alone, 6);
    await second.close();
    await until(() => first.rate === alone);
  });

  it('find it together: what one is told, all go by', async () => {
    const [first, second] = [await joinAs(), await joinAs()];
    let isOn = true;
    use(first, () => isOn);
    use(second, () => isOn);
    await until(() => first.rate > 15 && second.rate > 15);
    isOn = false;
    const at = performance.now();
    second.sent(at);
    second.answered({ at, sentAt: at, result: 'throttled', retryAfter: 30_000 });
    await until(() => first.holdUntil > at + 29_000);
    expect(first.holdUntil).toBeLessThan(at + 32_000);
  });

  it('are those of one account and endpoint', async () => {
    const [first, other] = [await joinAs(), await joinAs(server.url, [], {}, '210987654321')];
    await new Promise((resolve) => first.onChange(() => resolve(undefined)));
    expect(other.rate).toBe(first.rate);
    expect(await keysOf((redis) => redis.keys('test:*:state'))).toHaveLength(2);
  });

  it('keep to what one of them must not exceed, and the others get that', async () => {
    const first = await joinAs();
    const alone = first.rate;
    const bounded = await joinAs(server.url, [], { max: 2 });
    await until(() => first.rate === alone - 2);
    await until(() => bounded.rate === 2);
  });

  it('go on with what was found when the one that decides is gone without a word', async () => {
    const [first, second] = [await joinAs(), await joinAs()];
    let isOn = true;
    use(first, () => isOn);
    use(second, () => isOn);
    await until(() => second.rate > 20);
    const term = () => keysOf(async (redis) => redis.hget((await redis.keys('*:state'))[0] ?? '', 'term'));
    expect(await term()).toBe('1');
    // Redis lets go of who decides, as after a silence.
    await keysOf(async (redis) =>
      redis.hset((await redis.keys('*:state'))[0] ?? '', 'by', 'gone', 'until', '0'),
    );
    await until(async () => (await term()) === '2');
    const rates = () => first.rate + second.rate;
    isOn = false;
    await until(() => rates() > 35);
  });

  it('go on alone without Redis, at the part that they had, say so, and join again', async () => {
    const said: (string | undefined)[] = [];
    const [first, second] = [await joinAs(server.url, said), await joinAs()];
    await until(() => Math.abs(first.rate - second.rate) < 0.01);
    const part = first.rate;
    await server.kill();
    await until(() => said.length > 0);
    expect(said).toEqual([expect.stringMatching(/^Redis at 127\.0\.0\.1, port \d+, cannot be used \(.+\)$/)]);
    expect(first.rate).toBeCloseTo(part, 0);
    await server.start();
    await until(() => said.length > 1);
    expect(said[1]).toBeUndefined();
    await until(() => Math.abs(first.rate - second.rate) < 0.01);
  });

  it('go on alone while Redis is there and says nothing', async () => {
    const said: (string | undefined)[] = [];
    const pace = await joinAs(server.url, said);
    server.signal('SIGSTOP');
    await until(() => said.length > 0);
    expect(pace.rate).toBeGreaterThan(0);
    server.signal('SIGCONT');
    await until(() => said.length > 1);
  });

  it('go on alone if another program writes to the keys', async () => {
    const said: (string | undefined)[] = [];
    await joinAs(server.url, said);
    await keysOf(async (redis) => {
      const [key = ''] = await redis.keys('*:state');
      await redis.hset(key, 'by', 'me', 'until', '9e15', 'decision', '{"rate":"NaN"}');
    });
    await until(() => said.length > 0);
  });

  it('leave times, counts and rates in Redis, and nothing else', async () => {
    const pace = await joinAs();
    let isOn = true;
    use(pace, () => isOn);
    const all = async () =>
      keysOf(async (redis) => {
        const keys = await redis.keys('*');
        const dumps = await Promise.all(
          keys.map(async (key) => (key.endsWith('reports') ? redis.lrange(key, 0, -1) : redis.hgetall(key))),
        );
        return JSON.stringify([keys, dumps]);
      });
    const seen: string[] = [];
    for (let i = 0; i < 20; i += 1) seen.push(String(await all()));
    isOn = false;
    expect(seen.join('')).not.toMatch(/123456789012|amazonaws|wickr\./);
    expect(await keysOf((redis) => redis.keys('*'))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^test:\{rate:[0-9a-f]{24}\}:state$/)]),
    );
  });
});

describe.skipIf(noRedis !== undefined)('a Redis that cannot be used', () => {
  it.each([
    ['a wrong password', 'redis://:s3cr%40t@', /refuses the user or the password$/],
    ['no password', 'redis://', /refuses the user or the password$/],
    ['a user who may not', 'redis://poor:p0or@', /does not let this user do what is needed$/],
  ])('says so: %s', async (_what, scheme, message) => {
    const strict = await startRedis(['requirepass right', 'user poor on >p0or ~* -@all +ping +info']);
    try {
      const joining = joinAs(`${scheme}127.0.0.1:${strict.port}`);
      await expect(joining).rejects.toMatchObject({ code: 'REDIS', message: expect.stringMatching(message) });
      const error = await joining.catch((reason: Error & { hint: string }) => reason);
      expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toMatch(
        /s3cr|p0or/,
      );
    } finally {
      await strict.close();
    }
  });

  it('is one that is not there', async () => {
    const joining = joinAs(`redis://127.0.0.1:${await freePort()}`);
    await expect(joining).rejects.toMatchObject({ message: expect.stringMatching(/\(ECONNREFUSED\)$/) });
  });

  it('does what is needed for a user who may no more than that', async () => {
    const rights = '+@connection +info +eval +evalsha +time +@hash +@list +@string +pexpire +del';
    const strict = await startRedis(['requirepass right', `user run on >p%w ~test:* ${rights}`]);
    try {
      const pace = await joinAs(`redis://run:p%25w@127.0.0.1:${strict.port}/3`).catch((error) => error);
      expect(pace).toMatchObject({ rate: 20 });
      await (pace as SharedPace).close();
    } finally {
      await strict.close();
    }
  });
});

describe.skipIf(noRedis !== undefined)('TLS', () => {
  it('is used with an authority that is trusted, and with no other', async () => {
    const port = await freePort();
    const files = await mkdtemp(join(tmpdir(), 'wickr-bulk-tls-'));
    const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')];
    await Promise.all([writeFile(key, hostKey), writeFile(cert, hostCert)]);
    const config = [
      `tls-port ${port}`,
      `tls-cert-file ${cert}`,
      `tls-key-file ${key}`,
      'tls-auth-clients no',
    ];
    const tls = await startRedis(config);
    try {
      const url = `rediss://localhost:${port}`;
      await expect(joinAs(url)).rejects.toMatchObject({ message: expect.stringMatching(/is not trusted/) });
      const sharing = { endpoint, account: '1', rate: {}, onAlone: () => {} };
      const pace = await shareRate(settingsOf(url, { ca: [authority] }), sharing);
      expect(pace.rate).toBe(20);
      await pace.close();
    } finally {
      await tls.close();
      await rm(files, { recursive: true });
    }
  });
});
