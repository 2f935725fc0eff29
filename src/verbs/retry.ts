/** The rows of a run that did not succeed, as a run of their own. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Of } from '../disk.js';
import { RunFolderError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import { MISSING } from '../plan/lookup/lookup-requests.js';
import { readReport } from '../report/read.js';
import { succeeded } from '../row-status.js';
import { type JobControl, startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import { refuseHeld } from '../run/lock/lock.js';
import { parseLockTerms } from '../run/options/parse-options.js';
import type { ResumeOptions, RetryOptions } from '../run/options/run-options.js';
import { type RunConstraints, startRun } from '../run/start-run.js';
import { readExcluded } from '../run/state/excluded-file.js';
import { readJournal } from '../run/state/journal.js';
import { readLookups } from '../run/state/lookups-file.js';
import { checkReport } from '../run/state/report-so-far.js';
import { RunFolder } from '../run/state/run-folder.js';
import { identityFor, optionsOf, type RunRecord } from '../run/state/run-record.js';
import { sharedCaps } from '../run/state/shared-caps.js';
import { printable } from '../text/printable.js';

/**
 * Runs the rows of a run's `failed` file with the run's options, as a new run: what was corrected in that file counts.
 *
 * @param folder the folder of the run whose rows failed
 * @param options its `folder` is that of the new run; everything else is as in the first one
 * @param defaults what counts if neither `options` nor the first run says it
 * @returns the new run, as `updateUsers` does; its `summary` is rejected with a RunFolderError also if there is no row to
 *   run again, or the first run was killed, and with a LockedError if that run still goes on
 */
export const retryRun = (folder: string, options: RetryOptions, defaults: ResumeOptions = {}): RunHandle =>
  startRunJob('retry', options, options.folder, (job) => retry(folder, options, defaults, job));

async function retry(
  path: string,
  given: RetryOptions,
  defaults: ResumeOptions,
  job: JobControl<Outcome>,
): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  const terms = parseLockTerms({ ...defaults, ...given }, job.signal);
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`, terms);
  const summary = await folder.readSummary();
  if (!summary) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} was killed, so not every row has its outcome`,
      'Go on with it first: `resumeRun`.',
      { code: 'RUN_UNFINISHED' },
    );
  }
  const report = folder.report(record.options.reportFormat ?? 'csv');
  await checkReport(report, await readJournal(folder.journal), 'retry');
  const input = folder.failed(record.input.format);
  if (!(await stat(input).catch(() => undefined))) {
    throw new RunFolderError(
      `the run ${printable(folder.path)} has no row to run again: there is no ${printable(input)}`,
      summary.stopped?.code === 'INPUT_CHANGED'
        ? 'Its input was changed meanwhile, so its failed rows could not be copied. The report says which they are: run those from the original file.'
        : 'Every row of it succeeded, or the file was moved.',
      { code: 'NOTHING_TO_RETRY' },
    );
  }
  const { limit: _, ...recorded } = optionsOf(record, given, defaults);
  // What a reconciliation may leave out is a part of the caps that are shared.
  const { maxMissing: __, ...shares } = recorded;
  const options = record.command === 'reconcile' ? shares : recorded;
  const identity = identityFor(record, given);
  const run = { ...options, folder: given.folder, input };
  const isExcluding = record.options.exclude !== undefined;
  const constraints = {
    ...(await knownUsers(folder, record, summary, given)),
    ...(isExcluding && { excluded: await readExcluded(folder.excluded) }),
    ...(identity && { identity }),
    endpoint: record.endpoint,
    origin: { retryOf: folder.path },
  };
  const shared = await sharedCaps(folder, record);
  // What the first run has let through may have been edited since: the caps count for both together.
  return record.command === 'reconcile'
    ? startRun({ ...run, keepBefore: true }, 'update', job, { ...constraints, shared })
    : startRun(run, record.command, job, { ...constraints, shared });
}

/**
 * Which users the rows of the failed file mean: those that the run has found, as long as the files that say so are as
 * it has left them. Looked up again, a username could be somebody else's by now.
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
    const reason = `${doubt}, so usernames are looked up anew: if the run has renamed users, check that each row still names the one it means`;
    onWarning?.({ line: 1, reason }, basename(folder.failed(input.format)));
    return {};
  }
  const lookups = await readLookups(folder.lookups);
  const rows: number[] = [];
  for await (const outcome of readReport(report, format)) {
    if (!succeeded(outcome)) rows.push(outcome.row);
  }
  rows.sort((a, b) => a - b);
  // A user who was not found may be there by now.
  return {
    known: (row) => {
      const userId = lookups?.userOf(rows[row - 1] ?? 0);
      return userId === MISSING ? undefined : userId || undefined;
    },
  };
}

/** What is wrong with the first file that is missing or has another SHA-256; undefined if none is. */
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
