/** How a run stands, from its files alone: another process may work on it meanwhile. */
import { exists } from '../disk.js';
import type { ReportFormat } from '../report/line.js';
import { readReport } from '../report/read.js';
import { count, emptyTally, type Tally } from '../report/summary.js';
import { RunFolder } from '../run/state/run-folder.js';
import { lookAtRun, statusOf } from './run-look.js';
import type { RunStatus } from './run-status.js';

export type { RunStatus } from './run-status.js';

/**
 * Reads how a run stands, also while it goes on. That takes up to a third of its `takeOverMs` if the process that works
 * on it is of another machine or container: it waits for a sign of life.
 *
 * @param path the run's folder
 * @throws RunFolderError if the folder is not a run's, or its report was damaged
 */
export async function readRunStatus(path: string): Promise<RunStatus> {
  const look = await lookAtRun(RunFolder.at(path));
  const format = look.record.options.reportFormat ?? 'csv';
  const { tally, lately } = await countReport(look.folder.report(format), format, look.from);
  return statusOf(look, tally, lately);
}

/** What the report adds up to, and how many rows of it have ended later than `from` (epoch ms). */
async function countReport(
  path: string,
  format: ReportFormat,
  from: number,
): Promise<{ tally: Tally; lately: number }> {
  const tally = emptyTally();
  let lately = 0;
  // A run that was killed at its very start has no report yet.
  if (await exists(path)) {
    for await (const outcome of readReport(path, format)) {
      count(tally, outcome);
      if (outcome.finishedAt !== undefined && outcome.finishedAt > from) lately += 1;
    }
  }
  return { tally, lately };
}
