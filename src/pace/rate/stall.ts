/**
 * What a stall means, a time in which the service accepts nothing: a bucket that fills slowly, or a used-up window. A
 * service that counts in windows accepts nothing for a while and then many rows at once.
 */

/** What was known when the stall began; rows/s. */
interface Known {
  /** The measured rate, and whether enough rows are behind it. */
  readonly base: number;
  readonly sure: boolean;
  /** Rows accepted in the second before. */
  readonly goodput: number;
}

/** ms; the longest wait for a probe, until an eighth of the stall is longer. */
const PROBE = 500;
const PROBE_PART = 1 / 8;
/** If so many rows were due during a stall, a window has ended. The rows due follow from the measured rate, */
const WINDOW_ROWS = 4;
/** or, in a stall of more than so many ms or if hardly anything was measured, from the rate of the second before it. */
const LONG_STALL = 250;
/** The one row that was accepted at the end of a long stall, and part of the next token. */
const ROWS_THROUGH = 1.5;

/** ms to wait before the next probe, after a wait of `last` ms and a stall of `stalled` ms so far. */
export const probePause = (last: number, stalled: number): number =>
  Math.min(2 * last, Math.max(PROBE, PROBE_PART * stalled));

/** Whether a stall of `stalled` ms is too long for a first guess that is about right. */
export const isLong = (stalled: number): boolean => stalled > PROBE;

/** The most rows/s of a bucket that let one row through in `stalled` ms; unlimited if the stall was short. */
export const mostThrough = (stalled: number): number =>
  stalled > LONG_STALL ? (1000 * ROWS_THROUGH) / stalled : Number.POSITIVE_INFINITY;

/** Whether a stall of `stalled` ms was the end of a window. */
export function wasWindow(stalled: number, { base, sure, goodput }: Known): boolean {
  const rate = sure && stalled <= LONG_STALL ? base : Math.max(base, goodput);
  return stalled * rate > WINDOW_ROWS * 1000;
}
