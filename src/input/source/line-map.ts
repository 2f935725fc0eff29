/** The line of a file for each line of its copy. Mostly they go on evenly, so what is kept are the places at which they do not. */

/** Lines from `index` on are `line`, `line + step` and so on. */
interface Run {
  readonly index: number;
  readonly line: number;
  step: number | undefined;
}

export class LineMap {
  readonly #runs: Run[] = [];
  #length = 0;
  #last = 0;

  /** Adds the line of the file that the next line of the copy stands for. */
  push(line: number): void {
    const run = this.#runs.at(-1);
    const step = line - this.#last;
    if (run !== undefined && (run.step ?? step) === step) run.step = step;
    else this.#runs.push({ index: this.#length, line, step: undefined });
    this.#last = line;
    this.#length += 1;
  }

  /** @param line of the copy, 1 for the first; one that is not known is itself */
  at(line: number): number {
    const index = line - 1;
    if (index < 0 || index >= this.#length) return line;
    let [low, high] = [0, this.#runs.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#runs[middle] as Run).index <= index) low = middle;
      else high = middle - 1;
    }
    const run = this.#runs[low] as Run;
    return run.line + (index - run.index) * (run.step ?? 0);
  }
}
