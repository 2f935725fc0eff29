/** Rows that did not succeed, put together by what was said of them. */
import type { FailureGroup, Outcome } from '../model.js';

/** Kinds that are told apart; further ones are put together by their error code. */
const MOST_KINDS = 100;
/** Kinds that a summary has: those with the most rows. */
const MOST_TOLD = 10;
/** Lines that are named of each. */
const MOST_LINES = 5;

type Group = { -readonly [Name in keyof FailureGroup]: FailureGroup[Name] } & { lines: number[] };

export class Failures {
  readonly #groups = new Map<string, Group>();

  /** @param word gives the wording of a message */
  add(outcome: Outcome, word: (message: string) => string): void {
    const { status, line } = outcome;
    if (status === 'updated' || status === 'unchanged' || status === 'skipped') return;
    // That the run stopped before a row is no reason of the row's.
    if (status === 'unprocessed' && outcome.attempts === 0) return;
    const { errorCode = '' } = outcome;
    const group = this.#groupOf(status, errorCode, word(outcome.message ?? ''));
    group.rows += 1;
    // Outcomes come in any order.
    if (line !== undefined) group.lines = [...group.lines, line].sort((a, b) => a - b).slice(0, MOST_LINES);
  }

  /** The largest ones. */
  list(): FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.rows - a.rows).slice(0, MOST_TOLD);
  }

  #groupOf(status: Outcome['status'], errorCode: string, message: string): Group {
    const key = JSON.stringify([status, errorCode, message]);
    const known = this.#groups.get(key);
    if (known) return known;
    if (message !== '' && this.#groups.size >= MOST_KINDS) return this.#groupOf(status, errorCode, '');
    const group: Group = { status, errorCode, message, rows: 0, lines: [] };
    this.#groups.set(key, group);
    return group;
  }
}
