/**
 * A server for one page, on this machine alone. Whoever has the address may look; nothing can be done with it but that.
 * The token in the address keeps out other users of the machine and other pages in the browser. The Host is checked, so
 * that no name of somebody else's leads here (DNS rebinding), and the Origin, so that no other page reads it.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { UsageError } from '../errors.js';

/** Bytes that may wait for a page that does not read; then it is let go of, and comes back by itself. */
const MOST_WAITING = 16 * 1024 * 1024;
/** ms; what `EventSource` waits before it comes back. */
const RETRY = 1000;
/** ms that the end waits for pages to take what was sent. */
const LAST_PATIENCE = 2000;

export interface Pages {
  /** The page as it stands: its text, and its Content-Security-Policy. */
  page(): Promise<{ readonly parts: Iterable<string>; readonly policy: string }>;
  /** A page has begun to listen. */
  joined(listener: Listener): void;
}

/** A page that is open in a browser. */
export class Listener {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    // A page to which nothing can be written any more is nobody's trouble.
    response.on('error', () => {});
  }

  /** @param json one line */
  send(event: string, json: string): void {
    if (this.#response.writableLength > MOST_WAITING) this.#response.destroy();
    else this.#response.write(`event: ${event}\ndata: ${json}\n\n`);
  }

  end(): void {
    this.#response.end();
  }
}

export class PageServer {
  readonly listeners = new Set<Listener>();
  readonly #token = randomBytes(24).toString('base64url');
  readonly #unfinished = new Set<ServerResponse>();
  readonly #server: Server;
  readonly #pages: Pages;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#server = createServer((request, response) => {
      this.#unfinished.add(response);
      response.once('close', () => this.#unfinished.delete(response));
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/${this.#token}`;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @param port 0 means a free one @throws UsageError if it is taken */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => reject(refused(port, cause)));
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    // A connection that cannot be accepted must not end the run.
    this.#server.on('error', () => {});
  }

  /** What was sent is still delivered. A page that does not take it keeps nobody waiting for longer than 2 s. */
  async close(): Promise<void> {
    const ended = [...this.#unfinished].map((response) => finished(response).catch(() => {}));
    for (const listener of this.listeners) listener.end();
    // The server's own `close` cuts off an answer that has ended and is not with the system yet.
    await Promise.race([
      Promise.all(ended),
      new Promise((resolve) => setTimeout(resolve, LAST_PATIENCE).unref()),
    ]);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#pathOf(request);
    if (path === undefined) return end(response, 403);
    if (request.method !== 'GET') return end(response, 405);
    if (path === '') {
      const { parts, policy } = await this.#pages.page();
      const security = `${policy}; frame-ancestors 'none'`;
      response.writeHead(200, {
        ...HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': security,
      });
      return void response.end([...parts].join(''));
    }
    if (path !== 'events') return end(response, 404);
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    response.write(`retry: ${RETRY}\n\n`);
    const listener = new Listener(response);
    this.listeners.add(listener);
    response.once('close', () => this.listeners.delete(listener));
    this.#pages.joined(listener);
  }

  /** What is asked for, behind the token; undefined for who must not look. */
  #pathOf({ headers, url = '' }: IncomingMessage): string | undefined {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!hosts.includes(headers.host ?? '')) return undefined;
    if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return undefined;
    if (headers['sec-fetch-site'] === 'cross-site') return undefined;
    const [, token = '', path = '', ...more] = url.split('/');
    return more.length === 0 && isSame(token, this.#token) ? path : undefined;
  }
}

const HEADERS = {
  // When the run ends nothing waits for a connection that a browser keeps.
  connection: 'close',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, HEADERS).end();
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const refused = (port: number, cause: NodeJS.ErrnoException) =>
  new UsageError(
    `port ${port} cannot be had for the page (${cause.code})`,
    'Choose another one with `servePort`, or leave it out for a free one.',
    { cause },
  );
