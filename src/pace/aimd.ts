/**
 * With somebody else at the same limit: AIMD (Chiu & Jain, 1989), which makes shares even. Each throttle costs a share of
 * the rate, and time brings back some rows/s that are the same for both. That is a throttle a second at 20 rows/s, and
 * more of the rows the fewer there are (two clients of 10 rows/s in all meet one with every seventh row, of 50 rows/s
 * with every 35th), so it needs a reason to begin, and ends.
 */

/** Below so many rows/s chance decides who gets a token, and moves two shares faster than measuring evens them out. */
const FEW = 60;
/** Rows/s below which a long dry time means somebody else rather than the end of a window: few rows should have come. */
const VERY_FEW = 12;

/** The part of the rate that a throttle costs, and that the next of throttles in a row does, as refused calls may be charged; */
const GIVE = 0.15;
const GIVE_AGAIN = 0.25;
/** ms of pause after the one, and rows whose time is the pause after the other; */
const PAUSE = 20;
const PAUSE_ROWS_AGAIN = 2.5;
/** what a second brings: a part of the rate, and rows/s. */
const TAKE = 0.1;
const TAKE_ROWS = 0.8;

/** It lasts so many ms, or until so many have passed without a throttle. */
const LASTS = 30_000;
/** Who knows next to nothing yet tries it for so many ms. */
const FIRST_LASTS = 20_000;
const QUIET = 5000;

/** Whether chance decides at this rate (rows/s). */
export const isFew = (rate: number): boolean => rate < FEW;
/** Whether it is far below even that. */
export const isVeryFew = (rate: number): boolean => rate < VERY_FEW;

/** What a throttle makes of the rate (rows/s), and for how many ms it holds everything back. */
export function decrease(rate: number, isAgain: boolean): { rate: number; pause: number } {
  return isAgain
    ? { rate: (1 - GIVE_AGAIN) * rate, pause: Math.max(PAUSE, (1000 * PAUSE_ROWS_AGAIN) / rate) }
    : { rate: (1 - GIVE) * rate, pause: PAUSE };
}

/** What `ms` without a throttle make of the rate (rows/s). */
export const increase = (rate: number, ms: number): number => rate + (ms / 1000) * (TAKE * rate + TAKE_ROWS);

/** Until when (ms) it lasts that began at `at`, with or without anything measured. */
export const sharesUntil = (at: number, isMeasured: boolean): number =>
  at + (isMeasured ? LASTS : FIRST_LASTS);
/** Whether so many ms without a throttle say that nobody is there any more. */
export const isQuiet = (ms: number): boolean => ms >= QUIET;
