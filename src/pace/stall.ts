/**
 * What a time says in which the service accepts nothing: a bucket that fills slowly, or a window that is used up, of
 * which a service that counts in windows gives nothing for a while and then all at once.
 */

/** What was known when it began; rows/s. */
interface Known {
  /** What was measured, and whether enough rows are behind it. */
  readonly base: number;
  readonly sure: boolean;
  /** What was accepted in the second before. */
  readonly goodput: number;
}

/** ms; the longest wait for a probe, until an eighth of the dry time is longer. */
const PROBE = 500;
const PROBE_PART = 1 / 8;
/** Where so many rows should have come through a dry time, it was a window's end: */
const WINDOW_ROWS = 4;
/** at the rate that was measured, or, beyond so many ms, at that of the second before it; */
const LONG_DRY = 250;
/** where nothing was measured, at a quarter of that. */
const UNMEASURED_PART = 1 / 4;
/** So was it where a first guess is so many times less than what came through in the second before. */
const FAR_BELOW = 8;
/** The one row that came through a long dry time, and part of the next token. */
const ROWS_THROUGH = 1.5;

/** ms to wait for the next single row, after a wait of `last` ms and `dry` ms in which nothing came through. */
export const probePause = (last: number, dry: number): number =>
  Math.min(2 * last, Math.max(PROBE, PROBE_PART * dry));

/** Whether `dry` ms are more than a first guess takes that is about right. */
export const isLong = (dry: number): boolean => dry > PROBE;

/** The most rows/s that a bucket can have which let one row through in `dry` ms; any, where these are few. */
export const mostThrough = (dry: number): number =>
  dry > LONG_DRY ? (1000 * ROWS_THROUGH) / dry : Number.POSITIVE_INFINITY;

/** Whether `dry` ms were the end of a window. */
export function wasWindow(dry: number, { base, sure, goodput }: Known): boolean {
  const measured = sure ? base : UNMEASURED_PART * goodput;
  const rate = dry > LONG_DRY ? Math.max(base, goodput) : measured;
  return dry * rate > WINDOW_ROWS * 1000;
}

/** Whether a first guess of so many rows/s is so low that a window has ended rather than a burst. */
export const isFarBelow = (guess: number, goodput: number): boolean => guess * FAR_BELOW < goodput;
