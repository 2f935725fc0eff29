/**
 * How fast the rate is sought: growth with each accepted row, so only while the rate is really used. Doubling in a round
 * trip as far as the rows then in flight, which the first throttle costs, are few against the rows of the run, and
 * slower beyond.
 */

/** What the next step depends on. */
interface StartupState {
  /** Rows/s now, and the rows accepted since the beginning. */
  readonly rate: number;
  readonly accepted: number;
  /** ms */
  readonly trip: number;
  /** Rows of the run; 0 where nobody knows. */
  readonly rows: number;
  /** Rows/s that an earlier run has found; 0 where there was none. */
  readonly known: number;
}

/** Rows/s before anything is known: two rows in the first 50 ms. */
export const START = 20;
/** ms; permits come in leases of 20 ms, so that a shorter round trip does not make going too fast any cheaper. */
export const SHORTEST_TRIP = 25;
/** While so many rows are in flight, or this share of all rows, or this part of what is known, the rate doubles in a round trip; */
const CHEAP_ROWS = 1.5;
const CHEAP_SHARE = 0.002;
const KNOWN_PART = 1 / 4;
/**
 * later each accepted row adds as many rows/s as 1/200 of those accepted so far, at most 1.2 (which doubles the rate in
 * 580 ms): the burst of a slow service is over while that is little, and the rows of a fast one have hardly begun.
 */
const SLOW_GROWTH = 1 / 200;
const MOST_GROWTH = 1.2;

/** Rows/s after one more accepted row. */
export function startupRate({ rate, accepted, trip, rows, known }: StartupState): number {
  const step = 1000 / Math.max(SHORTEST_TRIP, trip);
  const quick = Math.max(step * Math.max(CHEAP_ROWS, CHEAP_SHARE * rows), KNOWN_PART * known);
  const slower = rate + Math.min(accepted * SLOW_GROWTH, MOST_GROWTH);
  return Math.max(slower, Math.min(quick, rate + step));
}
