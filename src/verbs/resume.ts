/** A run that was stopped or killed goes on. */
import { hasEnded } from '../run/end-of-run.js';
import { startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import { Fence } from '../run/lock/fence.js';
import { takeLock } from '../run/lock/lock.js';
import { parseLockTerms } from '../run/options/parse-options.js';
import type { ResumeOptions } from '../run/options/run-options.js';
import { sendRest } from '../run/resume-run.js';
import { RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';

/**
 * Continues a run with the rows that have no outcome yet. Rows that were in flight when it was killed are sent again,
 * which changes nothing if they went through: an update says what the user is to be.
 *
 * @param folder the run's folder
 * @param options everything else is as it was
 * @param defaults what counts if neither `options` nor the run itself says it
 * @returns the run, as `updateUsers` does. It gives out the outcomes of the rows that are left, while its `summary` is of
 *   all rows; of a run that has ended already it is the summary that there was. `summary` is rejected if the folder is
 *   not a run's, its report was damaged, its input is not the one that the run was started with, or another process
 *   works on the run or its network
 */
export const resumeRun = (
  folder: string,
  options: ResumeOptions = {},
  defaults: ResumeOptions = {},
): RunHandle =>
  startRunJob('resume', options, folder, async (job) => {
    const run = RunFolder.at(folder);
    const record = await run.readRecord();
    const terms = parseLockTerms({ ...defaults, ...options }, job.signal);
    const fence = new Fence();
    const lock = await takeLock(run.lock, `the run ${printable(run.path)}`, terms, fence);
    try {
      const summary = await run.readSummary();
      if (summary && hasEnded(summary)) {
        // A kill may have left the copy of standard input behind.
        if (record.input.path === '-') await run.dropSpool(record.input.format);
        return summary;
      }
      return await sendRest(run, record, { ...job, fence }, options, defaults);
    } finally {
      await lock.release();
    }
  });
