import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import { RowsInFlight } from './in-flight.js';
import { permitsOf } from './lease.js';
import type { HealthSignal, Outage } from './outage.js';
import { type Answer, RateController, type RateOptions } from './rate-controller.js';

/**
 * What came of a request. `failed`: no answer, or a senseless one; `void`: an answer that says nothing of rate or
 * service, such as refused credentials.
 */
export type AttemptResult = Answer['result'] | 'void';

/** ms; Node's timers take no more. */
const LONGEST_SLEEP = 2 ** 31 - 1;

/**
 * Stands before every request of a run: it hands out permits at the rate that the decider in `rate.ts` gives, and holds
 * them back while the one in `outage.ts` says so.
 */
export interface Limiter {
  /**
   * Waits for a permit and gives the moment (ms, monotonic) at which it was given, for `answered`; undefined once
   * the limiter has been stopped.
   *
   * @param urgent go before those who wait already: for a request that was throttled and has waited once
   */
  acquire(urgent?: boolean): Promise<number | undefined>;
  /**
   * Tells what came of the request that got its permit at `sentAt`.
   *
   * @param retryAfter ms that the service asked to wait
   * @param again whether a request of the same row has failed before
   */
  answered(verdict: AttemptResult, sentAt: number, retryAfter?: number, again?: boolean): void;
  /** Gives no more permits; everyone who waits is told so. */
  stop(): void;
  /** Permits a second at present; 0 while the service is down and single requests probe. */
  readonly rate: number;
  /** Permits a second that the service was found to take; undefined before enough was seen. */
  readonly found: number | undefined;
  /** Rows to have in flight at present: as many as the rate needs at the latency seen. */
  readonly rowsInFlight: number;
}

type Waiter = (permit: number | undefined) => void;

/**
 * A limiter whose permits come as leases, one Bottleneck job each.
 *
 * @param mostInFlight rows in flight at the most
 * @param outage told of every request by this limiter alone
 */
export function createLimiter(options: RateOptions, mostInFlight: number, outage: Outage): Limiter {
  const bottleneck = new Bottleneck({ maxConcurrent: 1, minTime: 0 });
  const stopping = new AbortController();
  /** Ends the sleep of a lease that is held back. */
  let napping = new AbortController();
  const waiting: Waiter[] = [];
  const urgent: Waiter[] = [];
  const controller = new RateController(options, performance.now());
  const inFlight = new RowsInFlight({ cap: mostInFlight });
  let minTime = 0;
  let pumping = false;
  /** Permits of the running lease that nobody has taken; void when the next lease begins. */
  let left = 0;

  const holdLeft = () => Math.max(controller.holdUntil, outage.holdUntil) - performance.now();

  const grant = (waiter: Waiter) => {
    const at = performance.now();
    controller.sent(at);
    outage.sent();
    waiter(at);
  };

  /** One lease: it starts when the last one's time is over and neither throttle nor outage holds the run back. */
  const lease = async (permits: number) => {
    for (let held = holdLeft(); held > 0 && !stopping.signal.aborted; held = holdLeft()) {
      napping = new AbortController();
      await sleep(Math.min(held, LONGEST_SLEEP), undefined, { signal: napping.signal }).catch(() => {});
    }
    left = Math.min(permits, permitsOf(controller.rate));
    for (; left > 0 && holdLeft() <= 0; left -= 1) {
      const next = urgent.shift() ?? waiting.shift();
      if (!next) return;
      grant(next);
    }
  };

  const pump = async () => {
    pumping = true;
    while (waiting.length + urgent.length > 0) {
      const permits = permitsOf(controller.rate);
      const lasts = (1000 * permits) / controller.rate;
      if (lasts !== minTime) await bottleneck.updateSettings({ minTime: lasts });
      minTime = lasts;
      // Rejects where the limiter is stopped while a lease waits for its time.
      await bottleneck.schedule(lease, permits).catch(() => {});
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
    answered(verdict, sentAt, retryAfter, again = false) {
      if (verdict === 'throttled') left = 0;
      const at = performance.now();
      inFlight.answered(at - sentAt);
      const forRate = verdict === 'void' ? 'failed' : verdict;
      controller.answered({
        at,
        sentAt,
        result: forRate,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
      const wasOn = outage.isOn;
      outage.ended({ at, sentAt, signal: signs[verdict], isRetry: again });
      if (wasOn) napping.abort();
    },
    stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      napping.abort();
      // Or its timer for the next lease, minutes away at a low rate, would keep the process alive.
      void bottleneck.stop({ dropWaitingJobs: true });
      for (const waiter of [...urgent.splice(0), ...waiting.splice(0)]) waiter(undefined);
    },
    get rate() {
      return outage.isOn ? 0 : controller.rate;
    },
    get found() {
      return controller.found;
    },
    get rowsInFlight() {
      return inFlight.limit(controller.rate);
    },
  };
}

const signs: Readonly<Record<AttemptResult, HealthSignal>> = {
  accepted: 'good',
  failed: 'bad',
  throttled: 'none',
  void: 'none',
};
