/** What each status of a row means for the run: the one table, and predicates over it. */
import type { Outcome, Status } from './model.js';

/** Every status of a row, in the order in which summaries show them, and whether the row needs another look. */
export const statuses: Readonly<Record<Status, { readonly succeeded: boolean }>> = {
  updated: { succeeded: true },
  unchanged: { succeeded: true },
  skipped: { succeeded: true },
  failed: { succeeded: false },
  invalid: { succeeded: false },
  conflict: { succeeded: false },
  mismatch: { succeeded: false },
  unprocessed: { succeeded: false },
};

/** Whether the row is done with; the others stand in the `failed` file. */
export const succeeded = (outcome: Pick<Outcome, 'status'>): boolean => statuses[outcome.status].succeeded;

export const isStatus = (text: unknown): text is Status =>
  typeof text === 'string' && Object.hasOwn(statuses, text);
