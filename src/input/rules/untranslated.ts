/** The values that a table has no translation for: their number is told, they themselves go to a file of their own. */
import type { ChangeName } from '../columns/column-names.js';

/** A value, and the rows that have it. */
export interface UntranslatedValue {
  readonly field: ChangeName;
  readonly value: string;
  readonly rows: number;
  /** Of the first of them. */
  readonly line: number;
}

/** Values that are kept: a table that lacks more of them is not the one for this file. */
const MOST_KEPT = 10_000;

export class Untranslated {
  readonly #values = new Map<string, { field: ChangeName; value: string; rows: number; line: number }>();

  add(field: ChangeName, value: string, line: number): void {
    const key = `${field} ${value}`;
    const known = this.#values.get(key);
    if (known) known.rows += 1;
    else if (this.#values.size < MOST_KEPT) this.#values.set(key, { field, value, rows: 1, line });
  }

  /** The most frequent first. */
  get values(): readonly UntranslatedValue[] {
    return [...this.#values.values()].sort((a, b) => b.rows - a.rows || a.line - b.line);
  }
}
