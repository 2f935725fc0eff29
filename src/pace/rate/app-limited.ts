/** Whether a rate is really used ("app-limited" in BBR): it is not if less than 95 % of it goes out for a tenth of a second. */

const USED = 0.95;
const UNUSED_ROWS = 3;
const UNUSED_SECONDS = 0.1;
/** ms without any row after which the bucket's level is unknown. */
const IDLE = 1000;

export class Usage {
  #sentAt: number;
  /** Rows that the rate allowed but that were not sent. */
  #unused = 0;

  /** Nothing has been sent before `at` (ms). */
  constructor(at: number) {
    this.#sentAt = at;
  }

  /**
   * A row goes out.
   *
   * @param heldUntil ms; no row was allowed before
   * @param rate rows/s that were allowed since then
   * @returns the ms since the row before, if the rate was used; else `unused`, or `idle` after a long time
   */
  sent(at: number, heldUntil: number, rate: number): number | 'unused' | 'idle' {
    const gap = Math.max(0, at - Math.max(this.#sentAt, heldUntil));
    this.#sentAt = at;
    const unused = this.#unused + (USED * rate * gap) / 1000;
    const most = UNUSED_ROWS + UNUSED_SECONDS * rate;
    this.#unused = Math.max(0, Math.min(unused, most) - 1);
    if (unused < most) return gap;
    return gap > IDLE ? 'idle' : 'unused';
  }
}
