/** The emulator's HTTP server: connections, incoming bodies, and closing. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { deliver } from './faults/delivery.js';
import { Timers } from './faults/timers.js';
import type { Service } from './service.js';

/** ms; as long as AWS's load balancers keep an idle connection. */
const KEEP_ALIVE = 60_000;
/** Connections that wait to be accepted. */
const BACKLOG = 1024;
/** Bytes. */
const MAX_BODY = 1024 * 1024;

export class Listener {
  /** Connections that are open now, and the most that were ever open at once. */
  readonly connections = { open: 0, peak: 0 };
  readonly #server = createServer({ keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 });
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Timers();
  #closed: Promise<void> | undefined;

  constructor(service: Service) {
    this.#server.on('connection', (socket) => this.#watch(socket));
    this.#server.on('request', (request, response) => {
      const { method = '', url: target = '', rawHeaders } = request;
      const arrival = service.arrive(method, target);
      collect(request, (body) => {
        deliver(response, service.handle(arrival, { method, target, rawHeaders }, body), this.#timers);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Port 0 means a free one. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', BACKLOG, resolve);
    });
  }

  /** Ends at once, with all connections and pending answers. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#timers.clear();
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    this.connections.open = this.#sockets.size;
    this.connections.peak = Math.max(this.connections.peak, this.#sockets.size);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.connections.open = this.#sockets.size;
    });
  }
}

/** Passes the whole body on, or undefined if it is too large. A body that never ends is never passed on. */
function collect(request: IncomingMessage, then: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_BODY) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length > MAX_BODY) then(undefined);
    else then(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
