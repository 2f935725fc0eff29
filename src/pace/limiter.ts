import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import { RowsInFlight } from './in-flight.js';
import { permitsOf } from './lease.js';
import type { HealthSignal, Outage } from './outage.js';
import { type Answer, RateController, type RateOptions } from './rate-controller.js';

/**
 * The result of an attempt. `failed`: no answer, or a senseless one; `void`: an answer that says nothing about the rate
 * or the service's health, such as refused credentials.
 */
export type AttemptResult = Answer['result'] | 'void';

/** ms; Node's timers take no more. */
const LONGEST_SLEEP = 2 ** 31 - 1;

/**
 * Stands before every request of a run: it hands out permits at the rate that `rate-controller.ts` decides, and holds
 * them back while `outage.ts` says so.
 */
export interface Limiter {
  /**
   * Waits for a permit. Resolves to the time (ms, monotonic) at which it was granted, for `answered`, or to undefined
   * once the limiter has been stopped.
   *
   * @param urgent go before the requests that wait already: for a request that has waited once and was throttled
   */
  acquire(urgent?: boolean): Promise<number | undefined>;
  /**
   * Takes the result of the request that got its permit at `sentAt`.
   *
   * @param retryAfter ms that the service asked to wait
   * @param isRetry whether an attempt for the same row has failed before
   */
  answered(result: AttemptResult, sentAt: number, retryAfter?: number, isRetry?: boolean): void;
  /** Takes back the permit that was granted at `grantedAt`: no request was made with it, or not yet. */
  unused(grantedAt: number): void;
  /** Holds all permits back until it is told not to. The patience with an outage does not run out meanwhile. */
  hold(isHeld: boolean): void;
  /** Sets bounds anew; what is not named stays as it is. */
  tune(bounds: Bounds): void;
  /** Grants no more permits, and ends all waits for one. */
  stop(): void;
  /** Permits/s at present; 0 while the service is down and single requests probe it. */
  readonly rate: number;
  /** Permits/s that the service was found to accept; undefined until enough has been seen. */
  readonly found: number | undefined;
  /** ms for which a throttle holds all permits back from now on; 0 if none does. */
  readonly heldMs: number;
  /** Rows to have in flight at present: as many as the rate needs with the latency seen. */
  readonly rowsInFlight: number;
}

/** Bounds that can be set anew while a run goes on. */
export interface Bounds {
  /** Permits/s that are never exceeded. */
  readonly maxRate?: number;
  /** Most rows in flight, but never more than the limiter was made for. */
  readonly concurrency?: number;
}

/** ms; a lease begins sooner, unless the process is very busy. */
const USUAL_START = 50;

/**
 * Runs leases one after the other. Bottleneck goes by the wall clock even where jobs need no time between them: a clock that
 * is set back while a lease is about to begin would hold it for that long. So the waiting is left to the lease, and one
 * that does not begin is begun by another queue.
 */
class LeaseQueue {
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

type Waiter = (permit: number | undefined) => void;

/**
 * A limiter whose permits come as leases, one Bottleneck job each.
 *
 * @param mostInFlight most rows in flight
 * @param outage is told of every request, by this limiter alone
 */
export function createLimiter(options: RateOptions, mostInFlight: number, outage: Outage): Limiter {
  const queue = new LeaseQueue();
  const stopping = new AbortController();
  /** Wakes a lease that is held back. */
  let holding = new AbortController();
  const waiting: Waiter[] = [];
  const urgent: Waiter[] = [];
  /** Read by the controller whenever it sets a rate. */
  const live: { -readonly [Name in keyof RateOptions]: RateOptions[Name] } = { ...options };
  const controller = new RateController(live, performance.now());
  /** Since when permits are held back, as far as the outage has been told. */
  let heldSince: number | undefined;
  let mostRows = mostInFlight;
  const inFlight = new RowsInFlight({ cap: mostInFlight });
  /** When the next lease may start. */
  let nextLease = 0;
  let pumping = false;
  /** Permits of the running lease that are left; they lapse when the next lease starts. */
  let left = 0;

  /** Waits until `timeLeft` (ms) gives 0, or the limiter is stopped. */
  const waitFor = async (timeLeft: () => number) => {
    for (let held = timeLeft(); held > 0 && !stopping.signal.aborted; held = timeLeft()) {
      holding = new AbortController();
      await sleep(Math.min(held, LONGEST_SLEEP), undefined, { signal: holding.signal }).catch(() => {});
    }
  };

  const holdLeft = () =>
    heldSince === undefined
      ? Math.max(controller.holdUntil, outage.holdUntil) - performance.now()
      : Number.POSITIVE_INFINITY;

  /** A bound that was set anew holds at once, whatever the controller has decided before, and also for a fixed rate. */
  const rateNow = () => Math.min(controller.rate, live.max ?? Number.POSITIVE_INFINITY);

  const tellOutage = () => {
    if (heldSince === undefined) return;
    const at = performance.now();
    outage.stoodStill(heldSince, at);
    heldSince = at;
  };

  const grant = (waiter: Waiter) => {
    const at = performance.now();
    controller.sent(at);
    outage.sent();
    waiter(at);
  };

  /** One lease: it starts when the time of the last one is over and neither a throttle nor an outage holds the run back. */
  const lease = async () => {
    const permits = permitsOf(rateNow());
    const start = Math.max(performance.now(), nextLease);
    // From when it was due: what a timer comes late is not lost.
    nextLease = start + (1000 * permits) / rateNow();
    await waitFor(() => start - performance.now());
    await waitFor(holdLeft);
    left = Math.min(permits, permitsOf(rateNow()));
    for (; left > 0 && holdLeft() <= 0; left -= 1) {
      const next = urgent.shift() ?? waiting.shift();
      if (!next) return;
      grant(next);
    }
  };

  const pump = async () => {
    pumping = true;
    while (waiting.length + urgent.length > 0) {
      // Rejects if the limiter is stopped before the lease has started.
      await queue.run(lease).catch(() => {});
    }
    pumping = false;
  };

  return {
    acquire(isUrgent = false) {
      if (stopping.signal.aborted) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        if (left > 0 && holdLeft() <= 0) {
          left -= 1;
          grant(resolve);
          return;
        }
        (isUrgent ? urgent : waiting).push(resolve);
        if (!pumping) void pump();
      });
    },
    answered(result, sentAt, retryAfter, isRetry = false) {
      tellOutage();
      if (result === 'throttled') left = 0;
      const at = performance.now();
      inFlight.answered(at - sentAt);
      const forRate = result === 'void' ? 'failed' : result;
      controller.answered({
        at,
        sentAt,
        result: forRate,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
      const wasOn = outage.isOn;
      outage.ended({ at, sentAt, signal: healthSignals[result], isRetry });
      if (wasOn) holding.abort();
    },
    unused(grantedAt) {
      const wasOn = outage.isOn;
      outage.ended({ at: performance.now(), sentAt: grantedAt, signal: 'none', isRetry: false });
      if (wasOn) holding.abort();
    },
    hold(isHeld) {
      tellOutage();
      heldSince = isHeld ? (heldSince ?? performance.now()) : undefined;
      if (isHeld) left = 0;
      else holding.abort();
    },
    tune({ maxRate, concurrency }) {
      if (maxRate !== undefined) live.max = maxRate;
      if (concurrency !== undefined) mostRows = Math.min(concurrency, mostInFlight);
    },
    stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      holding.abort();
      queue.stop();
      for (const waiter of [...urgent.splice(0), ...waiting.splice(0)]) waiter(undefined);
    },
    get rate() {
      return outage.isOn ? 0 : rateNow();
    },
    get found() {
      return controller.found;
    },
    get heldMs() {
      return Math.max(0, controller.holdUntil - performance.now());
    },
    get rowsInFlight() {
      return Math.min(mostRows, inFlight.limit(rateNow()));
    },
  };
}

const healthSignals: Readonly<Record<AttemptResult, HealthSignal>> = {
  accepted: 'good',
  failed: 'bad',
  throttled: 'none',
  void: 'none',
};
