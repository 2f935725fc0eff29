/**
 * Quantiles of times in fixed space: counts in buckets that grow by a tenth, as in DDSketch (Masson, Rim & Lee, 2019) with
 * fixed bounds. A quantile is the middle of its bucket, so it is right to within 5 %.
 */

const GROWTH = 1.1;
/** ms; what is longer counts as this long. Longer than any timeout of a request. */
const LONGEST = 3_600_000;

const bucketOf = (ms: number): number =>
  ms < 1 ? 0 : 1 + Math.floor(Math.log(Math.min(ms, LONGEST)) / Math.log(GROWTH));
const BUCKETS = bucketOf(LONGEST) + 1;

/** ms; what took less than one counts as none. */
const middleOf = (bucket: number): number => (bucket === 0 ? 0 : Math.round(GROWTH ** (bucket - 0.5)));

export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** @param ms one that is no number from 0 on is not counted */
  add(ms: number): void {
    if (!(ms >= 0)) return;
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** The least ms that at least this share of the times do not exceed; undefined if there are none. @param share above 0, at most 1 */
  quantile(share: number): number | undefined {
    let below = 0;
    const rank = Math.ceil(share * this.#total);
    if (rank === 0) return undefined;
    const bucket = this.#counts.findIndex((count) => {
      below += count;
      return below >= rank;
    });
    return middleOf(bucket);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}
