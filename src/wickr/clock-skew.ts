/**
 * The service's clock as far as it is known: this machine's, corrected by what `Date` headers of refusals said.
 */

/** ms; AWS accepts signatures up to 5 minutes off, and its SDKs correct from 4 minutes on. */
const TOLERATED = 4 * 60_000;

/** The headers of an answer that say what time it is there. */
export interface DatedHeaders {
  readonly date?: string | undefined;
  /** Present where a cache answered: then `date` is of the past. */
  readonly age?: string | undefined;
}

/**
 * The offset to add to this machine's clock (ms) after an answer that refused a signature; the present one where
 * the answer gives no reason to change it.
 *
 * @param now this machine's clock, epoch ms
 */
export function correctedOffset(offset: number, headers: DatedHeaders, now: number): number {
  if (headers.date === undefined || headers.age !== undefined) return offset;
  const there = Date.parse(headers.date);
  if (Number.isNaN(there)) return offset;
  return Math.abs(there - (now + offset)) < TOLERATED ? offset : there - now;
}
