/** The rows of a run that did not succeed, one by one. */
import { exists } from '../disk.js';
import type { Outcome } from '../model.js';
import { readReport } from '../report/read.js';
import { succeeded } from '../row-status.js';
import { RunFolder } from '../run/state/run-folder.js';

/**
 * Gives out the rows of a run that did not succeed, in the report's order, also while it goes on. Rows that were never
 * sent because the run has ended before them are left out: a resume sends them.
 *
 * @param path the run's folder
 * @throws RunFolderError if the folder is not a run's, or its report was damaged
 */
export async function* readFailedRows(path: string): AsyncGenerator<Outcome> {
  const folder = RunFolder.at(path);
  const { options } = await folder.readRecord();
  const format = options.reportFormat ?? 'csv';
  if (!(await exists(folder.report(format)))) return;
  for await (const outcome of readReport(folder.report(format), format))
    if (hasFailed(outcome)) yield outcome;
}

const hasFailed = (outcome: Outcome): boolean =>
  !succeeded(outcome) && (outcome.status !== 'unprocessed' || outcome.attempts > 0);
