/**
 * How often to probe for a higher rate. It is a trade-off: until a row is throttled, a limit that has stayed and one that
 * has doubled give the same answers, so each probe of a limit that has stayed costs a throttle. A cycle of
 * 29 s / √(rows/s), and at least 2.5 s, finds a doubled limit within 6 s from 20 rows/s on (3 s in the median), and
 * throttles 1 % of the rows at 20/s, 0.3 % at 200/s.
 */

/** What a cycle depends on; times in ms. */
interface CycleOptions {
  /** Rows/s that were measured. */
  readonly rate: number;
  /** For how long the limit has been the same. */
  readonly age: number;
  readonly trip: number;
  /** How long the last throttle asked to wait. */
  readonly wait: number;
}

/** The cycle is the longest of these: ms, ms × √(rows/s), round trips, waits that were asked for (these cost 4 % of the time); */
const CYCLE = 2500;
const CYCLE_ROOT = 29_000;
const CYCLE_TRIPS = 10;
const CYCLE_WAITS = 25;
/** but at most four times the age of the present rate, so that a first guess is soon corrected, and at least these. */
const CYCLE_AGES = 4;
const SHORT_CYCLE = 1000;
const SHORT_CYCLE_ROWS = 10;
const SHORT_CYCLE_TRIPS = 2;

/** ms of use from a throttle to the time at which the rate exceeds the measured rate by one row per round trip. */
export function cycleLength({ rate, age, trip, wait }: CycleOptions): number {
  const full = Math.max(CYCLE, CYCLE_ROOT / Math.sqrt(rate), CYCLE_TRIPS * trip, CYCLE_WAITS * wait);
  const short = Math.max(
    SHORT_CYCLE,
    (1000 * SHORT_CYCLE_ROWS) / rate,
    SHORT_CYCLE_TRIPS * Math.max(trip, wait),
  );
  return Math.max(short, Math.min(full, CYCLE_AGES * age));
}

/** The excess doubles in so many ms, or in so many round trips (a throttle shows only after one), or with each row. */
const EXCESS_DOUBLES = 250;
const EXCESS_TRIPS = 2;

/** Rows/s above the measured `rate`, `into` ms after the cycle's start. */
export function excess(into: number, cycle: number, trip: number, rate: number): number {
  const doubles = Math.max(EXCESS_DOUBLES, EXCESS_TRIPS * trip, 1000 / rate);
  return (1000 / trip) * 2 ** ((into - cycle) / doubles);
}

/** An excess of more than this share of the measured rate is a look: a throttle in it was to be expected. */
const LOOKING = 0.02;

/** How far the present cycle is; times in ms. Before the first one starts there is none. */
export class ProbeCycle {
  #length = 0;
  /** For how long the rate has been used. */
  #into = 0;
  /** Rows/s that use up the bucket that filled during a wait until the cycle's end. */
  #spending = 0;
  /** Since when the rate has been above what is known; throttles of rows sent before were not looked for. */
  #lookingSince = Number.POSITIVE_INFINITY;

  /** A new cycle. @param filled rows in the bucket that the wait has filled */
  start(options: CycleOptions, filled: number): void {
    this.#length = cycleLength(options);
    this.#into = 0;
    this.#spending = (1000 * filled) / Math.max(this.#length, CYCLE_WAITS * options.wait);
    this.#lookingSince = Number.POSITIVE_INFINITY;
  }

  /** The same cycle from its start. */
  again(): void {
    this.#into = 0;
  }

  /** The rate was used for `gap` ms more. */
  use(gap: number): void {
    this.#into += gap;
  }

  /** For how long the rate has been used in this cycle. */
  get used(): number {
    return this.#into;
  }

  /** Rows/s to send at above the measured `rate`, from `at` on. */
  excess(at: number, trip: number, rate: number): number {
    const more = excess(this.#into, this.#length, trip, rate);
    if (more > LOOKING * rate) this.#lookingSince = Math.min(this.#lookingSince, at);
    return this.#spending + more;
  }

  /** Whether a row sent at `sentAt` was to find a higher rate. */
  isLook(sentAt: number): boolean {
    return sentAt >= this.#lookingSince;
  }
}
