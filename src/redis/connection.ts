/** The one place that speaks to Redis, and what its failures mean. It is loaded only by a run that shares something. */
import type { Redis } from 'ioredis';
import { RedisError } from '../errors.js';
import { printable } from '../text/printable.js';
import type { RedisAddress } from './address.js';

export interface RedisSettings {
  readonly address: RedisAddress;
  /** Stands before each key. */
  readonly prefix: string;
  /** PEM texts of the authorities to trust, in place of Node's own. */
  readonly ca: readonly string[] | undefined;
}

/** ms for a connection, and for an answer: who asks ten times a second knows soon that nobody is there. */
const CONNECT = 5000;
const ANSWER = 1000;
/** ms from one attempt to connect to the next at the most. */
const LONGEST_WAIT = 1000;

export type Script = (keys: readonly string[], args: readonly string[]) => Promise<unknown>;

export class RedisConnection {
  readonly #redis: Redis;
  readonly #settings: RedisSettings;

  private constructor(redis: Redis, settings: RedisSettings) {
    this.#redis = redis;
    this.#settings = settings;
  }

  /** @throws RedisError if it cannot be reached, or refuses the credentials */
  static async open(settings: RedisSettings): Promise<RedisConnection> {
    const { Redis } = await import('ioredis');
    const redis = new Redis({
      ...wayTo(settings),
      commandTimeout: ANSWER,
      // What cannot be asked now is of no use later.
      ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
    });
    let problem: unknown;
    redis.on('error', (error) => {
      problem ??= error;
    });
    const connection = new RedisConnection(redis, settings);
    try {
      await redis.connect();
      await redis.ping();
      return connection;
    } catch (error) {
      redis.disconnect();
      throw connection.errorOf(problem ?? error);
    }
  }

  /** Makes a script ready; its keys get the prefix. What it returns rejects with what Redis or the way to it says. */
  script(name: string, lua: string): Script {
    const { prefix } = this.#settings;
    this.#redis.defineCommand(name, { lua });
    const call = (this.#redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[name];
    return async (keys, args) =>
      call?.call(this.#redis, keys.length, ...keys.map((key) => `${prefix}${key}`), ...args);
  }

  /** A failure as a person can meet it: without the URL, which may hold a password. */
  errorOf(cause: unknown): RedisError {
    const { host, port } = this.#settings.address;
    const [what, hint] = meaningOf(cause);
    return new RedisError(`Redis at ${printable(host)}, port ${port}, ${what}`, hint);
  }

  close(): void {
    this.#redis.disconnect();
  }
}

/** Where Redis is, who asks, and how long one tries. */
function wayTo({ address, ca }: RedisSettings) {
  const { host, port, username, password, database, tls } = address;
  return {
    ...{ host, port, db: database, lazyConnect: true, connectTimeout: CONNECT },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { servername: host, ...(ca && { ca: [...ca] }) } }),
    retryStrategy: (times: number) => Math.min(50 * 2 ** times, LONGEST_WAIT),
  };
}

/**
 * A client for a library that waits in Redis itself. It outlasts a restart: what is asked meanwhile waits.
 *
 * @throws RedisError if it cannot be reached now, or refuses the credentials
 */
export async function openClient(settings: RedisSettings): Promise<Redis> {
  (await RedisConnection.open(settings)).close();
  const { Redis } = await import('ioredis');
  const redis = new Redis({ ...wayTo(settings), maxRetriesPerRequest: null });
  // It connects again by itself.
  redis.on('error', () => {});
  await redis.connect();
  return redis;
}

/** What the first word of Redis's own errors means, or the code of the system's. */
function meaningOf(cause: unknown): [what: string, hint: string] {
  const { code, message = '' } = (cause ?? {}) as { code?: unknown; message?: string };
  const word = /^[A-Z]+(?= |$)/.exec(message)?.[0] ?? (typeof code === 'string' ? code : '');
  if (/^(WRONGPASS|NOAUTH)$/.test(word))
    return [
      'refuses the user or the password',
      'Check both in `redis`; a password needs %XX for characters such as @ and /.',
    ];
  if (word === 'NOPERM')
    return [
      'does not let this user do what is needed',
      'The user needs scripts (EVAL, EVALSHA), hashes, lists, strings and TIME on the keys of `redisPrefix`: docs/machines.md has the rule.',
    ];
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY|EPROTO|SSL/.test(word))
    return [
      `is not trusted or speaks no TLS (${word})`,
      'Check that `redis` names the host of its certificate, and that its authority is one that is trusted (AWS_CA_BUNDLE).',
    ];
  const reason = /^[A-Z][A-Z0-9_]{2,40}$/.test(word) ? word : 'no answer';
  return [
    `cannot be used (${reason})`,
    'Check that it runs and that `redis` names it. Without `redis` a run goes at a rate of its own.',
  ];
}
