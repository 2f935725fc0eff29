/**
 * How long a throttle holds everything back: until a few tokens have gathered, so that one throttle costs one row, and a
 * service that charges refused calls recovers. It is shorter than a bucket of two takes to fill, so that nothing is lost.
 */

/** ms, and rows. */
export const PAUSE = 20;
const PAUSE_ROWS = 1.5;

/** ms for which rows are held back at `rate` rows/s. */
export const rowsPause = (rate: number): number => (PAUSE_ROWS * 1000) / rate;
/** The same, and at least PAUSE. */
export const pauseAt = (rate: number): number => Math.max(PAUSE, rowsPause(rate));
