import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';

/** ms; a lease begins sooner, unless the process is very busy. */
const USUAL_START = 50;

/**
 * Runs leases one after the other. Bottleneck goes by the wall clock even where jobs need no time between them: a clock that
 * is set back while a lease is about to begin would hold it for that long. So the waiting is left to the lease, and one
 * that does not begin is begun by another queue.
 */
export class LeaseQueue {
  #jobs = newQueue();

  /** Rejects if the queue is stopped before the lease has begun. */
  async run(lease: () => Promise<void>): Promise<void> {
    for (let patience = USUAL_START; !(await this.#hasRun(lease, patience)); patience *= 2) {
      drop(this.#jobs);
      this.#jobs = newQueue();
    }
  }

  /** False if it has not begun in time, and will not. */
  async #hasRun(lease: () => Promise<void>, patience: number): Promise<boolean> {
    let state: 'waiting' | 'begun' | 'given up' = 'waiting';
    const job = this.#jobs.schedule(async () => {
      if (state === 'given up') return;
      state = 'begun';
      await lease();
    });
    const late = new AbortController();
    const isLate = sleep(patience, true, { signal: late.signal }).catch(() => false);
    const first = await Promise.race([job.then(() => false), isLate.then(() => state === 'waiting')]).finally(
      () => late.abort(),
    );
    if (!first) return job.then(() => true);
    state = 'given up';
    job.catch(() => {});
    return false;
  }

  stop(): void {
    drop(this.#jobs);
  }
}

const newQueue = () => new Bottleneck({ maxConcurrent: 1, minTime: 0 });

const drop = (jobs: Bottleneck): void => {
  void jobs.stop({ dropWaitingJobs: true }).catch(() => {});
};
