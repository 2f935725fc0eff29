/**
 * A circuit breaker, which tells whether the service is there at all: a decider over the results of the requests, with
 * no clock or timer of its own.
 *
 * All rows share a budget. A row's first failure takes one from it, and every proper answer gives two back, up to
 * `BUDGET` (as gRPC's retry throttling does, its proposal A6). A row's later failures take nothing: a few rows that the
 * service can never process do not make an outage, however often they are tried. As long as clearly less than two
 * thirds of the requests fail, the budget is never empty and no request is held back.
 *
 * - *down*, once the budget is empty: single requests probe, with doubling waits, and all others are held back.
 * - *recovering*, from the first good answer on: as many requests at once as there is in the budget, so that a service
 *   that has just come back does not get all rows at once (TCP's slow start). Now every failure counts, and an empty
 *   budget means down again.
 *
 * When the budget is full again the outage is over. An outage that lasts longer than `patience` has to end the run; a
 * service that has never answered gets a tenth of that, because most likely something is configured wrongly. A throttle
 * is neither good nor bad here: the rate controller waits for its end.
 */

/** What a request says about the service: `good` if it was properly answered, even by a no; `bad` if not; else `none`. */
export type HealthSignal = 'good' | 'bad' | 'none';

/** A request that has ended; times are ms on one clock that never goes back. */
export interface EndedRequest {
  readonly at: number;
  readonly sentAt: number;
  readonly signal: HealthSignal;
  /** Whether an attempt for the same row has failed before. */
  readonly isRetry: boolean;
}

/** So many rows that fail for the first time, without a good answer in between, mean that the service is down. */
const BUDGET = 20;
/** What a good answer gives back. */
const GAIN = 2;
/** The budget after the first good answer of a service that was down. */
const RETURN = 4;
/** ms before the first probe. */
const FIRST_WAIT = 250;
/** Shares of the patience: the longest wait for a probe, and the patience with a service that has never answered. */
const LONGEST_WAIT = 1 / 30;
const NEVER_ANSWERED = 1 / 10;

export class Outage {
  readonly #patience: number;
  #phase: 'none' | 'down' | 'recovering' | 'lasting' = 'none';
  #budget = BUDGET;
  #answered = false;
  /** When the outage started, and when the service was last found to be down. */
  #since = 0;
  #downAt = 0;
  /** Requests sent since then that have not ended. */
  #out = 0;
  #wait = 0;
  #holdUntil = Number.NEGATIVE_INFINITY;

  /** @param patience ms after which an outage is given up */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Whether an outage is on, so that failures are the service's fault and no row's. */
  get isOn(): boolean {
    return this.#phase !== 'none';
  }

  /** Whether the outage has lasted too long. This never changes back. */
  get isLasting(): boolean {
    return this.#phase === 'lasting';
  }

  /** Whether there has never been a good answer. */
  get isFromTheStart(): boolean {
    return !this.#answered;
  }

  /** Nothing may be sent before this time (ms); Infinity while an answer has to come first. */
  get holdUntil(): number {
    if (this.#phase === 'none') return Number.NEGATIVE_INFINITY;
    if (this.#phase === 'recovering')
      return this.#out < this.#budget ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return this.#out === 0 ? this.#holdUntil : Number.POSITIVE_INFINITY;
  }

  /** A request goes out. */
  sent(): void {
    if (this.isOn) this.#out++;
  }

  /** A request has ended; each request that was sent ends once. */
  ended({ at, sentAt, signal, isRetry }: EndedRequest): void {
    const isProbe = this.isOn && sentAt >= this.#downAt;
    if (isProbe) this.#out = Math.max(0, this.#out - 1);
    if (signal === 'good') this.#refill(isProbe);
    else if (signal === 'bad') this.#drain(at, isProbe, isRetry);
    else if (this.#phase === 'down' && isProbe) this.#holdUntil = at + this.#wait;
  }

  /** From one time to the other nothing was to be sent: that takes nothing from the patience. */
  stoodStill(from: number, to: number): void {
    this.#since += Math.max(0, to - Math.max(from, this.#since));
  }

  #refill(isProbe: boolean): void {
    this.#answered = true;
    // What was sent before the service went down may also have been answered before that.
    if (this.#phase === 'lasting' || (this.isOn && !isProbe)) return;
    this.#budget = Math.min(BUDGET, Math.max(this.#budget + GAIN, RETURN));
    if (this.#phase === 'down') this.#phase = 'recovering';
    if (this.#budget === BUDGET) this.#phase = 'none';
  }

  #drain(at: number, isProbe: boolean, isRetry: boolean): void {
    if (this.#phase === 'none' && !isRetry) {
      this.#budget--;
      if (this.#budget === 0) this.#startOutage(at);
    } else if (this.#phase === 'recovering' && isProbe) {
      this.#budget--;
      if (this.#budget === 0) this.#goDown(at);
    } else if (this.#phase === 'down' && isProbe) {
      this.#wait *= 2;
      this.#hold(at);
    }
  }

  #startOutage(at: number): void {
    this.#since = at;
    this.#goDown(at);
  }

  #goDown(at: number): void {
    this.#phase = 'down';
    this.#downAt = at;
    this.#out = 0;
    this.#wait = FIRST_WAIT;
    this.#hold(at);
  }

  #hold(at: number): void {
    const end = this.#since + this.#patience * (this.#answered ? 1 : NEVER_ANSWERED);
    if (at >= end) this.#phase = 'lasting';
    this.#wait = Math.min(this.#wait, this.#patience * LONGEST_WAIT);
    // The last probe falls on the end of the patience, so that the run does not outlast it by a wait.
    this.#holdUntil = Math.min(at + this.#wait, Math.max(end, at));
  }
}
