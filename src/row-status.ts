/** What each status of a row means for the run: the one table, and predicates over it. */
import { kindOf } from './error-codes.js';
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

/** Rows that have their outcome, and it is not what was wanted. */
export const notThrough = ({
  failed,
  invalid,
  conflict,
  mismatch,
}: Readonly<Record<Status, number>>): number => failed + invalid + conflict + mismatch;

/** What the report says of a row that is left out because its user is not in the network. */
export const notInNetwork = 'its user is not in the network';

/** Whether the row was left out for that. */
export const isMissing = ({ status, message }: Pick<Outcome, 'status' | 'message'>): boolean =>
  status === 'skipped' && message === notInNetwork;

export const isStatus = (text: unknown): text is Status =>
  typeof text === 'string' && Object.hasOwn(statuses, text);

/**
 * Whether a row has certainly set nothing: it was refused, and that answered its only attempt apart from those that were
 * throttled. After others a refusal says nothing about them: one whose answer was lost may have been carried out, and
 * the refusal may even be due to that.
 */
export function isCertainNo({
  status,
  attempts,
  throttled,
  httpStatus = 0,
  errorCode = '',
}: Outcome): boolean {
  if (status !== 'failed' || httpStatus < 400 || httpStatus >= 500) return false;
  const kind = kindOf(httpStatus, errorCode);
  return kind !== 'transient' && attempts - throttled === (kind === 'throttle' ? 0 : 1);
}
