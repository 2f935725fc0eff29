/** Outcomes added up. */
import type { Outcome, Status, Summary } from '../model.js';
import { isMissing, statuses } from '../row-status.js';
import { Failures } from './failures.js';

/** Rows that are named one by one. */
const MOST_NAMED = 20;

/** What a run's outcomes add up to. */
export interface Tally {
  rows: number;
  readonly statuses: Record<Status, number>;
  readonly errors: Record<string, number>;
  attempts: number;
  throttled: number;
  /** Rows that were left out because their users are not in the network. */
  missing: number;
  /** Rows whose users have, or may have, a temporary username: how many, and the first of them. */
  temporaryNames: number;
  readonly temporaryNameRows: number[];
  /** Epoch ms of the first request and of the last answer since the run was started or resumed; 0 if nothing was sent. */
  firstSentAt: number;
  lastHeardAt: number;
  /** Rows updated between these two. */
  updated: number;
  /** ms between these two in which the run stood still. */
  stillMs: number;
  readonly failures: Failures;
}

export function emptyTally(): Tally {
  const none = Object.fromEntries(Object.keys(statuses).map((status) => [status, 0]));
  return {
    rows: 0,
    statuses: none as Record<Status, number>,
    // Codes come from the service: one named "constructor" must not find anything here.
    errors: Object.create(null) as Record<string, number>,
    attempts: 0,
    throttled: 0,
    missing: 0,
    temporaryNames: 0,
    temporaryNameRows: [],
    firstSentAt: 0,
    lastHeardAt: 0,
    updated: 0,
    stillMs: 0,
    failures: new Failures(),
  };
}

/**
 * Adds one outcome.
 *
 * @param word gives the wording of a message; not needed for one that was read back
 */
export function count(tally: Tally, outcome: Outcome, word = (message: string) => message): void {
  tally.rows += 1;
  tally.statuses[outcome.status] += 1;
  const { errorCode, startedAt, finishedAt } = outcome;
  if (isMissing(outcome)) tally.missing += 1;
  if (outcome.temporaryName) {
    tally.temporaryNames += 1;
    if (tally.temporaryNameRows.length < MOST_NAMED) tally.temporaryNameRows.push(outcome.row);
  }
  if (errorCode) tally.errors[errorCode] = (tally.errors[errorCode] ?? 0) + 1;
  tally.failures.add(outcome, word);
  tally.attempts += outcome.attempts;
  tally.throttled += outcome.throttled;
  if (startedAt === undefined || finishedAt === undefined) return;
  if (outcome.status === 'updated') tally.updated += 1;
  if (tally.firstSentAt === 0 || startedAt < tally.firstSentAt) tally.firstSentAt = startedAt;
  if (finishedAt > tally.lastHeardAt) tally.lastHeardAt = finishedAt;
}

/** Measures the rate from here on: the time before a run was resumed, when nothing was sent, does not count. */
export function restartRate(tally: Tally): void {
  tally.firstSentAt = 0;
  tally.lastHeardAt = 0;
  tally.updated = 0;
  tally.stillMs = 0;
}

/** The part of a summary that depends on the outcomes alone. */
export function addUp(
  tally: Tally,
): Pick<
  Summary,
  'rows' | 'statuses' | 'errors' | 'failures' | 'attempts' | 'throttled' | 'temporaryNames' | 'rowsPerSecond'
> {
  const { rows, statuses, errors, attempts, throttled, temporaryNames, temporaryNameRows } = tally;
  const failures = tally.failures.list();
  const left = temporaryNames > 0 && {
    temporaryNames: { count: temporaryNames, rows: [...temporaryNameRows] },
  };
  const seconds = (tally.lastHeardAt - tally.firstSentAt - tally.stillMs) / 1000;
  const rowsPerSecond = seconds > 0 ? Math.round((10 * tally.updated) / seconds) / 10 : 0;
  return {
    rows,
    statuses: { ...statuses },
    errors: { ...errors },
    ...(failures.length > 0 && { failures }),
    attempts,
    throttled,
    ...left,
    rowsPerSecond,
  };
}
