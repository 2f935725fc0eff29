import type { Dispatcher } from 'undici';
import { dispatcherTo, type Route, straight } from './connection/dispatcher.js';
import { unreachable } from './connection-errors.js';
import type { Sign } from './sign.js';

/** How to reach the service. Times in ms. */
export interface SendOptions {
  readonly endpoint: URL;
  /** Most connections open at once. */
  readonly connections: number;
  /** For the connection, for the head of the answer, for each pause within its body, and for the body as a whole. */
  readonly timeout: number;
  readonly userAgent: string;
  /** Default: no proxy, and Node's authorities. */
  readonly route?: Route | undefined;
  /** Asked right before a request is written to its connection. Default: each one may go. */
  readonly mayGo?: (() => boolean) | undefined;
}

/** A request to sign and send. `path` starts with `/` and is appended to the endpoint's own path. */
export interface HttpRequest {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** ms from now to the end of the answer. Default: the sender's own times alone. */
  readonly within?: number;
}

/** An answer with its whole body; header names are in lower case, a repeated header is a list. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The value of a header; the first one if the header is repeated. */
export function headerOf({ headers }: Pick<HttpAnswer, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** There was no complete answer: `code` says why. */
export interface NoAnswer {
  readonly code: string;
  readonly message: string;
}

/** Sends signed requests over connections that are kept open. */
export interface Sender {
  send(request: HttpRequest, signedAt: Date): Promise<HttpAnswer | NoAnswer>;
  /** Closes every connection; a request in flight ends as a NoAnswer. */
  close(): Promise<void>;
}

/** Bytes; the largest real answer, a page of 100 users, has about 60 kB. */
const LARGEST_ANSWER = 4 * 1024 * 1024;
/** Bytes of all answers that are being received, as far as they are longer than an ordinary one. */
const MOST_HELD = 48 * 1024 * 1024;
const ORDINARY_ANSWER = 64 * 1024;
/**
 * Bytes of the names and values of an answer's headers, and of those of all answers together: in memory a short header
 * takes some hundred times that. Real ones come to less than 1 kB.
 */
const LARGEST_HEAD = 16 * 1024;
const MOST_HEADS = 1024 * 1024;
/** Interim answers (status 1xx) before the real one: the service sends none. */
const MOST_INTERIM = 10;

export function createSender(options: SendOptions, sign: Sign): Sender {
  const { endpoint, timeout } = options;
  const { connections, route = straight } = options;
  const { origin } = endpoint;
  const maxHeaderSize = Math.floor(Math.min(LARGEST_HEAD, Math.max(2048, MOST_HEADS / connections)));
  const dispatcher = dispatcherTo(endpoint, { connections, timeout, maxHeaderSize, route });
  const memory: AnswerMemory = { held: 0 };
  const basePath = endpoint.pathname.replace(/\/+$/, '');
  return {
    async send(request, signedAt) {
      const path = basePath + request.path;
      const headers = await sign({ ...request, path }, signedAt);
      headers['user-agent'] = options.userAgent;
      // Something on the way may compress what the service has not.
      headers['accept-encoding'] = 'identity';
      const { method, query, body, within } = request;
      return new Promise((resolve) => {
        const dispatch = { origin, method, path: path + queryString(query), headers, body: body ?? null };
        dispatcher.dispatch(dispatch, new Exchange(resolve, timeout, memory, options.mayGo, within));
      });
    },
    close: () => dispatcher.destroy(),
  };
}

class NotSent extends Error {
  readonly code = 'UND_ERR_DESTROYED';
}
class AnswerTooLarge extends Error {
  readonly code = 'AnswerTooLarge';
}
class BodyTooSlow extends Error {
  readonly code = 'UND_ERR_BODY_TIMEOUT';
}

/** What the answers hold that are being received: the bytes set aside, not the bytes received. */
interface AnswerMemory {
  held: number;
}

/** The bytes of a body. Copied together, because a chunk of one byte takes some hundred times that. */
class Body {
  private bytes = Buffer.alloc(0);
  private length = 0;
  private readonly memory: AnswerMemory;

  constructor(memory: AnswerMemory) {
    this.memory = memory;
  }

  /** False if this is more than can be held. */
  add(chunk: Buffer): boolean {
    const length = this.length + chunk.length;
    if (length > LARGEST_ANSWER) return false;
    if (length > this.bytes.length && !this.grow(Math.max(length, 2 * this.bytes.length, 1024))) return false;
    chunk.copy(this.bytes, this.length);
    this.length = length;
    return true;
  }

  private grow(size: number): boolean {
    const more = size - this.bytes.length;
    if (size > ORDINARY_ANSWER && this.memory.held + more > MOST_HELD) return false;
    this.memory.held += more;
    const grown = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    return true;
  }

  toString(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }

  release(): void {
    this.memory.held -= this.bytes.length;
    this.bytes = Buffer.alloc(0);
    this.length = 0;
  }
}

/**
 * Collects one answer. It takes the place of `Pool.request`, whose answers are streams: for bodies of a few hundred
 * bytes a stream costs more than the rest of the exchange.
 */
class Exchange implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: HttpAnswer['headers'] = {};
  private readonly body: Body;
  private deadline = 0;
  private interim = 0;
  private readonly resolve: (answer: HttpAnswer | NoAnswer) => void;
  private readonly timeout: number;
  private readonly mayGo: (() => boolean) | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private hasExpired = false;

  constructor(
    resolve: (answer: HttpAnswer | NoAnswer) => void,
    timeout: number,
    memory: AnswerMemory,
    mayGo?: () => boolean,
    within?: number,
  ) {
    this.resolve = resolve;
    this.timeout = timeout;
    this.mayGo = mayGo;
    this.body = new Body(memory);
    if (within !== undefined) this.timer = setTimeout(() => this.expire(), within);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It may have waited for its connection, for as long as this process was halted.
    if (this.mayGo?.() === false) controller.abort(new NotSent());
    else if (this.hasExpired) controller.abort(new BodyTooSlow());
  }

  /** Nobody waits for the answer any more. */
  private expire(): void {
    this.hasExpired = true;
    this.controller?.abort(new BodyTooSlow());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer['headers'],
  ): void {
    // Each of them has undici wait anew for the real one.
    if (status < 200 && ++this.interim > MOST_INTERIM) controller.abort(new AnswerTooLarge());
    this.status = status;
    this.headers = headers;
    this.deadline = performance.now() + this.timeout;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.body.add(chunk)) controller.abort(new AnswerTooLarge());
    // undici's own timer covers each pause within the body, and would never end a body that trickles in.
    else if (performance.now() > this.deadline) controller.abort(new BodyTooSlow());
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    this.resolve({ status: this.status, headers: this.headers, body: this.body.toString() });
    this.body.release();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.timer);
    this.body.release();
    this.resolve(noAnswer(error, this.timeout));
  }
}

/** AWS's canonical query escapes more than encodeURIComponent does, and what is sent must be what is signed. */
const percentEncode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function queryString(query: HttpRequest['query']): string {
  const pairs = Object.entries(query ?? {}).map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function noAnswer(error: unknown, timeout: number): NoAnswer {
  const refusal = proxyRefusal(error);
  if (refusal) return refusal;
  const code = codeOf(error);
  const seconds = `${timeout / 1000} s`;
  const known: Record<string, NoAnswer> = {
    UND_ERR_CONNECT_TIMEOUT: { code: 'Timeout', message: `no connection within ${seconds}` },
    UND_ERR_HEADERS_TIMEOUT: { code: 'Timeout', message: `no answer within ${seconds}` },
    UND_ERR_BODY_TIMEOUT: { code: 'Timeout', message: `the answer was not complete within ${seconds}` },
    UND_ERR_SOCKET: {
      code: 'ConnectionClosed',
      message: 'the connection was closed before the answer was complete',
    },
    ECONNRESET: {
      code: 'ConnectionClosed',
      message: 'the connection was reset before the answer was complete',
    },
    ECONNREFUSED: { code, message: 'nothing answers at this host and port: check `endpointUrl`' },
    EAI_AGAIN: { code, message: 'the host name could not be looked up: check the network' },
    EMFILE: { code, message: 'no more connections can be opened: raise "ulimit -n", or lower `concurrency`' },
    AnswerTooLarge: tooLarge,
    UND_ERR_HEADERS_OVERFLOW: tooLarge,
    UND_ERR_DESTROYED: { code: 'Stopped', message: 'the run was stopped before the answer came' },
  };
  return known[code] ?? { code, message: unreachable(code)?.message ?? 'the request got no answer' };
}

/** The proxy's no to CONNECT, of which undici tells nothing but the status, and that in words. */
function proxyRefusal(error: unknown): NoAnswer | undefined {
  const status = /^Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (status === undefined) return undefined;
  if (status === '407') return { code: 'Http407', message: unreachable('Http407')?.message ?? '' };
  const why = Number(status) >= 500 ? 'cannot reach the host' : 'does not let this host be reached';
  const code = Number(status) >= 500 ? 'ProxyError' : 'ProxyRefused';
  return { code, message: `the proxy ${why} (it answers ${status})` };
}

const tooLarge: NoAnswer = {
  code: 'AnswerTooLarge',
  message: 'the answer is larger than any answer of the service, or one of too many large ones at once',
};

function codeOf(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Za-z_0-9]{1,64}$/.test(code) ? code : 'NoAnswer';
}
