/**
 * How a run words what it leaves for people. The library speaks to programmers: its messages name options and functions
 * in backticks, and its summaries have no exit code. The command writes the same files for its own users. Not public:
 * the command gives it under a symbol, beside the options.
 */
import type { Summary } from './model.js';

export interface Wording {
  /** A message or a hint as the run's users know the options. */
  readonly text: (text: string) => string;
  /** What stands in `summary.json`. Must keep every member of the summary. */
  readonly summary: (summary: Summary) => Summary;
  /** What stands in `summary.txt`; without it there is no such file. */
  readonly screen?: (summary: Summary) => string;
}

export const wording: unique symbol = Symbol('wickr-bulk wording');

/** Options that may come from the command. */
export interface Worded {
  readonly [wording]?: Wording;
}

/** The library's own. */
export const plainWording: Wording = { text: (text) => text, summary: (summary) => summary };
