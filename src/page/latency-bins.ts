/** Times to an answer, as counts in bins of which each is a tenth longer than the one before: pure. */

const STEP = Math.log(1.1);
/** The last bin begins at some 15 min. */
const BINS = 144;

export class LatencyBins {
  readonly #counts = new Uint32Array(BINS);
  #total = 0;

  /** @param ms below 1 it counts as 1 */
  add(ms: number): void {
    const bin = Math.min(BINS - 1, Math.floor(Math.log(Math.max(1, ms)) / STEP));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#total += 1;
  }

  addAll(others: LatencyBins): void {
    others.#counts.forEach((count, bin) => {
      this.#counts[bin] = (this.#counts[bin] ?? 0) + count;
    });
    this.#total += others.#total;
  }

  /** ms that a share of the times stayed below, to a tenth; null if there is none. @param share from 0 to 1 */
  quantile(share: number): number | null {
    let left = share * this.#total;
    if (this.#total === 0) return null;
    for (let bin = 0; bin < BINS; bin += 1) {
      left -= this.#counts[bin] ?? 0;
      if (left <= 0) return Math.round(Math.exp((bin + 0.5) * STEP));
    }
    return null;
  }
}
