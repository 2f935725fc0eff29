/**
 * The delivery rate: what was accepted since a throttle. The bucket was empty at the throttle, so what was accepted is
 * what flowed in, to within one row, unless the bucket has been full in between.
 */

/** ENOUGH accepted rows in ENOUGH_TRIPS round trips are good to 5 %; with fewer rows, part of the next token counts. */
const ENOUGH = 20;
const ENOUGH_TRIPS = 8;
const NEXT_TOKEN = 0.45;
/** The bucket may have filled while the service asked to wait: less than this share of the known rate is not believed. */
const LEAST_AFTER_WAIT = 0.97;

/** Times are ms on one clock. */
export class Measurement {
  #since: number;
  /** When the last row that does not count arrived. */
  #after = Number.NEGATIVE_INFINITY;
  #accepted = 0;
  #waited = 0;

  constructor(at: number) {
    this.#since = at;
  }

  /**
   * Starts a new measurement.
   *
   * @param after rows that arrived until then do not count; by default, those that did not count before
   * @param waited ms that the service asks to wait now
   */
  restart(at: number, after = this.#after, waited = 0): void {
    this.#since = at;
    this.#after = after;
    this.#accepted = 0;
    this.#waited = waited;
  }

  /** A row was accepted. */
  add(arrivedAt: number): void {
    if (arrivedAt > this.#after) this.#accepted++;
  }

  /** The service asked to wait. */
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

  /** Whether the measurement is good enough to be believed, with round trips of `trip` ms. */
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
   * @param known rows/s: after a wait, if this rate is possible, nearly as much is returned
   */
  rate(at: number, known: number): number {
    const rows = 1000 * (this.#accepted + (this.#accepted < ENOUGH ? NEXT_TOKEN : 0));
    const least = rows / Math.max(1, this.elapsed(at));
    if (this.#waited === 0) return least;
    const most = rows / Math.max(1, this.elapsed(at) - this.#waited);
    return Math.max(least, Math.min(LEAST_AFTER_WAIT * known, most));
  }

  /** A first guess, in rows/s, over at least `least` ms. Part of the next token counts if nothing else is known. */
  guess(at: number, least: number, isFirst: boolean): number {
    return (1000 * (this.#accepted + (isFirst ? NEXT_TOKEN : 0))) / Math.max(least, this.elapsed(at));
  }
}
