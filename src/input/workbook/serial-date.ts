/** Dates as spreadsheets count them. */

const DAY = 86_400_000;
/** Serial 60 is 29 February 1900, a day that never was; before it, programs do not agree. */
const FIRST_SURE = 61;
const EPOCH = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 31 December 9999, counted from 1899. */
const LAST = 2_958_465;

/** `2024-03-05`, or `2024-03-05T08:15:00`; undefined for a number that is no sure date. */
export function isoDate(serial: number, hasTime: boolean, is1904: boolean): string | undefined {
  if (serial < (is1904 ? 0 : FIRST_SURE) || serial >= LAST + 1) return undefined;
  const seconds = Math.round((hasTime ? serial : Math.floor(serial)) * 86_400);
  const time = (is1904 ? EPOCH_1904 : EPOCH) + seconds * 1000;
  if (time >= EPOCH + (LAST + 1) * DAY) return undefined;
  return new Date(time).toISOString().slice(0, hasTime ? 19 : 10);
}
