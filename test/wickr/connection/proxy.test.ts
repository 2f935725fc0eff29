import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseProxies, parseProxy, proxyFor } from '../../../src/wickr/connection/proxy.js';

const wickr = 'https://admin.wickr.us-east-1.amazonaws.com';

describe('a proxy', () => {
  it.each([
    ['http://proxy.example:8080', 'http://proxy.example:8080/', undefined],
    ['proxy.example:8080', 'http://proxy.example:8080/', undefined],
    ['proxy.example', 'http://proxy.example/', undefined],
    ['HTTPS://proxy.example', 'https://proxy.example/', undefined],
    ['http://[::1]:3128/', 'http://[::1]:3128/', undefined],
    ['http://me:secret@proxy.example:1', 'http://proxy.example:1/', 'me:secret'],
    ['me:secret@proxy.example:1', 'http://proxy.example:1/', 'me:secret'],
    ['http://token@proxy.example:1', 'http://proxy.example:1/', 'token:'],
    ['http://:secret@proxy.example:1', 'http://proxy.example:1/', ':secret'],
    ['http://d%5Cme:p%40%3A%2F%25@proxy.example:1', 'http://proxy.example:1/', 'd\\me:p@:/%'],
  ])('%s', (text, url, login) => {
    const proxy = parseProxy(text, 'HTTPS_PROXY');
    expect(proxy.url.href).toBe(url);
    const authorization = login && `Basic ${Buffer.from(login).toString('base64')}`;
    expect(proxy.authorization).toBe(authorization);
  });

  it.each([
    'socks5://me:secret@proxy.example',
    'http://',
    'http://me:secret@',
    'ftp://x',
    'http://me:secret@x:port',
    '%',
  ])('%s is none, and the message does not repeat it', (text) => {
    expect(() => parseProxy(text, 'HTTPS_PROXY')).toThrow(UsageError);
    expect(() => parseProxy(text, 'HTTPS_PROXY')).toThrow(/^HTTPS_PROXY is not the URL of an HTTP proxy$/);
  });

  it('with a % that stands for itself is refused', () => {
    expect(() => parseProxy('http://me:100%@proxy.example', 'HTTPS_PROXY')).toThrow('not percent-encoded');
  });
});

describe('on the way to a host', () => {
  const proxies = { https: 'http://s.example:1', http: 'http://p.example:1' };
  const by = (url: string, none?: string) =>
    proxyFor(new URL(url), parseProxies({ ...proxies, none }))?.url.hostname;

  it.each([
    [wickr, 's.example'],
    ['http://wickr.corp.example', 'p.example'],
    ['https://localhost', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['http://127.5.5.5:8080', undefined],
    ['https://[::1]:8080', undefined],
  ])('%s: %s', (url, proxy) => {
    expect(by(url)).toBe(proxy);
  });

  it('is only the one of its scheme', () => {
    expect(proxyFor(new URL(wickr), parseProxies({ http: 'http://p.example:1' }))).toBeUndefined();
    expect(
      proxyFor(new URL('http://a.example'), parseProxies({ https: 'http://p.example:1' })),
    ).toBeUndefined();
  });

  it.each<[string, string, boolean]>([
    ['', wickr, false],
    ['*', wickr, true],
    ['amazonaws.com', wickr, true],
    ['.amazonaws.com', wickr, true],
    ['*.amazonaws.com', wickr, true],
    ['AmazonAWS.com', wickr, true],
    ['azonaws.com', wickr, false],
    ['com', wickr, true],
    ['amazonaws.com.', wickr, true],
    ['admin.wickr.us-east-1.amazonaws.com', wickr, true],
    ['x.admin.wickr.us-east-1.amazonaws.com', wickr, false],
    ['a.example, ,b.example amazonaws.com', wickr, true],
    ['amazonaws.com:443', wickr, true],
    ['amazonaws.com:8443', wickr, false],
    ['amazonaws.com:8443', `${wickr}:8443`, true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/33', 'https://10.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['1.2.3', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd00::7]', true],
    ['fd00::/8', 'https://10.1.2.3', false],
    ['[fd00::7]:443', 'https://[fd00::7]', true],
    ['169.254.169.254', wickr, false],
  ])('NO_PROXY=%s spares %s: %s', (none, url, isSpared) => {
    expect(by(url, none)).toBe(isSpared ? undefined : 's.example');
  });
});
