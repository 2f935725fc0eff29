/** A few lines that stand in one place of a terminal and change. */
import { stripVTControlCharacters } from 'node:util';
import type { Screen } from './progress.js';

/** ms between two lots of lines where nothing can be drawn over. */
const LOT = 10_000;

/** On a terminal the lines are drawn over; elsewhere they follow each other, every 10 s and whenever it is wanted. */
export class RedrawnLines {
  readonly #screen: Screen;
  /** Lines of the terminal that are to be drawn over. */
  #shown = 0;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /**
   * @param text whole lines
   * @param now ms
   * @param isNew whether it says something that nobody should have to wait for
   */
  show(text: string, now: number, isNew: boolean): void {
    const { isTTY, columns = 80 } = this.#screen;
    if (!isTTY) {
      if (!isNew && now - this.#shownAt < LOT) return;
      this.#shownAt = now;
      this.#screen.write(text);
      return;
    }
    this.clear();
    this.#screen.write(text);
    this.#shown = terminalLines(text, columns);
  }

  /** Makes room on a terminal, for what comes in the place of the lines. */
  clear(): void {
    if (this.#shown > 0) this.#screen.write(`\x1b[${this.#shown}A\r\x1b[J`);
    this.#shown = 0;
  }
}

/** How many lines of a terminal a text of whole lines takes: a long one goes on below. */
export const terminalLines = (text: string, columns: number): number =>
  text
    .split('\n')
    .slice(0, -1)
    .reduce((lines, line) => lines + Math.max(1, Math.ceil(shownLength(line) / columns)), 0);

/** A colour takes no room. */
const shownLength = (line: string): number => [...stripVTControlCharacters(line)].length;
