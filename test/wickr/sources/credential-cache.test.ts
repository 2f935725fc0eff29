import { describe, expect, it } from 'vitest';
import type { CredentialProvider } from '../../../src/wickr/credentials.js';
import {
  type CacheState,
  CredentialCache,
  decideCache,
  pauseAfter,
} from '../../../src/wickr/sources/credential-cache.js';

const MINUTE = 60_000;
const held: CacheState = { isPresent: true, expiration: undefined, pausedUntil: 0, hasFailed: false };

it.each<[string, Partial<CacheState>, boolean, string]>([
  ['none yet', { isPresent: false }, false, 'renew'],
  [
    'none, and the source has just failed',
    { isPresent: false, hasFailed: true, pausedUntil: 1 },
    false,
    'fail',
  ],
  ['they do not end', {}, false, 'use'],
  ['they end later', { expiration: 6 * MINUTE }, false, 'use'],
  ['they end soon', { expiration: 4 * MINUTE }, false, 'use-and-renew'],
  ['they end soon, and the source was just asked', { expiration: 4 * MINUTE, pausedUntil: 1 }, false, 'use'],
  [
    'they end soon, and the source has just failed',
    { expiration: 4 * MINUTE, pausedUntil: 1, hasFailed: true },
    false,
    'use',
  ],
  ['they have ended', { expiration: -1 }, false, 'renew'],
  [
    'they have ended, and the source has just failed',
    { expiration: -1, pausedUntil: 1, hasFailed: true },
    false,
    'fail',
  ],
  ['they have ended by this clock alone', { expiration: -1, pausedUntil: 1 }, false, 'use'],
  ['they were refused', { expiration: 6 * MINUTE, pausedUntil: 1 }, true, 'renew'],
])('%s', (_, state, isForced, decision) => {
  expect(decideCache({ ...held, ...state }, 0, isForced)).toBe(decision);
});

it('the pause ends when the credentials do, and is one all the same if they have ended', () => {
  expect(pauseAfter(undefined, 0)).toBe(MINUTE);
  expect(pauseAfter(4 * MINUTE, 0)).toBe(MINUTE);
  expect(pauseAfter(30_000, 0)).toBe(20_000);
  expect(pauseAfter(-1, 0)).toBe(MINUTE);
});

describe('the cache', () => {
  const cached = (source: CredentialProvider, problems: unknown[] = []) =>
    new CredentialCache(source, {
      asksAlways: false,
      onProblem: (error) => problems.push(error),
      isFinal: (error) => error instanceof RangeError,
    }).provider;
  const soon = () => ({ accessKeyId: 'a', secretAccessKey: 's', expiration: new Date(Date.now() + MINUTE) });

  it('asks once for all who wait, and not again at each request if they end soon', async () => {
    let asked = 0;
    const provider = cached(async () => {
      asked += 1;
      return soon();
    });
    await Promise.all([provider(), provider(), provider()]);
    for (let i = 0; i < 100; i += 1) await provider();
    expect(asked).toBe(1);
  });

  it('uses what it has while the source fails, and tells', async () => {
    let asked = 0;
    const problems: unknown[] = [];
    const provider = cached(async () => {
      asked += 1;
      if (asked > 1) throw new Error('vault is sealed');
      return soon();
    }, problems);
    const first = await provider();
    await expect(provider({ forceRefresh: true })).rejects.toThrow('vault is sealed');
    for (let i = 0; i < 100; i += 1) expect(await provider()).toBe(first);
    expect(asked).toBe(2);
  });

  it('gives nothing more once the credentials are of somebody else', async () => {
    let asked = 0;
    const provider = cached(async () => {
      asked += 1;
      if (asked > 1) throw new RangeError('somebody else');
      return soon();
    });
    await provider();
    await expect(provider({ forceRefresh: true })).rejects.toThrow('somebody else');
    await expect(provider()).rejects.toThrow('somebody else');
    expect(asked).toBe(2);
  });
});
