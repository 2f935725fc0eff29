/** Outcomes of rows that were not sent, or not completely. */
import type { WickrBulkError } from '../../errors.js';
import type { CommandRow, Outcome, Place, ReadyRow, UnsentRow } from '../../model.js';
import { reasonOf } from '../../plan/lookup/lookup-result.js';

/** The outcome of a row that was not sent, without its status. */
export const unsent = ({ row, line }: Pick<Place, 'row' | 'line'>, userId: string): UnsentRow => ({
  row,
  // A row that was never read has no line and no user.
  line: line || undefined,
  userId: userId || undefined,
  attempts: 0,
  throttled: 0,
  changed: [],
});

export const unprocessed = (row: ReadyRow): Outcome => ({
  ...unsent(row, 'command' in row ? row.command.userId : row.userId),
  status: 'unprocessed',
  errorCode: undefined,
  errorFields: [],
  message: 'the run stopped before this row',
});

const invalid = (row: Extract<ReadyRow, { problems: unknown }>): Outcome => ({
  ...unsent(row, row.userId),
  status: 'invalid',
  errorCode: 'InvalidRow',
  errorFields: [...new Set(row.problems.flatMap(({ column }) => column ?? []))],
  message: reasonOf(row.problems),
});

const skipped = (row: Extract<ReadyRow, { skipped: string }>): Outcome => ({
  ...unsent(row, row.userId),
  status: 'skipped',
  message: row.skipped,
});

const unchanged = (row: Extract<ReadyRow, { unchanged: unknown }>): Outcome => ({
  ...unsent(row, row.userId),
  status: 'unchanged',
});

const conflicting = (row: Extract<ReadyRow, { conflict: unknown }>): Outcome => ({
  ...unsent(row, row.userId),
  status: 'conflict',
  errorCode: 'Conflict',
  errorFields: row.conflicts,
  message: row.conflict,
});

/** A row whose user could not be read right before the change. */
export const unread = ({ command, ...row }: CommandRow, error: WickrBulkError): Outcome => ({
  ...unsent(row, command.userId),
  status: 'failed',
  errorCode: 'NotRead',
  errorFields: [],
  message: `not sent: ${error.message}`,
});

/** The outcome of a row that needs no request. */
export function settled(row: Exclude<ReadyRow, CommandRow>): Outcome {
  if ('problems' in row) return invalid(row);
  if ('skipped' in row) return skipped(row);
  return 'unchanged' in row ? unchanged(row) : conflicting(row);
}

/** A rename in two steps as one row: the first gave the temporary username, the second was to give the wanted one. */
export const joined = (first: Outcome, last: Outcome): Outcome =>
  ({
    ...last,
    attempts: first.attempts + last.attempts,
    throttled: first.throttled + last.throttled,
    startedAt: first.startedAt ?? last.startedAt,
    finishedAt: last.finishedAt ?? first.finishedAt,
    changed: last.changed.length > 0 ? last.changed : first.changed,
  }) as Outcome;

/** A rename that failed, of a user who has the former username again. */
export const nameRestored = (outcome: Outcome, back: Outcome): Outcome =>
  ({
    ...outcome,
    // A row that was not sent stays one: what was sent was about the temporary username.
    ...(outcome.attempts > 0 && {
      attempts: outcome.attempts + back.attempts,
      throttled: outcome.throttled + back.throttled,
      finishedAt: back.finishedAt,
    }),
    message: withNote(outcome, 'the user has the former username again'),
  }) as Outcome;

/** A row whose user keeps a temporary username. @param isCertain whether it is known that they have it */
export const withTemporaryName = (outcome: Outcome, isCertain: boolean): Outcome =>
  ({
    ...outcome,
    temporaryName: true,
    message: withNote(outcome, `the user ${isCertain ? 'has' : 'may have'} a temporary username`),
  }) as Outcome;

const withNote = ({ message }: Outcome, note: string) => [message, note].filter(Boolean).join('; ');

/** A row whose wanted username is not freed after all. */
export function blocked(row: CommandRow, first?: Outcome): Outcome {
  const outcome: Outcome = {
    ...unsent(row, row.command.userId),
    status: 'failed',
    errorCode: 'EarlierRowFailed',
    errorFields: ['username'],
    message:
      'not sent: the wanted username is still in use, because the row that renames its present user failed',
  };
  return first ? joined(first, outcome) : outcome;
}

/** A row that still waited for others when the run stopped. */
export const leftWaiting = (row: CommandRow, first?: Outcome): Outcome =>
  first ? joined(first, unprocessed(row)) : unprocessed(row);
