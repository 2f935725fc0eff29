/** The rows of a run that did not succeed, as a run of their own. */
import { stat } from 'node:fs/promises';
import { ExitCode, LockedError, printable, RunFolderError } from '../errors.js';
import type { Summary } from '../model.js';
import { beginRun } from './begin.js';
import { RunFolder } from './folder.js';
import { holderOf } from './lock.js';
import type { AgainOptions } from './options.js';
import { optionsOf } from './record.js';

/**
 * Runs the rows of a run's `failed` file with the run's options, as a new run: what was corrected in that file counts.
 *
 * @param path the run's folder
 * @param again `out` is the new run's folder; default: a new one below `wickr-bulk-runs`
 * @throws WickrBulkError as `runUpdate` does, and where the run goes on, was killed, or has no row to run again
 */
export async function retryRun(path: string, again: AgainOptions & { out?: string } = {}): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  if (await holderOf(folder.lock)) {
    throw new LockedError(
      `the run ${printable(folder.path)} still goes on`,
      'Wait for its end, or stop it first.',
    );
  }
  if (!(await folder.readSummary())) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} was killed, so not every row has its outcome`,
      'Resume it first: wickr-bulk resume.',
      { exitCode: ExitCode.usage },
    );
  }
  const input = folder.failed(record.input.format);
  if (!(await stat(input).catch(() => undefined))) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} has no row to run again: there is no ${printable(input)}`,
      'Every row of it succeeded, or the file was moved.',
      { exitCode: ExitCode.usage },
    );
  }
  const { limit: _, ...options } = optionsOf(record, again);
  const run = { ...options, ...(again.out ? { out: again.out } : {}), input };
  // The caps of a reconciliation have let these rows through already.
  return record.command === 'reconcile'
    ? beginRun({ ...run, keepBefore: true }, 'update')
    : beginRun(run, record.command);
}
