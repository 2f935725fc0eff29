import type { Gate } from './gate.js';
import { RowsInFlight } from './in-flight.js';
import { permitsOf } from './lease.js';
import { LeaseQueue } from './lease-queue.js';
import type { HealthSignal } from './outage.js';
import { type Answer, RateController, type RateOptions } from './rate/rate-controller.js';

/**
 * The result of an attempt. `failed`: no answer, or a senseless one; `void`: an answer that says nothing about the rate
 * or the service's health, such as refused credentials.
 */
export type AttemptResult = Answer['result'] | 'void';

/** Stands before every request that one limit of the service counts: it hands out permits at the rate that was found. */
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
  /**
   * Takes up again, without a wait, a permit that was taken back. Returns the time (ms, monotonic) at which it counts as
   * granted, or undefined if no permit may be granted now: then it has to be acquired anew.
   */
  reuse(): number | undefined;
  /** Permits/s at present; 0 while the service is down and single requests probe it. */
  readonly rate: number;
  /** Permits/s that the service was found to accept; undefined until enough has been seen. */
  readonly found: number | undefined;
  /** ms for which a throttle holds these permits back from now on; 0 if none does. */
  readonly heldMs: number;
}

/** What decides on the rate: for one run alone, or for it and others. Times are ms, monotonic. */
export interface Pace {
  /** Requests/s from now on. */
  readonly rate: number;
  /** Nothing may be sent before. */
  readonly holdUntil: number;
  /** As in Limiter. */
  readonly found: number | undefined;
  /** @param isAgain whether its permit was counted before, so that no more of the rate is used */
  sent(at: number, isAgain?: boolean): void;
  /** Each request that was sent is answered once. */
  answered(answer: Answer): void;
  /** Requests/s that are never exceeded from now on, if it is not told otherwise. */
  cap?(most: number): void;
  /** Calls the listener when the rate or the hold changes by itself. */
  onChange?(listener: () => void): void;
}

type Waiter = (permit: number | undefined) => void;

/** A lease: when it is due, ms, and its permits. */
interface Lease {
  readonly due: number;
  readonly permits: number;
}

/** A limiter whose permits come as leases, one Bottleneck job each, at the rate that `rate/rate-controller.ts` decides. */
export class LeasingLimiter implements Limiter {
  readonly #gate: Gate;
  readonly #queue = new LeaseQueue();
  readonly #waiting: Waiter[] = [];
  readonly #urgent: Waiter[] = [];
  /** Read by the controller whenever it sets a rate. */
  readonly #live: { -readonly [Name in keyof RateOptions]: RateOptions[Name] };
  readonly #controller: Pace;
  readonly #inFlight: RowsInFlight;
  /** When the next lease may start. */
  #nextLease = 0;
  /** The lease before the one that waits, and that one. */
  #last: Lease = { due: 0, permits: 0 };
  #next: Lease = { due: 0, permits: 0 };
  #isPumping = false;
  /** Permits of the running lease that are left; they lapse when the next lease starts. */
  #left = 0;
  #grantedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param mostInFlight most rows in flight
   * @param elsewhere what was found of other requests, in permits/s: a start if `options` names none
   * @param shared decides on the rate in the place of a controller of the run's own
   */
  constructor(
    options: RateOptions,
    mostInFlight: number,
    gate: Gate,
    elsewhere: () => number | undefined,
    shared?: Pace,
  ) {
    this.#gate = gate;
    this.#live = {
      ...options,
      get start() {
        return options.start ?? elsewhere();
      },
    };
    this.#controller = shared ?? new RateController(this.#live, performance.now());
    this.#inFlight = new RowsInFlight({ cap: mostInFlight });
    this.#controller.onChange?.(() => this.#hasten());
  }

  acquire(isUrgent = false): Promise<number | undefined> {
    if (this.#gate.isStopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      if (this.#left > 0 && this.#holdLeft <= 0) {
        this.#left -= 1;
        this.#grant(resolve);
        return;
      }
      (isUrgent ? this.#urgent : this.#waiting).push(resolve);
      if (!this.#isPumping) void this.#pump();
    });
  }

  answered(result: AttemptResult, sentAt: number, retryAfter?: number, isRetry = false): void {
    if (result === 'throttled') this.#left = 0;
    const at = performance.now();
    this.#inFlight.answered(at - sentAt, result === 'accepted');
    this.#controller.answered({
      at,
      sentAt,
      result: result === 'void' ? 'failed' : result,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    this.#gate.ended({ at, sentAt, signal: healthSignals[result], isRetry });
  }

  unused(grantedAt: number): void {
    const at = performance.now();
    this.#controller.answered({ at, sentAt: grantedAt, result: 'failed' });
    this.#gate.ended({ at, sentAt: grantedAt, signal: 'none', isRetry: false });
  }

  reuse(): number | undefined {
    return this.#gate.isStopped || this.#holdLeft > 0 ? undefined : this.#sent(true);
  }

  /** No permit of the running lease is granted any more. */
  endLease(): void {
    this.#left = 0;
  }

  /** Permits/s that are never exceeded, from now on. */
  cap(most: number): void {
    this.#live.max = most;
    this.#controller.cap?.(most);
    this.#hasten();
  }

  /** Ends all waits for a permit, once the gate has been stopped. */
  stop(): void {
    this.#queue.stop();
    for (const waiter of [...this.#urgent.splice(0), ...this.#waiting.splice(0)]) waiter(undefined);
  }

  get rate(): number {
    return this.#gate.isDown ? 0 : this.#rateNow;
  }

  get found(): number | undefined {
    return this.#controller.found;
  }

  get heldMs(): number {
    return Math.max(0, this.#controller.holdUntil - performance.now());
  }

  /** Rows to have in flight at present: as many as the rate needs with the latency seen. */
  get rowsInFlight(): number {
    return this.#inFlight.limit(this.#rateNow);
  }

  /** When the last permit was granted, ms. */
  get grantedAt(): number {
    return this.#grantedAt;
  }

  /** A bound that was set anew holds at once, whatever the controller has decided before, and also for a fixed rate. */
  get #rateNow(): number {
    return Math.min(this.#controller.rate, this.#live.max ?? Number.POSITIVE_INFINITY);
  }

  get #holdLeft(): number {
    return Math.max(this.#controller.holdUntil - performance.now(), this.#gate.holdLeft);
  }

  #grant(waiter: Waiter): void {
    waiter(this.#sent(false));
  }

  #sent(isAgain: boolean): number {
    const at = performance.now();
    this.#grantedAt = at;
    this.#controller.sent(at, isAgain);
    this.#gate.sent();
    return at;
  }

  /** One lease: it starts when the time of the last one is over and neither a throttle nor an outage holds the run back. */
  async #lease(): Promise<void> {
    const gate = this.#gate;
    const permits = permitsOf(this.#rateNow);
    const lasts = (1000 * permits) / this.#rateNow;
    this.#last = this.#next;
    this.#next = { due: Math.max(performance.now(), this.#nextLease), permits };
    // From when it was due: what a timer comes late is not lost.
    this.#nextLease = this.#next.due + lasts;
    await gate.waitFor(() => this.#next.due - performance.now());
    await gate.waitFor(() => this.#holdLeft);
    const start = await gate.takePlace(this.#next.due, permits);
    if (start > this.#next.due)
      this.#nextLease = Math.max(this.#nextLease, start + (1000 * permits) / this.#rateNow);
    await gate.waitFor(() => this.#holdLeft);
    this.#left = Math.min(permits, permitsOf(this.#rateNow));
    for (; this.#left > 0 && this.#holdLeft <= 0; this.#left -= 1) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (!next) return;
      this.#grant(next);
    }
  }

  /** A rate that others have raised, or a bound, reaches the lease that waits: at a low rate that would be a long time. */
  #hasten(): void {
    const after = ({ due, permits }: Lease) => due + (1000 * permits) / this.#rateNow;
    const due = Math.max(performance.now(), after(this.#last));
    if (due < this.#next.due) this.#next = { ...this.#next, due };
    // Also if the lease that is to follow has not begun to wait.
    this.#nextLease = Math.min(this.#nextLease, after(this.#next));
    this.#gate.wake();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#waiting.length + this.#urgent.length > 0) {
      // Rejects if the limiter is stopped before the lease has started.
      await this.#queue.run(() => this.#lease()).catch(() => {});
    }
    this.#isPumping = false;
  }
}

const healthSignals: Readonly<Record<AttemptResult, HealthSignal>> = {
  accepted: 'good',
  failed: 'bad',
  throttled: 'none',
  void: 'none',
};
