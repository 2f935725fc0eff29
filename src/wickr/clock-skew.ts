/** The service's clock, as far as it is known: this machine's clock, corrected by the `Date` headers of refusals. */

/** ms; AWS accepts signatures up to 5 minutes off, and its SDKs correct from 4 minutes on. */
const TOLERATED = 4 * 60_000;

/** The headers of an answer that tell the service's time. */
export interface DatedHeaders {
  readonly date?: string | undefined;
  /** Present if a cache answered: then `date` is out of date. */
  readonly age?: string | undefined;
}

/**
 * The offset (ms) to add to this machine's clock after an answer that refused a signature. It is the present offset if
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
