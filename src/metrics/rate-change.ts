/** When the limit that was found is worth a line of the log. */

/** By which share it has to have changed. */
const CHANGED = 0.1;

/** Requests/s; `from` is absent the first time. */
export interface RateChange {
  readonly from?: number;
  readonly to: number;
  readonly why: string;
}

/**
 * @param told what the last line said; undefined before the first one
 * @param found what the service was found to accept; undefined until that is known
 */
export function rateChange(told: number | undefined, found: number | undefined): RateChange | undefined {
  if (found === undefined) return undefined;
  const to = rounded(found);
  if (told === undefined) return { to, why: 'measured between two throttles' };
  if (Math.abs(found - told) <= CHANGED * told) return undefined;
  const why = found < told ? 'the service throttles sooner' : 'the service takes more than it did';
  return { from: rounded(told), to, why };
}

const rounded = (rate: number): number => Math.round(10 * rate) / 10;
