/**
 * How fast the rate grows in startup. It grows with each accepted row, so only while the rate is really used. It doubles
 * in a round trip as long as the rows then in flight, which the first throttle costs, are few compared with the rows of
 * the run, and grows more slowly after that.
 */

/** What the next step depends on. */
interface StartupState {
  /** Rows/s now, and the rows accepted since the start. */
  readonly rate: number;
  readonly accepted: number;
  /** ms */
  readonly trip: number;
  /** Rows of the run; 0 if not known. */
  readonly rows: number;
  /** Rows/s that an earlier run has found; 0 if there was none. */
  readonly known: number;
}

/** Rows/s before anything is known: two rows in the first 50 ms. */
export const START = 20;
/** ms; permits come in leases (lease.ts), so that a shorter round trip does not make it cheaper to go too fast. */
export const SHORTEST_TRIP = 25;
/** While so many rows are in flight, or this share of all rows, or this part of the known rate, the rate doubles in a round trip; */
const CHEAP_ROWS = 1.5;
const CHEAP_SHARE = 0.002;
const KNOWN_PART = 1 / 4;
/**
 * later each accepted row adds 1/200 of the rows accepted so far to the rows/s, at most 1.2 (which doubles the rate in
 * 580 ms): the burst of a slow service is over while that is still little, and a fast one has hardly started by then. Over
 * a long way the rate grows by at most 40 % in a round trip, whose rows have all gone when the first throttle is told.
 */
const SLOW_GROWTH = 1 / 200;
const MOST_GROWTH = 1.2;
const MOST_IN_TRIP = 400;

/** Rows/s after one more accepted row. */
export function startupRate({ rate, accepted, trip, rows, known }: StartupState): number {
  const step = 1000 / Math.max(SHORTEST_TRIP, trip);
  const quick = Math.max(step * Math.max(CHEAP_ROWS, CHEAP_SHARE * rows), KNOWN_PART * known);
  const slower = rate + Math.min(accepted * SLOW_GROWTH, MOST_GROWTH, MOST_IN_TRIP / trip);
  return Math.max(slower, Math.min(quick, rate + step));
}
