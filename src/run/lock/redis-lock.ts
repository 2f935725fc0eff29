/**
 * A lock that counts on all machines that reach one Redis. It holds and is lost as the file's lock is, with one
 * difference: whoever could not renew it for half of the time after which it is free does not look, but stops. Redis is
 * not there, and whether somebody else has taken over cannot be known.
 */
import { randomUUID } from 'node:crypto';
import { LockedError } from '../../errors.js';
import type { RedisSettings } from '../../redis/connection.js';
import type { LockKeys } from '../../redis/lock-keys.js';
import type { LockTerms } from '../options/parsed-options.js';
import { type Lock, now, seconds, who } from './held-lock.js';
import { isBelieved, lookInterval, nextStep, renewalInterval } from './lease.js';
import { type Holder, parseHolder } from './lock-file.js';
import { evidenceOn, thisProcess } from './process-id.js';
import { pause } from './readable-chain.js';

/**
 * @param name of the lock in Redis
 * @param what what is locked, for the message
 * @param owner the ID of the run's fence
 * @throws LockedError, InterruptedError as the file's lock does; RedisError
 */
export async function takeRedisLock(
  redis: RedisSettings,
  name: string,
  what: string,
  terms: LockTerms,
  owner: string,
): Promise<Lock> {
  const { openLock } = await import('../../redis/lock-keys.js');
  const keys = await openLock(redis, name);
  try {
    return await untilTaken(keys, what, terms, owner);
  } catch (error) {
    keys.close();
    throw error;
  }
}

async function untilTaken(keys: LockKeys, what: string, terms: LockTerms, owner: string): Promise<Lock> {
  const { takeOverMs, waitMs, signal, onWait } = terms;
  const watch = new TextWatch();
  const mine: Holder = {
    ...thisProcess(),
    ...{ id: randomUUID(), owner, since: new Date().toISOString(), takeOverMs, beat: 0 },
    renewedAt: new Date().toISOString(),
  };
  for (let dead = '', isTold = false; ; ) {
    const at = now();
    const { token, held } = await keys.take(claimOf(mine), dead);
    if (token !== undefined) return new HeldRedisLock(keys, what, mine, token, at);
    const holder = parseHolder(held);
    if (!holder) throw unknown(what);
    const step = nextStep(watch.see(holder, held), holder.takeOverMs, waitMs);
    if (step === 'held') throw heldBy(holder, what);
    dead = step === 'over' ? holder.id : '';
    if (step === 'over') continue;
    const { pid, host, since, renewedAt } = holder;
    if (!isTold) onWait?.({ what, pid, host, since, renewedAt, takeOverMs: holder.takeOverMs, waitMs });
    isTold = true;
    await pause(lookInterval(holder.takeOverMs), signal);
  }
}

const claimOf = (holder: Holder) => ({
  id: holder.id,
  text: JSON.stringify(holder),
  takeOverMs: holder.takeOverMs,
});

/** What one who wants a lock has seen of it. */
class TextWatch {
  readonly #begun = performance.now();
  #last: string | undefined;
  #seen = performance.now();
  #hasMoved = false;

  see(holder: Holder, text: string) {
    const time = performance.now();
    if (text !== this.#last) {
      this.#seen = time;
      this.#hasMoved = this.#last !== undefined;
    }
    this.#last = text;
    return {
      evidence: evidenceOn(holder),
      silentFor: time - this.#seen,
      hasMoved: this.#hasMoved,
      waitedFor: time - this.#begun,
    };
  }
}

/** Renews itself until it is released or lost. */
class HeldRedisLock implements Lock {
  lost: LockedError | undefined;
  readonly #keys: LockKeys;
  readonly #what: string;
  readonly #token: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((error: LockedError) => void)[] = [];
  #holder: Holder;
  #renewed: ReturnType<typeof now>;
  #renewing: Promise<void> | undefined;

  constructor(keys: LockKeys, what: string, holder: Holder, token: number, renewed: ReturnType<typeof now>) {
    this.#keys = keys;
    this.#what = what;
    this.#holder = holder;
    this.#token = token;
    this.#renewed = renewed;
    this.#timer = setInterval(() => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
    }, renewalInterval(holder.takeOverMs)).unref();
  }

  isHeld(): boolean {
    if (this.lost) return false;
    if (isBelieved(this.#renewed, now(), this.#holder.takeOverMs)) return true;
    this.#lose(unrenewable(this.#what, this.#holder.takeOverMs));
    return false;
  }

  onLost(listener: (error: LockedError) => void): void {
    if (this.lost) listener(this.lost);
    else this.#listeners.push(listener);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    // Else it is free as soon as nobody has renewed it for long enough.
    await this.#keys.release(this.#holder.id).catch(() => {});
    this.#keys.close();
  }

  async #renew(): Promise<void> {
    const at = now();
    const { beat } = this.#holder;
    this.#holder = { ...this.#holder, beat: beat + 1, renewedAt: new Date().toISOString() };
    try {
      const { token, held } = await this.#keys.renew(claimOf(this.#holder), this.#token);
      if (token === undefined) this.#lose(takenOver(this.#what, this.#holder.takeOverMs, parseHolder(held)));
      else if (!this.lost) this.#renewed = at;
    } catch {
      this.isHeld();
    }
  }

  #lose(error: LockedError): void {
    if (this.lost) return;
    this.lost = error;
    clearInterval(this.#timer);
    for (const listener of this.#listeners.splice(0)) listener(error);
  }
}

const heldBy = (holder: Holder, what: string) =>
  new LockedError(
    `another run works on ${what}: ${who(holder)}, since ${holder.since}, last sign of life ${holder.renewedAt} by its clock`,
    `Wait for it to end (\`waitMs\` does), or stop it. If it dies, it is taken over ${seconds(holder.takeOverMs)} after its last sign of life; nothing has to be deleted in Redis.`,
  );

const unknown = (what: string) =>
  new LockedError(
    `the lock of ${what} in Redis does not say who holds it`,
    'Another program may write to the same keys: give this one a prefix of its own with `redisPrefix`.',
  );

const takenOver = (what: string, takeOverMs: number, successor: Holder | undefined) =>
  new LockedError(
    `${successor ? who(successor) : 'another run'} took over ${what} in Redis, as this process had given no sign of life for ${seconds(takeOverMs)}; nothing more is sent or written`,
    'It may have been halted, or without a way to Redis. Let the other run come to its end; if rows of this one are left then, go on with `resumeRun`.',
  );

const unrenewable = (what: string, takeOverMs: number) =>
  new LockedError(
    `the lock of ${what} in Redis could not be renewed for ${seconds(takeOverMs / 2)}, so another run may soon take over; nothing more is sent or written`,
    'Make sure that Redis is there, and go on with `resumeRun`. A longer `takeOverMs` bears a longer time without Redis.',
  );
