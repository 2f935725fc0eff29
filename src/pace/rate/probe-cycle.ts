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
export const CYCLE_WAITS = 25;
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
