/** Who works on what: a lock that holds for as long as its holder gives signs of life. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unwritable } from '../../disk.js';
import { LockedError, RunFolderError, WickrBulkError } from '../../errors.js';
import type { RedisSettings } from '../../redis/connection.js';
import { printable } from '../../text/printable.js';
import type { LockTerms } from '../options/parsed-options.js';
import { Fence } from './fence.js';
import { HeldLock, type Lock, now, seconds, who } from './held-lock.js';
import { lookInterval, nextStep, standing, type Watched } from './lease.js';
import { discardBlank, type Holder, isBlank, type Link, LockFile, unknownHolder } from './lock-file.js';
import { evidenceOn, thisProcess } from './process-id.js';
import { pause, readableChain } from './readable-chain.js';
import { takeRedisLock } from './redis-lock.js';

/** Where nobody else comes. */
const unlocked: Lock = { isHeld: () => true, lost: undefined, onLost: () => {}, release: async () => {} };

/**
 * Takes a lock, also from a holder that has died with it: at once if this machine knows that it is dead, else once it
 * has given no sign of life for as long as it has said itself.
 *
 * @param what what is locked, for the message, such as `network 12345678`
 * @param fence of the run that is to depend on the lock. A run that it has taken one lock from is not watched for the
 *   others: it has lost those as well
 * @throws LockedError if another process holds it; InterruptedError once the signal of the terms is aborted;
 *   RunFolderError if its file cannot be written
 */
export async function takeLock(
  path: string,
  what: string,
  terms: LockTerms,
  fence: Fence = new Fence(),
): Promise<Lock> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (;;) {
      const chain = await untilFree(path, what, terms, fence.overtaken);
      const renewed = now();
      const file = await claim(path, chain, terms, fence.id);
      if (file) {
        for (const { holder } of chain) if (holder) fence.overtaken.add(holder.owner);
        return fence.add(new HeldLock(path, what, file, renewed, terms));
      }
      // Somebody else was faster, and has it now or has given it back.
      await pause(lookInterval(HALF_WRITTEN), terms.signal);
    }
  } catch (cause) {
    throw cause instanceof WickrBulkError ? cause : unwritable(path, cause);
  }
}

/** Makes this process's file of a lock that is free or over. @returns undefined if somebody else was first */
async function claim(
  path: string,
  chain: readonly Link[],
  { takeOverMs, signal }: LockTerms,
  owner: string,
): Promise<LockFile | undefined> {
  const since = new Date().toISOString();
  const signs = { takeOverMs, beat: 0, renewedAt: since };
  const mine = { ...thisProcess(), id: randomUUID(), owner, since, ...signs };
  const file = await LockFile.create(path, chain.at(-1)?.holder, mine);
  let isMine = false;
  try {
    isMine = file !== undefined && follows(await readableChain(path, signal), chain, file);
    return isMine ? file : undefined;
  } finally {
    if (!isMine) await file?.remove();
  }
}

/** Whether a file came behind what was seen to be over, and nothing has changed in that since. */
const follows = (chain: readonly Link[], before: readonly Link[], file: LockFile): boolean =>
  file.isLastOf(chain) &&
  chain.length === before.length + 1 &&
  before.every(({ text }, index) => chain[index]?.text === text);

/**
 * Takes the lock of a network: one writing run at a time on this machine, as far as they name the same folder, and with
 * Redis on all machines that reach it.
 *
 * @param folder of the locks; undefined: networks are not held on this machine
 * @throws as `takeLock` does; RedisError
 */
export async function lockNetwork(
  folder: string | undefined,
  endpoint: URL,
  networkId: string,
  terms: LockTerms,
  fence: Fence = new Fence(),
  redis?: RedisSettings,
): Promise<Lock> {
  const service = createHash('sha256').update(endpoint.origin).digest('hex').slice(0, 12);
  const [name, what] = [`${networkId}-${service}`, `network ${networkId}`];
  const here =
    folder === undefined ? unlocked : await lockHere(join(folder, `${name}.lock`), what, terms, fence);
  if (redis === undefined) return here;
  try {
    const everywhere = fence.add(await takeRedisLock(redis, name, what, terms, fence.id));
    return bothOf(everywhere, here);
  } catch (error) {
    await here.release();
    throw error;
  }
}

async function lockHere(path: string, what: string, terms: LockTerms, fence: Fence): Promise<Lock> {
  try {
    return await takeLock(path, what, terms, fence);
  } catch (cause) {
    throw cause instanceof RunFolderError ? noRoomForLocks(cause) : cause;
  }
}

const bothOf = (one: Lock, other: Lock): Lock => ({
  isHeld: () => one.isHeld() && other.isHeld(),
  get lost() {
    return one.lost ?? other.lost;
  },
  onLost(listener) {
    one.onLost(listener);
    other.onLost(listener);
  },
  async release() {
    await one.release();
    await other.release();
  },
});

const noRoomForLocks = (cause: RunFolderError) =>
  new RunFolderError(
    `the lock of the network is to be kept in a file that the system refuses: ${cause.message}`,
    'Make its folder one that you may write to, or name another one with `locks`.',
    { cause },
  );

/** @throws LockedError if a process works on the run whose lock this is, or it cannot be known */
export async function refuseHeld(path: string, what: string, terms: LockTerms): Promise<void> {
  await untilFree(path, what, terms);
}

/** Who has a lock, as far as can be told. */
export interface Seen {
  readonly holder: Holder;
  /** `silent`: it may have died, or may not. */
  readonly state: 'alive' | 'silent';
}

/** Looks for a sign of life of who has the lock; undefined if nobody has it, or who had it is dead. */
export async function lookAtLock(path: string): Promise<Seen | undefined> {
  const watch = new Watch();
  for (;;) {
    const last = (await readableChain(path)).at(-1);
    if (last === undefined) return undefined;
    const { holder } = last;
    const takeOverMs = holder?.takeOverMs ?? HALF_WRITTEN;
    const state = standing(watch.see(last), takeOverMs);
    if (state === 'over' && !holder && !isBlank(last)) throw unknownHolder(path);
    if (state === 'over') return undefined;
    if (holder && state) return { holder, state };
    await sleep(lookInterval(takeOverMs));
  }
}

/** ms in which whoever makes a lock's file has long written into it: nothing comes between the two. */
const HALF_WRITTEN = 2000;

/** Resolves with the lock's files as soon as the last of them is over, or there are none. */
async function untilFree(
  path: string,
  what: string,
  terms: LockTerms,
  overtaken: ReadonlySet<string> = new Set(),
): Promise<readonly Link[]> {
  const { waitMs, signal, onWait } = terms;
  const watch = new Watch();
  for (let isTold = false; ; ) {
    const chain = await readableChain(path, signal);
    const last = chain.at(-1);
    if (last === undefined) return chain;
    const { holder } = last;
    const takeOverMs = holder?.takeOverMs ?? HALF_WRITTEN;
    const seen = watch.see(last);
    const isOver = holder !== undefined && overtaken.has(holder.owner);
    const step = isOver ? 'over' : nextStep(seen, takeOverMs, waitMs);
    if (step === 'over' && holder) return chain;
    if (step === 'over') await dropHalfWritten(last, path);
    if (holder && step === 'held') throw heldBy(holder, path, what);
    if (holder && !isTold) onWait?.({ what, ...wordsOn(holder), takeOverMs, waitMs });
    isTold ||= holder !== undefined;
    await pause(lookInterval(takeOverMs), signal);
  }
}

/** @throws LockedError if there is something in it */
async function dropHalfWritten(link: Link, path: string): Promise<void> {
  if (!isBlank(link)) throw unknownHolder(path);
  await discardBlank(link);
}

/** What one who wants a lock has seen of it. */
class Watch {
  readonly #begun = performance.now();
  #last: Link | undefined;
  #seen = performance.now();
  #hasMoved = false;

  see(link: Link): Watched {
    const time = performance.now();
    if (this.#last === undefined) this.#seen = time;
    else if (link.text !== this.#last.text) {
      this.#seen = time;
      this.#hasMoved = true;
    }
    this.#last = link;
    return {
      evidence: link.holder ? evidenceOn(link.holder) : 'unknown',
      silentFor: time - this.#seen,
      hasMoved: this.#hasMoved,
      waitedFor: time - this.#begun,
    };
  }
}

/** As the caller is told of it: without what tells processes apart, and without their IDs. */
const wordsOn = ({ pid, host, since, renewedAt }: Holder) => ({ pid, host, since, renewedAt });

function heldBy(holder: Holder, path: string, what: string): LockedError {
  const { since, renewedAt, takeOverMs } = holder;
  return new LockedError(
    `another run works on ${what}: ${who(holder)}, since ${since}, last sign of life ${renewedAt} by its clock`,
    `Wait for it to end (\`waitMs\` does), or stop it. If it dies, it is taken over ${seconds(takeOverMs)} after its last sign of life; nobody has to delete ${printable(path)}.`,
  );
}
