/** What a run has done to its users, as its folder tells. */
import { stat } from 'node:fs/promises';
import type { Outcome } from '../../model.js';
import { VISIBLE_WITHIN } from '../../plan/diff/own-change.js';
import { readReport } from '../../report/read.js';
import type { JournalState } from './journal.js';
import { RowSet } from './row-set.js';
import type { RunFolder } from './run-folder.js';
import type { RunRecord } from './run-record.js';

/** What a run has done to its users, as far as its folder tells. */
export interface ChangesMade {
  /** Rows for which the run has certainly set nothing. A row without a line may have been sent. */
  readonly untouched: RowSet;
  /** By row, epoch ms of a change that a read may not show yet. */
  readonly recent: ReadonlyMap<number, number>;
  /** By row, the temporary usernames that users may still have. */
  readonly temporaryNames: JournalState['temporaryNames'];
  /** Rows that have a line. */
  readonly written: RowSet;
  /** Epoch ms at which the run has last written to its folder. */
  readonly endedAt: number;
}

export async function changesOf(
  folder: RunFolder,
  { input, options }: RunRecord,
  journal: JournalState,
): Promise<ChangesMade> {
  const inDoubt = RowSet.of(input.rows, journal.inDoubt);
  const [untouched, written] = [new RowSet(input.rows), new RowSet(input.rows)];
  const recent = new Map<number, number>();
  const format = options.reportFormat ?? 'csv';
  const report = folder.report(format);
  for await (const outcome of readReport(report, format)) {
    const { row, finishedAt } = outcome;
    written.add(row);
    if (!mayHaveSet(outcome) && !inDoubt.has(row)) untouched.add(row);
    else if (isRecent(finishedAt)) recent.set(row, finishedAt);
  }
  const times = await Promise.all([report, folder.journal].map((path) => stat(path).catch(() => undefined)));
  const { temporaryNames } = journal;
  return {
    untouched,
    recent,
    written,
    temporaryNames,
    endedAt: Math.max(...times.map((file) => file?.mtimeMs ?? 0)),
  };
}

/** Whether a read may not show yet what was set then. A clock that was set back since changes nothing about that. */
export const isRecent = (at: number | undefined): at is number =>
  at !== undefined && Date.now() - at < VISIBLE_WITHIN;

/**
 * A refusal sets nothing if it was the answer to the only attempt. After others it says nothing about those: one whose
 * answer was lost may have been carried out, and the refusal may even be due to that.
 */
const mayHaveSet = ({ status, attempts, httpStatus = 0, temporaryName }: Outcome): boolean =>
  temporaryName === true ||
  (attempts > 0 && !(status === 'failed' && attempts === 1 && httpStatus >= 400 && httpStatus < 500));
