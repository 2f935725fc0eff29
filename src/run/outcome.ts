/** Outcomes of rows that were not sent. */
import type { Outcome, Place, Row } from '../model.js';

/** What an outcome says of a row that was not sent, its status apart. */
export const unsent = ({ row, line }: Pick<Place, 'row' | 'line'>) => ({
  row,
  line,
  userId: '',
  httpStatus: 0,
  errorCode: '',
  errorField: '',
  message: '',
  attempts: 0,
  throttled: 0,
  requestId: '',
  startedAt: 0,
  finishedAt: 0,
  changed: [],
});

export const unprocessed = (row: Row): Outcome => ({
  ...unsent(row),
  userId: 'command' in row ? row.command.userId : row.userId,
  status: 'unprocessed',
  message: 'the run stopped before this row',
});

export const invalid = (
  row: Row & { problems: readonly { column?: string; reason: string }[] },
): Outcome => ({
  ...unsent(row),
  userId: 'userId' in row ? row.userId : '',
  status: 'invalid',
  errorCode: 'InvalidRow',
  errorField: [...new Set(row.problems.flatMap(({ column }) => column ?? []))].join(';'),
  message: row.problems.map(({ column, reason }) => [column, reason].filter(Boolean).join(': ')).join('; '),
});
