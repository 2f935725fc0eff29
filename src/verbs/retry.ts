/** The rows of a run that did not succeed, as a run of their own. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Of } from '../disk.js';
import { RunFolderError } from '../errors.js';
import type { Summary } from '../model.js';
import { readReport } from '../report/read.js';
import { succeeded } from '../row-status.js';
import type { RetryOptions } from '../run/options/run-options.js';
import { type RunConstraints, startRun } from '../run/start-run.js';
import { refuseHeld } from '../run/state/lock.js';
import { readLookups } from '../run/state/lookups-file.js';
import { RunFolder } from '../run/state/run-folder.js';
import { optionsOf, type RunRecord } from '../run/state/run-record.js';
import { printable } from '../text/printable.js';

/**
 * Runs the rows of a run's `failed` file with the run's options, as a new run: what was corrected in that file counts.
 *
 * @param path the run's folder
 * @param again `out` is the new run's folder; default: a new one below `wickr-bulk-runs`
 * @throws WickrBulkError as `runUpdate` does, and where the run goes on, was killed, or has no row to run again
 */
export async function retryRun(
  path: string,
  again: RetryOptions = {},
  defaults: RetryOptions = {},
): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`);
  const summary = await folder.readSummary();
  if (!summary) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} was killed, so not every row has its outcome`,
      'Resume it first: wickr-bulk resume.',
      { code: 'RUN_UNFINISHED' },
    );
  }
  const input = folder.failed(record.input.format);
  if (!(await stat(input).catch(() => undefined))) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} has no row to run again: there is no ${printable(input)}`,
      'Every row of it succeeded, or the file was moved.',
      { code: 'NOTHING_TO_RETRY' },
    );
  }
  const { limit: _, ...options } = optionsOf(record, again, defaults);
  const run = { ...options, input };
  const known = await knownUsers(folder, record, summary, again);
  // The caps of a reconciliation have let these rows through already.
  return record.command === 'reconcile'
    ? startRun({ ...run, keepBefore: true }, 'update', known)
    : startRun(run, record.command, known);
}

/**
 * Whom the rows of the failed file mean: those whom the run has found, as long as the files that say so are as it has
 * left them. Looked up again, a username could be somebody else's by now.
 */
async function knownUsers(
  folder: RunFolder,
  { options, input }: RunRecord,
  { hashes }: Summary,
  { onWarning }: RetryOptions,
): Promise<RunConstraints> {
  if (hashes.lookups === undefined) return {};
  const format = options.reportFormat ?? 'csv';
  const report = folder.report(format);
  const doubt =
    hashes.failed === undefined
      ? 'the input was changed during the run'
      : await firstAltered([
          [folder.failed(input.format), hashes.failed],
          [report, hashes.report],
          [folder.lookups, hashes.lookups],
        ]);
  if (doubt !== undefined) {
    const reason = `${doubt}, so usernames are looked up anew: where the run has renamed users, check that each row still names the one it means`;
    onWarning?.({ line: 1, reason }, basename(folder.failed(input.format)));
    return {};
  }
  const lookups = await readLookups(folder.lookups);
  const rows: number[] = [];
  for await (const outcome of readReport(report, format)) {
    if (!succeeded(outcome)) rows.push(outcome.row);
  }
  rows.sort((a, b) => a - b);
  // Whom nobody was found for may be there by now.
  return { known: (row) => lookups?.userOf(rows[row - 1] ?? 0) || undefined };
}

/** Says of the first file that is missing, or is not the one with this SHA-256, that it is so. */
async function firstAltered(
  files: readonly (readonly [path: string, sha256: string])[],
): Promise<string | undefined> {
  for (const [path, sha256] of files) {
    const found = await sha256Of(path).catch(() => undefined);
    if (found === undefined) return `${basename(path)} cannot be read`;
    if (found !== sha256) return `${basename(path)} was edited`;
  }
  return undefined;
}
