/** A lock that this process has taken, and how it is lost. */
import { isBusy, removeFile } from '../../busy-file.js';
import { LockedError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import type { LockTerms } from '../options/parsed-options.js';
import { isBelieved, type Moment, renewalInterval } from './lease.js';
import { type Holder, type Link, type LockFile, readChain } from './lock-file.js';
import { readableChain } from './readable-chain.js';

/** A lock that this process has taken. `release` it. */
export interface Lock {
  /**
   * Whether it still holds. It costs two looks at a clock, unless there was no sign of life for so long that somebody
   * may soon have taken over: then the disk is asked. Once false, always false.
   */
  isHeld(): boolean;
  /** Why it does not hold any more. */
  readonly lost: LockedError | undefined;
  /** Called once when it does not hold any more, also if that was so already. */
  onLost(listener: (error: LockedError) => void): void;
  release(): Promise<void>;
}

/** Gives signs of life by itself until it is released or lost. */
export class HeldLock implements Lock {
  lost: LockedError | undefined;
  readonly #path: string;
  readonly #what: string;
  readonly #file: LockFile;
  readonly #takeOverMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((error: LockedError) => void)[] = [];
  #renewed: Moment;

  constructor(path: string, what: string, file: LockFile, renewed: Moment, { takeOverMs }: LockTerms) {
    this.#path = path;
    this.#what = what;
    this.#file = file;
    this.#renewed = renewed;
    this.#takeOverMs = takeOverMs;
    this.#timer = setInterval(() => this.#renew(), renewalInterval(takeOverMs)).unref();
  }

  isHeld(): boolean {
    if (this.lost) return false;
    return this.#isBelieved() || this.#renew();
  }

  onLost(listener: (error: LockedError) => void): void {
    if (this.lost) listener(this.lost);
    else this.#listeners.push(listener);
  }

  async release(): Promise<void> {
    // Whoever keeps one of its files open holds nobody up for longer than until it is taken over.
    const chain = this.isHeld() ? await readableChain(this.#path).catch(() => []) : [];
    clearInterval(this.#timer);
    this.#file.close();
    if (!this.#file.isLastOf(chain)) return;
    // The first one goes first: what is left if this is killed here is no part of any lock.
    for (const { name } of chain) await removeFile(name).catch(unlessBusy);
  }

  #isBelieved(): boolean {
    return isBelieved(this.#renewed, now(), this.#takeOverMs);
  }

  /**
   * Gives a sign of life and looks whether somebody has taken over, in this order: whoever takes over looks for one
   * after making a file of their own, so that of the two at least one sees the other. A look goes before both, since
   * one whose lock is gone writes nothing.
   */
  #renew(): boolean {
    if (this.lost) return false;
    const at = now();
    try {
      if (!this.#isLast()) return false;
      this.#file.renew();
      if (!this.#isLast()) return false;
      this.#renewed = at;
      return true;
    } catch (cause) {
      if (this.#isBelieved()) return true;
      this.#lose(unrenewable(this.#path, this.#what, cause));
      return false;
    }
  }

  #isLast(): boolean {
    const chain = readChain(this.#path);
    if (this.#file.isLastOf(chain)) return true;
    // Who holds cannot be seen for now.
    if (chain.at(-1)?.isBusy) throw new Error('the lock is open elsewhere');
    this.#lose(takenOver(this.#path, this.#what, this.#takeOverMs, chain));
    return false;
  }

  #lose(error: LockedError): void {
    this.lost = error;
    clearInterval(this.#timer);
    for (const listener of this.#listeners.splice(0)) listener(error);
  }
}

/** The present moment on both clocks. */
export const now = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

export const who = ({ pid, host }: Holder) => `process ${pid} on ${printable(host)}`;
export const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

function unlessBusy(error: unknown): void {
  if (!isBusy(error)) throw error;
}

function takenOver(path: string, what: string, takeOverMs: number, chain: readonly Link[]): LockedError {
  const last = chain.at(-1);
  if (last === undefined)
    return new LockedError(
      `the lock of ${what} is gone (${printable(path)}), so another run may be at work; nothing more is sent or written`,
      'Delete no lock while its run goes on. Make sure that no other run is at work, and go on with `resumeRun`.',
    );
  // Whoever takes over has made the file, and may not have written into it yet.
  const by = last.holder ? who(last.holder) : 'another process';
  const at = last.holder ? ` at ${last.holder.since}` : '';
  return new LockedError(
    `${by} took over ${what}${at}, as this process had given no sign of life for ${seconds(takeOverMs)}; nothing more is sent or written`,
    'It may have been halted, or its machine asleep. Let the other run come to its end; if rows of this one are left then, go on with `resumeRun`.',
  );
}

const unrenewable = (path: string, what: string, cause: unknown) =>
  new LockedError(
    `the lock of ${what} cannot be renewed, so another run may have taken over; nothing more is sent or written`,
    `Check the disk and the rights at ${printable(path)}, and go on with \`resumeRun\`.`,
    { cause },
  );
