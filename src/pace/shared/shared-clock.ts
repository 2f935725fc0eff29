/** The clock that runs on several machines share, from single readings of it. Pure: nobody's own clock is in here. */

/** ms by which two machines' clocks drift apart from one reading to the next, as far as is to be reckoned with. */
const DRIFT = 0.05;

export class SharedClock {
  #offset = 0;
  /** ms by which the offset may be wrong. */
  #error = Number.POSITIVE_INFINITY;

  /**
   * @param read what the shared clock said at some time from `from` to `to`, ms on this process's own
   * @returns whether it is another clock by now: it was set, or it is another machine's
   */
  note(read: number, from: number, to: number): boolean {
    const error = (to - from) / 2;
    const offset = read - (from + to) / 2;
    this.#error += DRIFT;
    // A reading that cannot be reconciled with the earlier ones is of another clock.
    const isOther = Math.abs(offset - this.#offset) > error + this.#error;
    if (error > this.#error && !isOther) return false;
    this.#offset = offset;
    this.#error = error;
    return isOther;
  }

  /** A time of this process's clock on the shared one. */
  shared(own: number): number {
    return own + this.#offset;
  }

  /** And back. */
  own(shared: number): number {
    return shared - this.#offset;
  }
}
