/** How often each kind of problem was found: two thousand lines that say the same are no help. */
import type { Problem } from '../../model.js';

/** Problems that differ in nothing but numbers. */
export interface ProblemKind {
  readonly count: number;
  /** The first of them by line. */
  readonly first: Problem;
}

/** The kinds of what was found, the most frequent first. */
export interface ProblemKinds {
  readonly errors: readonly ProblemKind[];
  readonly warnings: readonly ProblemKind[];
}

/** Kinds that are told apart; others count as the last of them. */
const MOST_KINDS = 100;

/** Counts problems by kind, in a memory that does not grow with them. */
export class KindTally {
  readonly #kinds = new Map<string, { count: number; readonly first: Problem }>();
  #last = '';

  add(problem: Problem): void {
    const { column = '', reason } = problem;
    const key = `${column}:${reason.replace(/\d+/g, '0')}`;
    const known =
      this.#kinds.get(key) ?? (this.#kinds.size < MOST_KINDS ? undefined : this.#kinds.get(this.#last));
    if (known) {
      known.count += 1;
      return;
    }
    this.#kinds.set(key, { count: 1, first: problem });
    this.#last = key;
  }

  /** The most frequent first, then by line. */
  get kinds(): ProblemKind[] {
    return [...this.#kinds.values()].map((kind) => ({ ...kind })).sort((a, b) => b.count - a.count);
  }
}
