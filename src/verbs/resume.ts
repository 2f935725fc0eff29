/** A run that was stopped or killed goes on. */
import type { Summary } from '../model.js';
import type { ResumeOptions } from '../run/options/run-options.js';
import { continueRun } from '../run/resume-run.js';
import { takeLock } from '../run/state/lock.js';
import { RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';

/**
 * Goes on with the rows of a run that have no outcome yet. Rows that were in flight when it was killed are sent again;
 * an update says what the user shall be, so that changes nothing.
 *
 * @param path the run's folder
 * @returns the summary of the whole run; that of a run which has ended already is the one it had
 * @throws WickrBulkError before anything is sent: where the folder is not a run's, its report was damaged, its input is
 *   not the one that the run was begun with, or another process works on the run or its network
 */
export async function resumeRun(
  path: string,
  again: ResumeOptions = {},
  defaults: ResumeOptions = {},
): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  const lock = await takeLock(folder.lock, `the run ${printable(folder.path)}`);
  try {
    const summary = await folder.readSummary();
    return summary?.statuses.unprocessed === 0 ? summary : await continueRun(folder, record, again, defaults);
  } finally {
    await lock.release();
  }
}
