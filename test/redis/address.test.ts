import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from '../../src/redis/address.js';

const plain = { port: 6379, username: undefined, password: undefined, database: 0, tls: false };

describe('the URL of a Redis', () => {
  it.each([
    ['redis://localhost', { ...plain, host: 'localhost' }],
    [
      'rediss://r.example.com:6380/12',
      { ...plain, host: 'r.example.com', port: 6380, database: 12, tls: true },
    ],
    [
      'redis://me:p%40ss%2Fword@10.0.0.1/',
      { ...plain, host: '10.0.0.1', username: 'me', password: 'p@ss/word' },
    ],
    ['redis://:only@[::1]:7000', { ...plain, host: '::1', port: 7000, password: 'only' }],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual(expected);
  });

  it.each([
    '',
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://host/name',
    'redis://host/0?family=6',
    'redis://host#x',
    'redis://me:100%@host',
  ])('is not %j', (url) => {
    expect(parseRedisUrl(url)).toBeUndefined();
  });
});
