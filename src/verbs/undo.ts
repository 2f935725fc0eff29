/** What a run has set is put back. */
import { stat } from 'node:fs/promises';
import { RunFolderError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import { inverseOf } from '../plan/diff/inverse.js';
import { readReport } from '../report/read.js';
import type { UndoOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';
import { refuseHeld } from '../run/state/lock.js';
import { changeLine, checkPlan, readChanges } from '../run/state/plan-file.js';
import { RowSet } from '../run/state/row-set.js';
import { RunFolder } from '../run/state/run-folder.js';
import type { RunRecord } from '../run/state/run-record.js';
import { printable } from '../text/printable.js';

/**
 * Gives users back the values from before a run, as far as they still have those that the run has set; whatever
 * somebody else has changed since is a `conflict`. It is a run like others: it can be resumed, and undone.
 *
 * @param path the run's folder, with the `before.jsonl` that `applyPlan`, `reconcile` and `keepBefore` leave
 * @throws RunFolderError where the run has kept nothing; LockedError where it goes on; else as `runUpdate` does
 */
export async function undoRun(path: string, options: UndoOptions = {}): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`);
  if (!(await stat(folder.before).catch(() => undefined))) throw nothingKept(folder);
  const { head } = await checkPlan(folder.before);
  const { networkId, region, endpoint, account, allowTemporaryNames } = head;
  const given = { endpointUrl: endpoint, ...options, networkId, region, allowTemporaryNames };
  const untouched = await rowsNotSet(folder, record);
  const input = inverses(folder.before, untouched);
  return startRun({ ...given, input, format: 'jsonl' }, 'undo', { account });
}

/** Rows of which it is known that the run has set nothing; a row without a line may have been sent. */
async function rowsNotSet(folder: RunFolder, { input, options }: RunRecord): Promise<RowSet> {
  const rows = new RowSet(input.rows);
  const format = options.reportFormat ?? 'csv';
  for await (const outcome of readReport(folder.report(format), format)) {
    if (!mayHaveSet(outcome)) rows.add(outcome.row);
  }
  return rows;
}

/** A refusal sets nothing; where the answer was lost, the change may have been made. */
const mayHaveSet = ({ status, attempts, httpStatus = 0 }: Outcome): boolean =>
  attempts > 0 && !(status === 'failed' && httpStatus >= 400 && httpStatus < 500);

/** The lines of a plan that takes the other one back. */
async function* inverses(path: string, untouched: RowSet): AsyncGenerator<Buffer> {
  for await (const { row, line, networkId, userId, userDetails, before } of readChanges(path)) {
    if (untouched.has(row)) continue;
    const { details, before: expected, notRestorable } = inverseOf(userDetails, before);
    const change = { networkId, userId, userDetails: details, before: expected, row, line };
    yield Buffer.from(changeLine({ ...change, ...(notRestorable.length > 0 && { lost: notRestorable }) }));
  }
}

const nothingKept = (folder: RunFolder) =>
  new RunFolderError(
    `the run ${printable(folder.path)} has not kept what its users were: there is no ${printable(folder.before)}`,
    'Only "apply", "reconcile", "undo" and "update --keep-before" keep it.',
    { code: 'NOTHING_TO_UNDO' },
  );
