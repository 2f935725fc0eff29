/**
 * AIMD (Chiu & Jain, 1989), for sharing a limit with another client: it makes the shares even. Each throttle costs a
 * share of the rate, and time brings back some rows/s, as many for one client as for the other. That is a throttle a
 * second at 20 rows/s, and the fewer rows/s there are, the larger is the share of throttled rows: two clients with
 * 10 rows/s in all meet a throttle with every seventh row, with 50 rows/s with every 35th. So it needs a reason to
 * start, and it ends.
 */

import { PAUSE } from './pause.js';

/** Rows/s below which chance decides who gets a token, and moves two shares faster than measuring evens them out. */
const FEW = 60;
/** Rows/s below which a long stall means another client rather than the end of a window: few rows were due in it. */
const VERY_FEW = 12;

/** The share of the rate that a throttle costs, and that each further throttle in a row costs, as refused calls may be charged; */
export const GIVE = 0.15;
const GIVE_AGAIN = 0.25;
/** the rows whose time is the pause after the latter; */
const PAUSE_ROWS_AGAIN = 2.5;
/** what a second adds: a share of the rate, and rows/s. */
const TAKE = 0.1;
const TAKE_ROWS = 0.8;

/** Sharing lasts for LASTS ms, or until QUIET ms have passed without a throttle; */
const LASTS = 30_000;
/** for FIRST_LASTS ms if hardly anything has been measured yet. */
const FIRST_LASTS = 20_000;
const QUIET = 5000;

/** Whether chance decides at this rate (rows/s). */
export const isFew = (rate: number): boolean => rate < FEW;
/** Whether this rate is so low that even a long stall tells of another client. */
export const isVeryFew = (rate: number): boolean => rate < VERY_FEW;

/** The rate (rows/s) after a throttle, and the ms for which it holds everything back. */
export function decrease(rate: number, isAgain: boolean): { rate: number; pause: number } {
  return isAgain
    ? { rate: (1 - GIVE_AGAIN) * rate, pause: Math.max(PAUSE, (1000 * PAUSE_ROWS_AGAIN) / rate) }
    : { rate: (1 - GIVE) * rate, pause: PAUSE };
}

/** The rate (rows/s) after `ms` without a throttle. */
export const increase = (rate: number, ms: number): number => rate + (ms / 1000) * (TAKE * rate + TAKE_ROWS);

/** Until when (ms) sharing lasts that starts at `at`, with or without a measurement. */
export const sharesUntil = (at: number, isMeasured: boolean): number =>
  at + (isMeasured ? LASTS : FIRST_LASTS);
/** Whether `ms` without a throttle say that the other client is gone. */
export const isQuiet = (ms: number): boolean => ms >= QUIET;
