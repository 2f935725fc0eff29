import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSender, type Sender } from '../../src/wickr/send.js';
import { createSigner } from '../../src/wickr/sign.js';
import { cert, key } from './self-signed.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of open.splice(0)) await each.close();
});

/** Bytes of what is still used. */
function liveHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

function senderTo(endpoint: string, timeout = 5000): Sender {
  const url = new URL(endpoint);
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const sender = createSender(
    { endpoint: url, connections: 4, timeout, userAgent: 'test/1' },
    createSigner(url, 'us-east-1', credentials),
  );
  open.push(sender);
  return sender;
}

const serve = async (handler: Handler, timeout?: number) =>
  senderTo(`http://127.0.0.1:${await listen(createServer(handler))}`, timeout);
const get = (sender: Sender, path = '/x') => sender.send({ method: 'GET', path }, new Date());

describe('an answer', () => {
  it('comes with its status, headers and body', async () => {
    const sender = await serve((_, response) => {
      response.writeHead(422, { 'X-Amzn-ErrorType': 'ValidationError' }).end('Zoë');
    });
    expect(await get(sender)).toMatchObject({
      status: 422,
      headers: { 'x-amzn-errortype': 'ValidationError' },
      body: 'Zoë',
    });
  });

  it('holds no more than its bytes, in however many chunks it comes', async () => {
    const chunks = 100_000;
    let end = () => {};
    const port = await listen(
      createServer((_, response) => {
        response.socket?.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        response.socket?.write('1\r\nx\r\n'.repeat(chunks));
        end = () => response.socket?.write('0\r\n\r\n');
      }),
    );
    const before = liveHeap();
    const sender = senderTo(`http://127.0.0.1:${port}`, 60_000);
    const answer = sender.send({ method: 'GET', path: '/' }, new Date());
    let most = 0;
    // One second: without the copying, most chunks are there by then even on a slow machine.
    for (let look = 0; look < 20; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      most = Math.max(most, liveHeap() - before);
    }
    end();
    expect(most).toBeLessThan(5_000_000);
    expect(await answer).toMatchObject({ status: 200, body: 'x'.repeat(chunks) });
  });

  it('is asked for over connections that are kept', async () => {
    const ports = new Set<number | undefined>();
    const sender = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    for (let i = 0; i < 10; i += 1) await get(sender);
    // Ten requests, one after the other: a second connection if the first was not free yet, never a third.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('comes over a new connection if the old one was closed while it was idle', async () => {
    let closed = Promise.resolve<unknown>(undefined);
    const ports = new Set<number | undefined>();
    const sender = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      closed = once(request.socket, 'close');
      response.end('{}', () => request.socket.destroySoon());
    });
    for (let i = 0; i < 5; i += 1) {
      expect(await get(sender)).toMatchObject({ status: 200 });
      // The server has the client's end of it then: nothing is under way any more.
      await closed;
    }
    expect(ports.size).toBe(5);
  });

  it('is asked for below the path of the endpoint, with the query as it was signed', async () => {
    let asked = '';
    const port = await listen(
      createServer((request, response) => {
        asked = request.url ?? '';
        response.end();
      }),
    );
    const sender = senderTo(`http://127.0.0.1:${port}/base/`);
    await sender.send({ method: 'GET', path: '/users', query: { username: "a b+c@d!'()*" } }, new Date());
    expect(asked).toBe('/base/users?username=a%20b%2Bc%40d%21%27%28%29%2A');
  });
});

describe('no answer', () => {
  it.each<[string, Handler, string]>([
    ['if the connection is reset', (request) => request.socket.resetAndDestroy(), 'ConnectionClosed'],
    [
      'if half of it comes',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => response.destroy());
      },
      'ConnectionClosed',
    ],
    [
      'if it is larger than any',
      (_, response) => {
        const more = () => response.write(Buffer.alloc(1024 * 1024), more);
        more();
        response.on('error', () => {});
      },
      'AnswerTooLarge',
    ],
    [
      'if nothing but interim answers come',
      (_, response) => {
        const more = (error?: Error | null) => {
          if (!error) response.socket?.write('HTTP/1.1 102 Processing\r\n\r\n', more);
        };
        more();
        response.socket?.on('error', () => {});
      },
      'AnswerTooLarge',
    ],
    [
      'if its headers are larger than any',
      (_, response) => void response.writeHead(200, { a: 'x'.repeat(17_000) }).end(),
      'AnswerTooLarge',
    ],
  ])('%s', async (_case, handler, code) => {
    expect(await get(await serve(handler))).toMatchObject({ code });
  });

  it.each<[string, Handler]>([
    ['none comes', () => {}],
    ['its body does not end', (_, response) => void response.write('{')],
    [
      'its body trickles in',
      (_, response) => {
        const drip = setInterval(() => response.write(' '), 100);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('within the time if %s', async (_case, handler) => {
    expect(await get(await serve(handler, 500))).toMatchObject({ code: 'Timeout' });
  });

  it('if nothing listens', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    expect(await get(senderTo(`http://127.0.0.1:${port}`))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each(['1', '0'])(
    'from a server that nobody vouches for, whatever NODE_TLS_REJECT_UNAUTHORIZED=%s says',
    async (value) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', value);
      let asked = false;
      const server = createTlsServer({ key, cert }, (_, response) => {
        asked = true;
        response.end();
      });
      const sender = senderTo(`https://127.0.0.1:${await listen(server)}`);
      expect(await get(sender)).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(asked).toBe(false);
    },
  );

  it('once it was closed', async () => {
    const sender = await serve(() => {});
    const answer = get(sender);
    await sender.close();
    expect(await answer).toMatchObject({ code: 'Stopped' });
  });
});
