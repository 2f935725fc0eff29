/**
 * How long the rest of a run takes, from how fast its rows came to their end of late. What was done before it was
 * resumed says nothing about that, and neither does time in which it stood still because somebody was asked.
 */

/** ms that are looked back on, at the most: half of the time until now, as a run begins more slowly than it goes on. */
const WINDOW = 30_000;
/** Rows that are looked back on, however long they took. */
const ROWS = 20;
/** Points are kept in this distance, in ms. */
const GRAIN = 250;

interface Point {
  readonly at: number;
  readonly done: number;
}

export class TimeLeft {
  /** In the order of time; the last one is where the run stands. */
  #points: Point[] = [];
  #startedAt: number | undefined;

  /** @param at ms of a clock that stands still while the run does */
  add(at: number, done: number): void {
    this.#startedAt ??= at;
    const [before, last] = this.#points.slice(-2);
    const point = { at, done };
    if (before && last && last.at - before.at < GRAIN) this.#points[this.#points.length - 1] = point;
    else this.#points.push(point);
    while (this.#canForgetFirst()) this.#points.shift();
  }

  /** ms until the last of the rows; undefined if nothing is known yet. */
  of(rows: number): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (!first || !last || last.done === first.done || last.done >= rows) return undefined;
    return ((rows - last.done) * (last.at - first.at)) / (last.done - first.done);
  }

  /** Points that are kept. */
  get kept(): number {
    return this.#points.length;
  }

  /** Whether what comes after the first point is long enough. */
  #canForgetFirst(): boolean {
    const [, second] = this.#points;
    const last = this.#points.at(-1);
    if (!second || !last) return false;
    const window = Math.min(WINDOW, (last.at - (this.#startedAt ?? last.at)) / 2);
    return last.at - second.at >= window && last.done - second.done >= ROWS;
  }
}
