import type { LockedError } from '../../errors.js';
import type { Lock } from './held-lock.js';

/**
 * Whether a run still has what it has taken: its network and its folder. Asked before each attempt and each write, so
 * that a process which was halted, and whose locks were taken over meanwhile, does nothing any more once it wakes up.
 */
export class Fence {
  readonly #locks: Lock[] = [];
  readonly #listeners: ((error: LockedError) => void)[] = [];

  /** Has the run depend on one more lock, and gives it back. */
  add(lock: Lock): Lock {
    this.#locks.push(lock);
    lock.onLost((error) => {
      for (const listener of this.#listeners) listener(error);
    });
    return lock;
  }

  /** Why the run may do nothing any more. */
  get lost(): LockedError | undefined {
    return this.#locks.find((lock) => !lock.isHeld())?.lost;
  }

  /** @throws LockedError if a lock does not hold any more */
  check(): void {
    const { lost } = this;
    if (lost) throw lost;
  }

  /** Calls the listener for each lock that does not hold any more, from now on. */
  onLost(listener: (error: LockedError) => void): void {
    this.#listeners.push(listener);
    for (const lock of this.#locks) if (lock.lost) listener(lock.lost);
  }
}
