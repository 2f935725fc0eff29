/** The main job: a new run. */
import type { Summary } from '../model.js';
import type { UpdateOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';

/**
 * Makes the changes that an input asks for and reports of each row what became of it.
 *
 * @returns the summary that `summary.json` holds; its `exitCode` is the one that the command would exit with
 * @throws WickrBulkError before anything is sent: for options, an input or credentials that cannot be used, a cap
 *   that the input goes beyond, a network that another run holds. What goes wrong after that is in the summary, save
 *   where the run's folder itself can no longer be written
 */
export const runUpdate = (options: UpdateOptions): Promise<Summary> => startRun(options, 'update');
