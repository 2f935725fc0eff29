/** The rows of a run that did not succeed, as a run of their own. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Of } from '../disk.js';
import { ExitCode, printable, RunFolderError, succeeded } from '../errors.js';
import type { Summary } from '../model.js';
import { readReport } from '../report/read.js';
import { beginRun, type Demands } from './begin.js';
import { RunFolder } from './folder.js';
import { refuseHeld } from './lock.js';
import { readLookups } from './lookups.js';
import type { AgainOptions } from './options.js';
import { optionsOf, type RunRecord } from './record.js';

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
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`);
  const summary = await folder.readSummary();
  if (!summary) {
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
  const known = await knownUsers(folder, record, summary, input, again);
  // The caps of a reconciliation have let these rows through already.
  return record.command === 'reconcile'
    ? beginRun({ ...run, keepBefore: true }, 'update', known)
    : beginRun(run, record.command, known);
}

/**
 * Whom the rows of the failed file mean: as long as nobody has edited it, those whom the run has found. Looked up
 * again, a username could be somebody else's by now.
 */
async function knownUsers(
  folder: RunFolder,
  { options }: RunRecord,
  { hashes }: Summary,
  failed: string,
  { onWarning }: AgainOptions,
): Promise<Demands> {
  const lookups = await readLookups(folder.lookups);
  if (!lookups) return {};
  if ((await sha256Of(failed)) !== hashes.failed) {
    const reason =
      'the file was edited, so its usernames are looked up anew: where the run has renamed users, check that each row still names the one it means';
    onWarning?.({ line: 1, reason }, basename(failed));
    return {};
  }
  const rows: number[] = [];
  const format = options.reportFormat ?? 'csv';
  for await (const outcome of readReport(folder.report(format), format)) {
    if (!succeeded(outcome)) rows.push(outcome.row);
  }
  rows.sort((a, b) => a - b);
  // Whom nobody was found for may be there by now.
  return { known: (row) => lookups.userOf(rows[row - 1] ?? 0) || undefined };
}
