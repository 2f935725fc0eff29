/** What each status of a row means for the run: the one table, and predicates over it. */
import type { Outcome, Status } from './model.js';

interface Meaning {
  /** Whether the row needs no other look. */
  readonly succeeded: boolean;
  /** Whether its outcome tells of an error. */
  readonly hasError: boolean;
  /** Whether it was sent; undefined if it may or may not have been. */
  readonly isSent: boolean | undefined;
}

/** Every status of a row, in the order in which summaries show them. */
export const statuses: Readonly<Record<Status, Meaning>> = {
  updated: { succeeded: true, hasError: false, isSent: true },
  unchanged: { succeeded: true, hasError: false, isSent: undefined },
  skipped: { succeeded: true, hasError: false, isSent: false },
  failed: { succeeded: false, hasError: true, isSent: undefined },
  invalid: { succeeded: false, hasError: true, isSent: false },
  conflict: { succeeded: false, hasError: true, isSent: undefined },
  mismatch: { succeeded: false, hasError: true, isSent: true },
  unprocessed: { succeeded: false, hasError: true, isSent: undefined },
};

/** Whether the row is done; the others are in the `failed` file. */
export const succeeded = (outcome: Pick<Outcome, 'status'>): boolean => statuses[outcome.status].succeeded;

export const isStatus = (text: unknown): text is Status =>
  typeof text === 'string' && Object.hasOwn(statuses, text);
