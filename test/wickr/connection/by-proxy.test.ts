/** Requests by way of a proxy, in plain HTTP and in TLS, to hosts with AWS's names. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Route } from '../../../src/wickr/connection/dispatcher.js';
import { parseProxies } from '../../../src/wickr/connection/proxy.js';
import { RoutedRequestHandler } from '../../../src/wickr/connection/request-handler.js';
import { createSender } from '../../../src/wickr/send.js';
import { createSigner } from '../../../src/wickr/sign.js';
import { type ForwardProxyOptions, forwardProxy } from '../../forward-proxy.js';
import { authority, hostCert, hostKey } from '../own-authority.js';

const HOST = 'admin.wickr.us-east-1.amazonaws.com';

/** An HTTPS server that stands for AWS's, and says what was asked. */
async function aws(): Promise<{ port: number; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer({ key: hostKey, cert: hostCert }, (request, response) => {
    asked.push(`${request.method} ${request.headers.host}${request.url}`);
    expect(request.headers['proxy-authorization']).toBeUndefined();
    response.writeHead(200, { 'x-twice': ['a', 'b'] }).end('{"there":true}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, asked, server };
}

const routeBy = (url: string, none?: string): Route => ({
  proxies: parseProxies({ https: url, none }),
  ca: [authority],
});

function senderBy(route: Route, connections = 4, timeout = 5000) {
  const endpoint = new URL(`https://${HOST}`);
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const sign = createSigner(endpoint, 'us-east-1', credentials);
  const sender = createSender({ endpoint, connections, timeout, userAgent: 'test/1', route }, sign);
  onTestFinished(() => sender.close());
  return sender;
}

const get = (sender: ReturnType<typeof senderBy>) => sender.send({ method: 'GET', path: '/x' }, new Date());

const leadsTo = (port: number) => ({ leads: { [`${HOST}:443`]: port } });

describe('Wickr, by way of a proxy', () => {
  it.each<[string, Partial<ForwardProxyOptions>, string]>([
    ['in plain HTTP', {}, 'http://localhost:PORT'],
    ['in TLS', { tls: true }, 'https://localhost:PORT'],
    ['with user and password', { login: 'me:p@ss' }, 'http://me:p%40ss@localhost:PORT'],
    ['in TLS with user and password', { tls: true, login: 'me:p' }, 'https://me:p@localhost:PORT'],
    ['with a user without a password', { login: 'token:' }, 'http://token@localhost:PORT'],
  ])('%s', async (_case, options, url) => {
    const { port, asked } = await aws();
    const proxy = await forwardProxy({ ...leadsTo(port), ...options });
    const sender = senderBy(routeBy(url.replace('PORT', String(proxy.port))));
    for (let i = 0; i < 3; i += 1)
      expect(await get(sender)).toMatchObject({ status: 200, body: '{"there":true}' });
    expect(asked).toEqual(Array(3).fill(`GET ${HOST}/x`));
    expect(new Set(proxy.connects)).toEqual(new Set([`${HOST}:443`]));
    // The connection is kept: a second one if the first was not free yet, never a third.
    expect(proxy.connects.length).toBeLessThanOrEqual(2);
    expect(proxy.others).toEqual([]);
  });

  it('over no more connections than are permitted', async () => {
    const { port } = await aws();
    const proxy = await forwardProxy(leadsTo(port));
    const sender = senderBy(routeBy(`http://localhost:${proxy.port}`), 3);
    const answers = await Promise.all(Array.from({ length: 30 }, () => get(sender)));
    expect(answers.every((answer) => 'status' in answer)).toBe(true);
    expect(proxy.connects.length).toBeLessThanOrEqual(3);
  });

  it.each<[string, Partial<ForwardProxyOptions>, string, RegExp]>([
    ['that wants a login', { login: 'me:p' }, 'Http407', /user name and a password/],
    ['that refuses the host', { refuses: 403 }, 'ProxyRefused', /does not let.*403/],
    ['that cannot reach the host', { refuses: 503 }, 'ProxyError', /cannot reach.*503/],
    ['that does not answer', { refuses: 0 }, 'Timeout', /no answer within 0.5 s/],
  ])('%s: a code of its own', async (_case, options, code, message) => {
    const { port } = await aws();
    const proxy = await forwardProxy({ ...leadsTo(port), ...options });
    const answer = await get(senderBy(routeBy(`http://u:wrong@localhost:${proxy.port}`), 4, 500));
    expect(answer).toEqual({ code, message: expect.stringMatching(message) });
    expect(JSON.stringify(answer)).not.toContain('wrong');
  });

  it('not if nobody listens there', async () => {
    const answer = await get(senderBy(routeBy('http://localhost:1')));
    expect(answer).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    ['the host', false],
    ['the proxy', true],
  ])('not if the authority of %s is not trusted', async (_case, tls) => {
    const { port, asked } = await aws();
    const proxy = await forwardProxy({ ...leadsTo(port), tls });
    const url = `${tls ? 'https' : 'http'}://localhost:${proxy.port}`;
    const answer = await get(senderBy({ ...routeBy(url), ca: undefined }));
    expect(answer).toMatchObject({ code: expect.stringMatching(/^UNABLE_TO_/) });
    expect(asked).toEqual([]);
  });
});

describe("the SDK's own clients, by way of a proxy", () => {
  const STS = 'sts.us-east-1.amazonaws.com';
  const handlerBy = (route: Route) => {
    const handler = new RoutedRequestHandler(route, 5000);
    onTestFinished(() => handler.destroy());
    return handler;
  };
  const request = {
    ...{ protocol: 'https:', hostname: STS, method: 'POST', path: '/', body: 'Action=AssumeRole' },
    query: { a: ['1', '2'], 'b c': null },
    headers: { host: STS, 'content-length': '17' },
  };

  it('send and receive', async () => {
    const { port, asked } = await aws();
    const proxy = await forwardProxy({ leads: { [`${STS}:443`]: port }, login: 'me:p' });
    const handler = handlerBy(routeBy(`http://me:p@localhost:${proxy.port}`));
    const { response } = await handler.handle(request);
    expect(response).toMatchObject({ statusCode: 200, headers: { 'x-twice': 'a, b' } });
    expect(await text(response.body as Readable)).toBe('{"there":true}');
    expect(asked).toEqual([`POST ${STS}/?a=1&a=2&b%20c=`]);
    expect(proxy.connects).toEqual([`${STS}:443`]);
  });

  it('end when nobody waits any more', async () => {
    const proxy = await forwardProxy({ leads: {}, refuses: 0 });
    const handler = handlerBy(routeBy(`http://localhost:${proxy.port}`));
    const ending = new AbortController();
    const answer = handler.handle(request, { abortSignal: ending.signal });
    ending.abort();
    await expect(answer).rejects.toThrow();
    const destroyed = handler.handle(request);
    handler.destroy();
    await expect(destroyed).rejects.toThrow();
  });
});
