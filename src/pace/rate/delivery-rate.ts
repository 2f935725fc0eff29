/**
 * The delivery rate: what was accepted since a throttle. The bucket was empty at the throttle, so what was accepted is
 * what flowed in, to within one row, unless the bucket has been full in between.
 */

/** ENOUGH accepted rows in ENOUGH_TRIPS round trips are good to 5 %; with fewer rows, part of the next token counts. */
const ENOUGH = 20;
const ENOUGH_TRIPS = 8;
const NEXT_TOKEN = 0.45;
/**
 * The bucket fills while the service asks to wait. If it was full, it gave its burst and what flowed in, as it did from the
 * start of the run to the first throttle: the difference of the two is what flowed in during the difference of their times.
 * If that is less than SURPLUS rows, the rate was far too high, and this share of it empties the next full bucket later.
 */
const SURPLUS = 4;
const FAR_TOO_HIGH = 0.8;

/** Times are ms on one clock. */
export class Measurement {
  #since: number;
  /** When the last row that does not count arrived. */
  #after = Number.NEGATIVE_INFINITY;
  #accepted = 0;
  #waited = 0;
  /** What a full bucket gave before a throttle, and in how many ms. */
  #full = { accepted: 0, ms: 0 };

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

  /** A throttle that has emptied a full bucket. */
  emptied(at: number): void {
    this.#full = { accepted: this.#accepted, ms: this.elapsed(at) - this.#waited };
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

  /** Whether clearly more was accepted than `rate` rows/s give; after a wait, than they and a full bucket give. */
  hasSurplus(at: number, rate: number): boolean {
    const { accepted, ms } = this.#waited === 0 ? { accepted: 0, ms: 0 } : this.#full;
    return this.#accepted - accepted - (rate * (this.elapsed(at) - this.#waited - ms)) / 1000 > SURPLUS;
  }

  /** Rows of a full bucket, if `rate` rows/s flow in. */
  burst(rate: number): number {
    return Math.max(0, this.#full.accepted - (rate * this.#full.ms) / 1000);
  }

  /**
   * Rows/s that flowed in.
   *
   * @param known rows/s; what is returned after a wait if nothing better is known, less a fifth
   */
  rate(at: number, known: number): number {
    const rows = 1000 * (this.#accepted + (this.#accepted < ENOUGH ? NEXT_TOKEN : 0));
    const least = rows / Math.max(1, this.elapsed(at));
    if (this.#waited === 0) return least;
    const ms = this.elapsed(at) - this.#waited;
    const most = rows / Math.max(1, ms);
    const more = this.#accepted - this.#full.accepted;
    const flow =
      more >= SURPLUS && ms > this.#full.ms ? (1000 * more) / (ms - this.#full.ms) : FAR_TOO_HIGH * known;
    return Math.max(least, Math.min(flow, most));
  }

  /** A first guess, in rows/s, over at least `least` ms. Part of the next token counts if nothing else is known. */
  guess(at: number, least: number, isFirst: boolean): number {
    return (1000 * (this.#accepted + (isFirst ? NEXT_TOKEN : 0))) / Math.max(least, this.elapsed(at));
  }
}
