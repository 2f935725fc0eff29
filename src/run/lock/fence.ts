import { randomUUID } from 'node:crypto';
import type { LockedError } from '../../errors.js';
import { logEvent } from '../options/table/log-events.js';
import type { Logger } from '../options/table/logger.js';
import type { Lock } from './held-lock.js';

/**
 * Whether a run still has what it has taken: its network and its folder. Asked before each attempt and each write, so
 * that a process which was halted, and whose locks were taken over meanwhile, does nothing any more once it wakes up.
 */
export class Fence {
  /** Stands in each lock of the run. */
  readonly id: string = randomUUID();
  /** Fences of runs whose locks this one has taken over: those runs send and write nothing any more. */
  readonly overtaken = new Set<string>();
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

/** Logs whether what the run holds was taken from a process that gave no sign of life any more. */
export function tellTakenOver({ overtaken }: Fence, logger: Logger): void {
  if (overtaken.size > 0) logEvent(logger, 'lock taken over', { processes: overtaken.size });
}
