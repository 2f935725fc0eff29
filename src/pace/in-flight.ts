/**
 * How many rows to have in flight: a decider over the latencies seen and the rate, with no clock of its own.
 *
 * Little's law: a rate needs rate × latency rows in flight. A row also waits for the next lease of permits while it
 * holds its slot, and latency varies, so the limit is half as much again, plus two rows for the lowest rates. More rows
 * would only wait. The latency is smoothed (smoothed.ts).
 *
 * A service that delays instead of refusing would be given ever more rows, for each makes the latency longer, until the
 * requests time out. So beyond 64 rows the latency counts for no more than three times the least one seen: more than
 * that is a queue, and not a way (BBR's least round trip is for the same).
 */

import { LEASE } from './lease.js';
import { LATEST, smoothed } from './smoothed.js';

export interface ConcurrencyOptions {
  /** Never more rows than this. */
  readonly cap: number;
}

/** ms, assumed until the first answer. */
const FIRST_LATENCY = 100;
const HEADROOM = 1.5;
const SPARE = 2;
/** Rows in flight that no queue is made of, and what times the least latency is one. */
const FEW = 64;
const QUEUED = 3;

/** The same latencies always give the same limit. */
export class RowsInFlight {
  readonly #cap: number;
  #latency: number | undefined;
  /** The least smoothed latency: a single answer may be far quicker than the way is. */
  #least = Number.POSITIVE_INFINITY;
  /** Accepted ones. */
  #answers = 0;

  constructor({ cap }: ConcurrencyOptions) {
    this.#cap = cap;
  }

  /** An attempt ended after `latency` ms. @param accepted what a service that is down says is not how long its way is */
  answered(latency: number, accepted: boolean): void {
    this.#latency = smoothed(this.#latency, latency);
    if (accepted && ++this.#answers * LATEST >= 1) this.#least = Math.min(this.#least, this.#latency);
  }

  /** The most rows to have in flight at `rate` rows/s. */
  limit(rate: number): number {
    const latency = this.#latency ?? FIRST_LATENCY;
    const few = Math.min(FEW, needed(rate, latency));
    if (this.#least === Number.POSITIVE_INFINITY) return Math.min(this.#cap, few);
    return Math.min(this.#cap, Math.max(few, needed(rate, Math.min(latency, QUEUED * this.#least))));
  }
}

const needed = (rate: number, latency: number): number =>
  Math.ceil(((rate * (latency + LEASE)) / 1000) * HEADROOM) + SPARE;
