/** What a run has done to its users, as its folder tells. */
import { stat } from 'node:fs/promises';
import type { Outcome } from '../../model.js';
import { VISIBLE_WITHIN } from '../../plan/diff/own-change.js';
import { readReport } from '../../report/read.js';
import { isCertainNo, isMissing } from '../../row-status.js';
import { steadyNow } from '../../steady-clock.js';
import type { JournalState } from './journal.js';
import { RowSet } from './row-set.js';
import type { RunFolder } from './run-folder.js';
import type { RunRecord } from './run-record.js';

/** What a run has done to its users, as far as its folder tells. */
export interface ChangesMade {
  /** Rows for which the run has certainly set nothing. A row without a line may have been sent. */
  readonly untouched: RowSet;
  /** Rows that were left out because their users are not in the network. */
  readonly missing: number;
  /** By row, epoch ms of a change that a read may not show yet. */
  readonly recent: ReadonlyMap<number, number>;
  /** By row, the temporary usernames that users may still have. */
  readonly temporaryNames: JournalState['temporaryNames'];
  /** By row, those that they had. */
  readonly replacedNames: JournalState['replacedNames'];
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
  let missing = 0;
  const format = options.reportFormat ?? 'csv';
  const report = folder.report(format);
  for await (const outcome of readReport(report, format)) {
    const { row, finishedAt } = outcome;
    written.add(row);
    if (isMissing(outcome)) missing += 1;
    if (!mayHaveSet(outcome) && !inDoubt.has(row)) untouched.add(row);
    else if (isRecent(finishedAt)) recent.set(row, finishedAt);
  }
  const times = await Promise.all([report, folder.journal].map((path) => stat(path).catch(() => undefined)));
  const { temporaryNames, replacedNames } = journal;
  return {
    untouched,
    missing,
    recent,
    written,
    temporaryNames,
    replacedNames,
    endedAt: Math.max(...times.map((file) => file?.mtimeMs ?? 0)),
  };
}

/** Whether a read may not show yet what was set then. A clock that was set back since changes nothing about that. */
export const isRecent = (at: number | undefined): at is number =>
  at !== undefined && steadyNow() - at < VISIBLE_WITHIN;

const mayHaveSet = (outcome: Outcome): boolean =>
  outcome.temporaryName === true || (outcome.attempts > 0 && !isCertainNo(outcome));
