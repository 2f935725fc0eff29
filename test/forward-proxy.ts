/** A forward proxy on loopback, in plain HTTP or in TLS, that leads every host to where a test wants it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createFront } from 'node:tls';
import { onTestFinished } from 'vitest';
import { hostCert, hostKey } from './wickr/own-authority.js';

export interface ForwardProxyOptions {
  /** `user:password` that has to be given; default: nobody is asked. */
  readonly login?: string;
  readonly tls?: boolean;
  /** Where each `host:port` leads; any other is answered with 502. */
  readonly leads: Readonly<Record<string, number>>;
  /** Answers every CONNECT with this status instead; 0: with nothing. */
  readonly refuses?: number;
}

export interface ForwardProxy {
  readonly port: number;
  /** What was asked for, in the order of arrival. */
  readonly connects: readonly string[];
  /** Requests other than CONNECT. */
  readonly others: readonly string[];
}

export async function forwardProxy({
  login,
  tls,
  leads,
  refuses,
}: ForwardProxyOptions): Promise<ForwardProxy> {
  const connects: string[] = [];
  const others: string[] = [];
  const sockets = new Set<Duplex>();
  const server = tls ? createTlsServer({ key: hostKey, cert: hostCert }) : createServer();
  server.on('request', (request, response) => {
    others.push(`${request.method} ${request.url}`);
    response.writeHead(400).end();
  });
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    const target = request.url ?? '';
    connects.push(target);
    if (refuses === 0) return;
    const given = request.headers['proxy-authorization'];
    const status = refuses ?? (given === wanted ? (leads[target] === undefined ? 502 : 200) : 407);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const beyond = connect(leads[target] ?? 0, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      beyond.pipe(socket).pipe(beyond);
    });
    beyond.on('error', () => socket.destroy());
    sockets.add(beyond);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, connects, others };
}

/** A TLS server with AWS's names in its certificate, in front of a server in plain HTTP. */
export async function tlsFront(port: number): Promise<number> {
  const sockets = new Set<Duplex>();
  const server = createFront({ key: hostKey, cert: hostCert }, (socket) => {
    const behind = connect(port, '127.0.0.1');
    for (const each of [socket, behind]) {
      sockets.add(each);
      each.on('error', () => {});
      each.on('close', () => {
        socket.destroy();
        behind.destroy();
      });
    }
    behind.pipe(socket).pipe(behind);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
