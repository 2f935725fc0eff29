/** The main job: a new run. */
import { startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import type { UpdateOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';

/**
 * Makes the changes that an input asks for, and reports of each row what became of it. The whole input is checked
 * before anything is sent.
 *
 * @returns the run, which starts by itself. Its `summary` is what `summary.json` in its folder holds, and is rejected
 *   with a WickrBulkError if nothing could be sent: UsageError for options, InputError and InvalidInputError for the
 *   input, CredentialsError, ReadError if the network cannot be read, CapError for more rows than `maxChanges`,
 *   LockedError for a network that another run holds, RunFolderError for a folder that exists or cannot be written.
 *   What goes wrong after that is in the summary, unless the run's folder itself can no longer be written
 */
export const updateUsers = (options: UpdateOptions): RunHandle =>
  startRunJob('update', options, options.folder, (job) => startRun(options, 'update', job));
