/** Requests to an emulator as a client of its own would send them, signed by AWS's signer. */
import { createHash, createHmac } from 'node:crypto';
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { SignatureV4 } from '@aws-sdk/signature-v4';
import { onTestFinished } from 'vitest';
import type { EmulatorCredentials } from '../../src/emulator/network/credentials.js';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/server.js';

/** An emulator that ends with the test. */
export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ users: 20, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** When it is signed; default now. */
  readonly at?: number;
  readonly credentials?: EmulatorCredentials;
  readonly agent?: Agent;
}

/** The headers to send, signed. */
export async function sign(ask: Ask, host: string, credentials: EmulatorCredentials, region = 'us-east-1') {
  const { hostname } = new URL(`http://${host}`);
  const signer = new SignatureV4({
    credentials,
    region,
    service: 'wickr',
    sha256: Sha256,
    applyChecksum: false,
  });
  const type = ask.body === undefined ? {} : { 'content-type': 'application/json' };
  const { headers } = await signer.sign(
    {
      method: ask.method ?? 'GET',
      protocol: 'http:',
      hostname,
      path: ask.path,
      query: { ...ask.query },
      headers: { host, ...type, ...ask.headers },
      ...(ask.body === undefined ? {} : { body: ask.body }),
    },
    { signingDate: new Date(ask.at ?? Date.now()) },
  );
  return headers;
}

/** The query as AWS's clients write it. */
export function targetOf({ path, query = {} }: Pick<Ask, 'path' | 'query'>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** False if the connection ended before the answer did. */
  readonly complete: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever came
  json(): any;
}

/** Sends the request, signed now with the emulator's credentials; rejects if no answer begins. */
export async function call(emulator: Emulator, ask: Ask): Promise<Reply> {
  const { host } = new URL(emulator.url);
  const headers = await sign(ask, host, ask.credentials ?? emulator.credentials, emulator.region);
  return send(emulator, ask, headers);
}

/** Sends the request with just these headers. */
export function send(emulator: Emulator, ask: Ask, headers: Record<string, string>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', body, agent = false } = ask;
    const outgoing = request(new URL(emulator.url), { method, path: targetOf(ask), headers, agent });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => resolve(read(incoming)));
    outgoing.end(body);
  });
}

async function read(incoming: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    // `complete` tells.
  }
  const body = Buffer.concat(chunks).toString();
  const { statusCode = 0, headers, complete } = incoming;
  return { status: statusCode, headers, body, complete, json: () => JSON.parse(body) };
}

export const USER = '10000001';

/** UpdateUser. `details` need not be what the API takes. */
export const update = (emulator: Emulator, details: unknown, userId = USER, more: Partial<Ask> = {}) =>
  call(emulator, {
    method: 'PATCH',
    path: `/networks/${emulator.networkId}/users`,
    body: JSON.stringify({ userId, userDetails: details }),
    ...more,
  });

export const getUser = (emulator: Emulator, userId = USER, more: Partial<Ask> = {}) =>
  call(emulator, { path: `/networks/${emulator.networkId}/users/${userId}`, ...more });

export const listUsers = (emulator: Emulator, query: Record<string, string> = {}) =>
  call(emulator, { path: `/networks/${emulator.networkId}/users`, query });

/** The statuses of so many updates, one after the other. */
export async function statusesOf(emulator: Emulator, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await update(emulator, { firstName: `N${i}` })).status);
  return statuses;
}
