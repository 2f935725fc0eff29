/** Counts what happened in the last second, in steps of a tenth of a second. */
export class LastSecond {
  readonly #tenths: number[] = new Array(10).fill(0);
  #now = 0;

  add(at: number): void {
    this.#turn(at);
    const tenth = this.#now % 10;
    this.#tenths[tenth] = (this.#tenths[tenth] ?? 0) + 1;
  }

  sum(at: number): number {
    this.#turn(at);
    return this.#tenths.reduce((sum, count) => sum + count, 0);
  }

  #turn(at: number): void {
    const now = Math.floor(at / 100);
    for (let tenth = Math.max(this.#now + 1, now - 9); tenth <= now; tenth++) this.#tenths[tenth % 10] = 0;
    this.#now = now;
  }
}
