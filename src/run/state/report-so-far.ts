/** What a run came to before it was stopped or killed, as its report tells. */

import { hashOfFirst, unreadable } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import type { Outcome } from '../../model.js';
import { type CsvStyle, heading, type ReportFormat } from '../../report/line.js';
import { damaged, readLines } from '../../report/read.js';
import { count, emptyTally, type Tally } from '../../report/summary.js';
import { isMissing, succeeded } from '../../row-status.js';
import { printable } from '../../text/printable.js';
import { AnsweredRate } from './answered-rate.js';
import type { JournalState } from './journal.js';
import { RowSet } from './row-set.js';

export interface Past {
  readonly tally: Tally;
  /** Rows that have their outcome. */
  readonly ended: RowSet;
  /** Those of them that did not succeed. */
  readonly failed: RowSet;
  /** Those that were left out because their users are not in the network. */
  readonly missing: RowSet;
  /** Rows without an outcome that have certainly not been sent since the run was started or resumed the last time. */
  readonly unsent: RowSet;
  /** Rows/s that the service gave its word on before the run ended; undefined if it was too few of them. */
  readonly rate: number | undefined;
  /** Bytes of the report that stay. What follows them is to be done again. */
  readonly keep: number;
}

/** What is built on a report. */
export type ReportUse = 'resume' | 'undo' | 'retry';

/**
 * Compares a report with what the journal says of it.
 *
 * @param use for what it is read: it decides what helps without the original
 * @throws RunFolderError if a line that the run has written was changed, moved or removed, or one was put between
 */
export async function checkReport(
  path: string,
  { report }: Pick<JournalState, 'report'>,
  use: ReportUse,
): Promise<void> {
  if (report === undefined) return;
  const hash = await hashOfFirst(path, report.bytes).catch((cause: unknown) =>
    Promise.reject(unreadable(path, cause)),
  );
  if (hash.digest('hex') !== report.sha256) throw altered(path, use);
}

const altered = (path: string, use: ReportUse) =>
  new RunFolderError(
    `${printable(path)} is not as the run wrote it: a line was removed, moved, edited or added; nothing was sent`,
    `Restore the original from a backup, and edit only copies of a report. ${withoutReport[use]}`,
  );

/** What to do if there is no backup. To send the input again would take nothing back. */
const withoutReport: Readonly<Record<ReportUse, string>> = {
  resume:
    'Without it, start a new run with the input: rows that were updated already change nothing when they are sent again. Leave out those that rename the user whom they name by `lookupUsername`.',
  undo: 'Without it, do not run the input again, which takes nothing back: before.jsonl in the folder of the run has the former values of each user. Make an input of those, and look at it with `planUpdate` before you run it.',
  retry:
    'Without it, look whether the failed rows, which stand beside it in a file of their own, are the ones that you mean, and give that file to a new run.',
};

/** Of a run that has just started: its report has a heading and no line. */
export const noPast = (format: ReportFormat, style?: CsvStyle): Past => ({
  tally: emptyTally(),
  ended: new RowSet(0),
  failed: new RowSet(0),
  missing: new RowSet(0),
  unsent: new RowSet(0),
  rate: undefined,
  keep: Buffer.byteLength(heading(format, style)),
});

/** Rows that may have been sent and have no outcome. @param before those that were in doubt already */
export function rowsInDoubt({ ended, unsent }: Past, before: RowSet, rows: number): RowSet {
  const inDoubt = new RowSet(rows);
  for (let row = 1; row <= rows; row += 1)
    if (!ended.has(row) && (before.has(row) || !unsent.has(row))) inDoubt.add(row);
  return inDoubt;
}

/**
 * Reads a report back. Its unprocessed rows, which are its last lines, count as rows without a line.
 *
 * @param rows data rows of the run's input
 * @param onEnded is told of each row that has its outcome
 * @throws RunFolderError if the report cannot be read, or a line of it is not one that this run can have written
 */
export async function readPast(
  path: string,
  format: ReportFormat,
  rows: number,
  onEnded: (outcome: Outcome) => void,
): Promise<Past> {
  const tally = emptyTally();
  const ended = new RowSet(rows);
  const failed = new RowSet(rows);
  const missing = new RowSet(rows);
  const unsent = new RowSet(rows);
  const rate = new AnsweredRate();
  const noteKind = (outcome: Outcome) => {
    if (!succeeded(outcome)) failed.add(outcome.row);
    if (isMissing(outcome)) missing.add(outcome.row);
  };
  let keep = 0;
  let unprocessed = false;
  for await (const lines of readLines(path, format)) {
    for (const { outcome, line, end } of lines) {
      const { row, status, attempts, throttled } = outcome;
      if (status === 'unprocessed') {
        unprocessed = true;
        if (attempts === throttled && row <= rows) unsent.add(row);
        continue;
      }
      if (unprocessed || row > rows || ended.has(row)) throw damaged(path, line);
      ended.add(row);
      noteKind(outcome);
      if (outcome.attempts > outcome.throttled && outcome.finishedAt !== undefined)
        rate.add(outcome.finishedAt);
      onEnded(outcome);
      count(tally, outcome);
      keep = end;
    }
  }
  return { tally, ended, failed, missing, unsent, rate: rate.perSecond, keep };
}
