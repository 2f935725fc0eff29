/** The network as a file wants it, with caps on what one run may change: for cron. */
import type { Summary } from '../model.js';
import type { ReconcileOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';

/**
 * Makes users what the input says, as far as they are not. Users who are so already cost no write, and what the others
 * were is kept for `undoRun`.
 *
 * @throws CapError where the input goes beyond a cap; nothing was sent then, and the plan is in the run's folder. Else
 *   as `runUpdate` does
 */
export const reconcile = (options: ReconcileOptions): Promise<Summary> => startRun(options, 'reconcile');
