/**
 * Whether the service is there at all: a decider over what became of the requests, with no clock or timer of its own.
 *
 * All rows share a budget. A row's first failure takes one from it, whatever is answered properly gives two back, up
 * to `BUDGET` (the manner of gRPC's retry throttling, its proposal A6). A row's later failures take nothing: a few rows
 * that the service can never digest do not make an outage, however often they are tried. While a good deal less than
 * two thirds of the requests fail the budget is never empty, and nobody is held back.
 *
 * - *down*, once it is empty: single requests probe, with doubling waits, and all others are held back.
 * - *recovering*, from the first good answer on: as many requests at once as there is in the budget, so that a service
 *   that has just come back is not met by all rows at once (TCP's slow start).
 *   Now every failure counts; an empty budget means down again.
 *
 * When it is full again the outage is over. One that lasts longer than `patience` is to end the run; a service that has
 * not answered once gets a tenth of that, as something is set wrong most likely. A throttle is neither good nor bad
 * here: the rate's decider waits for its end.
 */

/** What a request's end says: properly answered (a no counts), not properly or not at all, or nothing about this. */
export type HealthSignal = 'good' | 'bad' | 'none';

/** One ended request; times are ms on one clock that never goes back. */
export interface EndedRequest {
  readonly at: number;
  readonly sentAt: number;
  readonly signal: HealthSignal;
  /** Whether a request of the same row has failed before. */
  readonly isRetry: boolean;
}

/** Rows that fail for the first time without a good answer in between, and the service is down. */
const BUDGET = 20;
/** Of a good answer. */
const GAIN = 2;
/** What the first good answer of a service that was down puts into the budget. */
const RETURN = 4;
/** ms; the first wait for a probe. */
const FIRST_WAIT = 250;
/** Of the patience: the longest wait for a probe, and all of it for a service that has never answered. */
const LONGEST_WAIT = 1 / 30;
const NEVER_ANSWERED = 1 / 10;

export class Outage {
  readonly #patience: number;
  #phase: 'none' | 'down' | 'recovering' | 'lasting' = 'none';
  #budget = BUDGET;
  #answered = false;
  /** When the outage began, and when the service was last found to be down. */
  #since = 0;
  #downAt = 0;
  /** Requests sent since then and not ended. */
  #out = 0;
  #wait = 0;
  #holdUntil = Number.NEGATIVE_INFINITY;

  /** @param patience ms from the beginning of an outage to its being given up */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Whether failures are the service's and no row's. */
  get isOn(): boolean {
    return this.#phase !== 'none';
  }

  /** Whether it has lasted too long. Stays so. */
  get isLasting(): boolean {
    return this.#phase === 'lasting';
  }

  /** Whether there ever was a good answer. */
  get isFromTheStart(): boolean {
    return !this.#answered;
  }

  /** Nothing is to be sent before this moment (ms); Infinity while an answer has to come first. */
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

  /** What became of it; each request sent is heard of once. */
  ended({ at, sentAt, signal: sign, isRetry: again }: EndedRequest): void {
    const isProbe = this.isOn && sentAt >= this.#downAt;
    if (isProbe) this.#out = Math.max(0, this.#out - 1);
    if (sign === 'good') this.#refill(isProbe);
    else if (sign === 'bad') this.#drain(at, isProbe, again);
    else if (this.#phase === 'down' && isProbe) this.#holdUntil = at + this.#wait;
  }

  #refill(isProbe: boolean): void {
    this.#answered = true;
    // What was sent before the service went down may have been answered before as well.
    if (this.#phase === 'lasting' || (this.isOn && !isProbe)) return;
    this.#budget = Math.min(BUDGET, Math.max(this.#budget + GAIN, RETURN));
    if (this.#phase === 'down') this.#phase = 'recovering';
    if (this.#budget === BUDGET) this.#phase = 'none';
  }

  #drain(at: number, isProbe: boolean, again: boolean): void {
    if (this.#phase === 'none' && !again) {
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
    // The last probe falls on the end, so that the run does not outlast it by a wait.
    this.#holdUntil = Math.min(at + this.#wait, Math.max(end, at));
  }
}
