/** What a run has set is put back. */
import { stat } from 'node:fs/promises';
import { RunFolderError } from '../errors.js';
import type { Outcome, Person, Summary } from '../model.js';
import { inverseOf } from '../plan/diff/inverse.js';
import { type JobControl, startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import { refuseHeld } from '../run/lock/lock.js';
import { parseLockTerms } from '../run/options/parse-options.js';
import type { UndoOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';
import { type ChangesMade, changesOf, isRecent } from '../run/state/changes-made.js';
import { readJournal } from '../run/state/journal.js';
import { changeLine, checkPlan, readChanges } from '../run/state/plan-file.js';
import { checkReport } from '../run/state/report-so-far.js';
import { RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';
import type { UserDetails } from '../wire-types.js';

/**
 * Gives users back the values from before a run, as far as they still have those that the run has set. What somebody
 * else has changed since is left alone, and is a `conflict`. An undo is a run like others: it can be resumed, and undone.
 *
 * @param folder the folder of the run to undo, with the `before.jsonl` that every run leaves in it but an update with
 *   `keepBefore: false`
 * @param options its `folder` is that of the new run
 * @returns the new run, as `updateUsers` does; its `summary` is rejected with a RunFolderError if the run has kept
 *   nothing, and with a LockedError if it still goes on
 */
export const undoRun = (folder: string, options: UndoOptions): RunHandle =>
  startRunJob('undo', options, options.folder, (job) => undo(folder, options, job));

async function undo(path: string, options: UndoOptions, job: JobControl<Outcome>): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  const terms = parseLockTerms(options, job.signal);
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`, terms);
  if (!(await stat(folder.before).catch(() => undefined))) throw nothingKept(folder);
  const { head } = await checkPlan(folder.before);
  const journal = await readJournal(folder.journal);
  await checkReport(folder.report(record.options.reportFormat ?? 'csv'), journal, 'undo');
  const { networkId, region, endpoint, account, allowTemporaryNames } = head;
  const endpointUrl = options.endpointUrl ?? endpoint;
  const given = { ...options, endpointUrl, networkId, region, allowTemporaryNames };
  const input = inverses(folder.before, await changesOf(folder, record, journal));
  const identity = { identity: { account }, byAccountAlone: true, for: 'the run was made with those' };
  const origin = { undoOf: folder.path };
  const constraints = { identity, endpoint, origin, ...(head.groupNames && { groupNames: head.groupNames }) };
  return startRun({ ...given, input, format: 'jsonl' }, 'undo', job, constraints);
}

/** The lines of a plan that takes back what the run of the other one has set. */
async function* inverses(path: string, made: ChangesMade): AsyncGenerator<Buffer> {
  for await (const { row, line, networkId, userId, userDetails, before, person } of readChanges(path)) {
    if (made.untouched.has(row)) continue;
    const { details, before: expected, notRestorable } = inverseOf(userDetails, before);
    const meant = person && { person: renamedPerson(person, userDetails) };
    const change = { networkId, userId, userDetails: details, before: expected, ...meant, row, line };
    const setAt = made.written.has(row) ? made.recent.get(row) : made.endedAt;
    const replaced = isRecent(setAt) ? made.replacedNames.get(row) : undefined;
    const via = (made.temporaryNames.get(row) ?? replaced)?.via;
    const own = { ...(isRecent(setAt) && { setAt }), ...(via !== undefined && { via }) };
    yield Buffer.from(
      changeLine({ ...change, ...own, ...(notRestorable.length > 0 && { lost: notRestorable }) }),
    );
  }
}

/** The person as the run has left them. */
const renamedPerson = (person: Person, { username, firstName, lastName }: UserDetails): Person => ({
  ...person,
  ...(username !== undefined && { username }),
  ...(firstName !== undefined && { firstName }),
  ...(lastName !== undefined && { lastName }),
});

const nothingKept = (folder: RunFolder) =>
  new RunFolderError(
    `the run ${printable(folder.path)} has not kept what its users were: there is no ${printable(folder.before)}`,
    'It was told not to (`keepBefore: false`), so what the users were has to come from elsewhere: a file with the former values, and a run that sets them.',
    { code: 'NOTHING_TO_UNDO' },
  );
