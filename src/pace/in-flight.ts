/**
 * How many rows to have in flight: a decider over the latencies seen and the rate, with no clock of its own.
 *
 * Little's law: a rate needs rate × latency rows in flight. A row also waits for the next lease of permits while it
 * holds its slot, and latency varies, so the limit is half as much again, plus two rows for the lowest rates. More rows
 * would only wait. The latency is smoothed as TCP smooths its round trip (RFC 6298, by an eighth of each new one).
 */

import { LEASE } from './lease.js';

export interface ConcurrencyOptions {
  /** Never more rows than this. */
  readonly cap: number;
}

/** ms, assumed until the first answer. */
const FIRST_LATENCY = 100;
const SMOOTHING = 1 / 8;
const HEADROOM = 1.5;
const SPARE = 2;

/** The same latencies always give the same limit. */
export class RowsInFlight {
  readonly #cap: number;
  #latency: number | undefined;

  constructor({ cap }: ConcurrencyOptions) {
    this.#cap = cap;
  }

  /** An attempt ended after `latency` ms, whatever its result. */
  answered(latency: number): void {
    const before = this.#latency ?? latency;
    this.#latency = before + (latency - before) * SMOOTHING;
  }

  /** The most rows to have in flight at `rate` rows/s. */
  limit(rate: number): number {
    const needed = (rate * ((this.#latency ?? FIRST_LATENCY) + LEASE)) / 1000;
    return Math.min(this.#cap, Math.ceil(needed * HEADROOM) + SPARE);
  }
}
