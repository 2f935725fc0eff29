import type { Outcome, Status, Summary } from '../model.js';
import { statuses } from '../row-status.js';

/** What a run's outcomes add up to. */
export interface Tally {
  rows: number;
  readonly statuses: Record<Status, number>;
  readonly errors: Record<string, number>;
  attempts: number;
  throttled: number;
  /** Epoch ms of the first request and of the last answer since the run was begun or resumed; 0 where nothing was sent. */
  firstSentAt: number;
  lastHeardAt: number;
  /** Rows updated between these two. */
  updated: number;
}

export function emptyTally(): Tally {
  const none = Object.fromEntries(Object.keys(statuses).map((status) => [status, 0]));
  return {
    rows: 0,
    statuses: none as Record<Status, number>,
    // Codes come from the service: one that is called "constructor" must not find anything there.
    errors: Object.create(null) as Record<string, number>,
    attempts: 0,
    throttled: 0,
    firstSentAt: 0,
    lastHeardAt: 0,
    updated: 0,
  };
}

/** Counts one outcome in. */
export function count(tally: Tally, outcome: Outcome): void {
  tally.rows += 1;
  tally.statuses[outcome.status] += 1;
  const { errorCode, startedAt, finishedAt } = outcome;
  if (errorCode) tally.errors[errorCode] = (tally.errors[errorCode] ?? 0) + 1;
  tally.attempts += outcome.attempts;
  tally.throttled += outcome.throttled;
  if (startedAt === undefined || finishedAt === undefined) return;
  if (outcome.status === 'updated') tally.updated += 1;
  if (tally.firstSentAt === 0 || startedAt < tally.firstSentAt) tally.firstSentAt = startedAt;
  if (finishedAt > tally.lastHeardAt) tally.lastHeardAt = finishedAt;
}

/** Lets the rate be counted from here on, as of a run that is resumed: the time in which nothing ran is no part of it. */
export function countRateAnew(tally: Tally): void {
  tally.firstSentAt = 0;
  tally.lastHeardAt = 0;
  tally.updated = 0;
}

/** The part of a summary that the outcomes alone decide. */
export function addUp(
  tally: Tally,
): Pick<Summary, 'rows' | 'statuses' | 'errors' | 'attempts' | 'throttled' | 'rowsPerSecond'> {
  const { rows, statuses, errors, attempts, throttled } = tally;
  const seconds = (tally.lastHeardAt - tally.firstSentAt) / 1000;
  const rowsPerSecond = seconds > 0 ? Math.round((10 * tally.updated) / seconds) / 10 : 0;
  return { rows, statuses: { ...statuses }, errors: { ...errors }, attempts, throttled, rowsPerSecond };
}
