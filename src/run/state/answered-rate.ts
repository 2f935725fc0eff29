/** How fast a run went before it ended, by the times of its report. */

/** The last so many rows count, unless they are too few, or ms passed without any: it stood still before. */
const LAST = 1000;
const FEWEST = 20;
const STANDSTILL = 10_000;

/** Takes rows in the order of the report. */
export class AnsweredRate {
  #ends: number[] = [];

  /** The service has given its word on a row at `at`, in ms. */
  add(at: number): void {
    const last = this.#ends.at(-1) ?? at;
    if (at > last + STANDSTILL) this.#ends = [];
    this.#ends.push(Math.max(at, last));
    if (this.#ends.length >= 2 * LAST) this.#ends = this.#ends.slice(-LAST);
  }

  /** Rows/s; undefined if there were too few. */
  get perSecond(): number | undefined {
    const ends = this.#ends.slice(-LAST);
    const [first = 0] = ends;
    const ms = (ends.at(-1) ?? 0) - first;
    return ends.length < FEWEST || ms <= 0 ? undefined : (1000 * (ends.length - 1)) / ms;
  }
}
