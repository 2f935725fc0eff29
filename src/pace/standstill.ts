/**
 * Time in which a run stands still: it is paused, or somebody is asked. That is nobody's work, and no patience runs out in
 * it. Its owners say when; there is no clock in here. Times are ms on one clock that never goes back.
 */
export class Standstill {
  /** Reasons to stand still at present. */
  #reasons = 0;
  #since = 0;
  #over = 0;

  /** One more reason to stand still. */
  begin(at: number): void {
    if (this.#reasons === 0) this.#since = at;
    this.#reasons += 1;
  }

  /** One reason less. */
  end(at: number): void {
    this.#reasons -= 1;
    if (this.#reasons === 0) this.#over += at - this.#since;
  }

  /** ms in all that are over: the run has gone on since. */
  get over(): number {
    return this.#over;
  }

  /** ms in all until `at`. */
  total(at: number): number {
    return this.#over + (this.#reasons > 0 ? at - this.#since : 0);
  }

  /** The time of a clock that stands still with the run. */
  worked(at: number): number {
    return at - this.total(at);
  }
}
