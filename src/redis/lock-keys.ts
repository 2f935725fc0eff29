/** A lock in Redis: who holds it, for as long as they renew it, and a number that rises with each holding. */
import { RedisConnection, type RedisSettings } from './connection.js';

/** What became of an attempt to take or to renew a lock. */
export interface LockAnswer {
  /** Rises with each holding of the lock, and is never given twice; undefined if somebody else holds it. */
  readonly token: number | undefined;
  /** What somebody else has left; '' if nobody holds it. */
  readonly held: string;
}

/** Whoever holds a lock: its ID, a UUID, and what the others are to know of it. */
export interface Claim {
  readonly id: string;
  readonly text: string;
  /** ms without a renewal after which it is free. */
  readonly takeOverMs: number;
}

/** ms; the numbers outlast whoever may still believe that they hold a lock. */
const COUNTED = 30 * 24 * 3_600_000;

/** KEYS: lock, number. ARGV: ID, text, ms, ID of a holder that is known to be dead. */
const TAKE = `
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 36) ~= ARGV[4] then return { 0, held } end
local token = redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], ${COUNTED})
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
return { token, '' }
`;

/**
 * KEYS, ARGV as above, with the holding's number as the last one. A lock that is gone, as after a restart, is taken
 * again if the number says that nobody has had it since.
 */
const RENEW = `
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 36) ~= ARGV[1] then return { 0, held } end
if not held and tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[4]) then return { 0, '' } end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ${COUNTED})
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
return { tonumber(ARGV[4]), '' }
`;

/** KEYS: lock. ARGV: ID. */
const RELEASE = `
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 36) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`;

export interface LockKeys {
  /** @param dead the ID of a holder that is surely dead. Rejects with a RedisError */
  take(claim: Claim, dead: string): Promise<LockAnswer>;
  /** Rejects with what Redis or the way to it says. */
  renew(claim: Claim, token: number): Promise<LockAnswer>;
  release(id: string): Promise<void>;
  close(): void;
}

/** @param name of the lock. @throws RedisError if Redis cannot be reached or refuses */
export async function openLock(settings: RedisSettings, name: string): Promise<LockKeys> {
  const connection = await RedisConnection.open(settings);
  const keys = [`{lock:${name}}:holder`, `{lock:${name}}:number`];
  const [take, renew, release] = [
    connection.script('takeLock', TAKE),
    connection.script('renewLock', RENEW),
    connection.script('releaseLock', RELEASE),
  ];
  const textsOf = ({ id, text, takeOverMs }: Claim) => [id, text, String(Math.ceil(takeOverMs))];
  return {
    take: (claim, dead) =>
      take(keys, [...textsOf(claim), dead]).then(answerOf, (cause) => {
        throw connection.errorOf(cause);
      }),
    renew: async (claim, token) => answerOf(await renew(keys, [...textsOf(claim), String(token)])),
    release: async (id) => void (await release(keys.slice(0, 1), [id])),
    close: () => connection.close(),
  };
}

const ID = 36;

function answerOf(reply: unknown): LockAnswer {
  const [token, held] = reply as [number, string];
  return { token: token === 0 ? undefined : token, held: held.slice(ID) };
}
