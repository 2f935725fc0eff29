/**
 * What was accepted since a throttle. The bucket was empty then, so it is what flowed in, to within one row, unless the
 * bucket has been full since.
 */

/** So many accepted rows in so many round trips are good to 5 %; with fewer, part of the next token counts. */
const ENOUGH = 20;
const ENOUGH_TRIPS = 8;
const NEXT_TOKEN = 0.45;
/** A service that asked to wait may have filled its bucket meanwhile: less than this share of what was known is not believed. */
const LEAST_AFTER_WAIT = 0.97;

/** Times are ms on one clock. */
export class Measurement {
  #since: number;
  /** When the last row that does not count was sent. */
  #after = Number.NEGATIVE_INFINITY;
  #accepted = 0;
  #waited = 0;

  constructor(at: number) {
    this.#since = at;
  }

  /**
   * Begins anew.
   *
   * @param after rows sent until then do not count; unless given, those that did not before
   * @param waited ms that the service asked to wait now
   */
  restart(at: number, after = this.#after, waited = 0): void {
    this.#since = at;
    this.#after = after;
    this.#accepted = 0;
    this.#waited = waited;
  }

  /** A row was accepted. */
  add(sentAt: number): void {
    if (sentAt > this.#after) this.#accepted++;
  }

  /** The service asked to wait so many ms. */
  wait(ms: number): void {
    this.#waited += ms;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get waited(): number {
    return this.#waited;
  }

  elapsed(at: number): number {
    return at - this.#since;
  }

  /** Whether it is good enough to be believed, at round trips of `trip` ms. */
  isEnough(at: number, trip: number): boolean {
    return this.#accepted >= ENOUGH && this.elapsed(at) >= ENOUGH_TRIPS * trip;
  }

  /** Rows beyond what `rate` rows/s give. */
  surplus(at: number, rate: number): number {
    return this.#accepted - (rate * (this.elapsed(at) - this.#waited)) / 1000;
  }

  /**
   * Rows/s that flowed in.
   *
   * @param known rows/s: where it lies within what is possible after a wait, nearly as much is taken
   */
  rate(at: number, known: number): number {
    const rows = 1000 * (this.#accepted + (this.#accepted < ENOUGH ? NEXT_TOKEN : 0));
    const least = rows / Math.max(1, this.elapsed(at));
    if (this.#waited === 0) return least;
    const most = rows / Math.max(1, this.elapsed(at) - this.#waited);
    return Math.max(least, Math.min(LEAST_AFTER_WAIT * known, most));
  }

  /** A first guess, in rows/s, from a span of at least `least` ms; part of the next token counts where nothing else is known. */
  guess(at: number, least: number, isFirst: boolean): number {
    return (1000 * (this.#accepted + (isFirst ? NEXT_TOKEN : 0))) / Math.max(least, this.elapsed(at));
  }
}
