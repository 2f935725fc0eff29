/** The network as a file wants it, with caps on what one run may change: for cron. */
import { startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import type { ReconcileOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';

/**
 * Makes users what the input says, as far as they are not. Users who are so already cost no write, and what the others
 * were is kept for `undoRun`.
 *
 * @returns the run, as `updateUsers` does. If the input exceeds a cap, nothing is sent: `summary` is rejected with a
 *   CapError, and the plan is in the run's folder as `plan.jsonl`, for `applyPlan`
 */
export const reconcileUsers = (options: ReconcileOptions): RunHandle =>
  startRunJob('reconcile', options, options.folder, (job) => startRun(options, 'reconcile', job));
