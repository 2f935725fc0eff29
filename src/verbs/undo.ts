/** What a run has set is put back. */
import { stat } from 'node:fs/promises';
import { RunFolderError } from '../errors.js';
import type { Outcome, Person, Summary } from '../model.js';
import { inverseOf } from '../plan/diff/inverse.js';
import { VISIBLE_WITHIN } from '../plan/diff/own-change.js';
import { readReport } from '../report/read.js';
import { type JobControl, startRunJob } from '../run/job.js';
import type { RunHandle } from '../run/job-handle.js';
import type { UndoOptions } from '../run/options/run-options.js';
import { startRun } from '../run/start-run.js';
import { type JournalState, readJournal } from '../run/state/journal.js';
import { refuseHeld } from '../run/state/lock.js';
import { changeLine, checkPlan, readChanges } from '../run/state/plan-file.js';
import { checkReport } from '../run/state/report-so-far.js';
import { RowSet } from '../run/state/row-set.js';
import { RunFolder } from '../run/state/run-folder.js';
import type { RunRecord } from '../run/state/run-record.js';
import { printable } from '../text/printable.js';
import type { UserDetails } from '../wire-types.js';

/**
 * Gives users back the values from before a run, as far as they still have those that the run has set. What somebody
 * else has changed since is left alone, and is a `conflict`. An undo is a run like others: it can be resumed, and undone.
 *
 * @param folder the folder of the run to undo, with the `before.jsonl` that `applyPlan`, `reconcileUsers`, `undoRun` and
 *   the option `keepBefore` leave in it
 * @param options its `folder` is that of the new run
 * @returns the new run, as `updateUsers` does; its `summary` is rejected with a RunFolderError if the run has kept
 *   nothing, and with a LockedError if it still goes on
 */
export const undoRun = (folder: string, options: UndoOptions): RunHandle =>
  startRunJob('undo', options, options.folder, (job) => undo(folder, options, job));

async function undo(path: string, options: UndoOptions, job: JobControl<Outcome>): Promise<Summary> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  await refuseHeld(folder.lock, `the run ${printable(folder.path)}`);
  if (!(await stat(folder.before).catch(() => undefined))) throw nothingKept(folder);
  const { head } = await checkPlan(folder.before);
  const journal = await readJournal(folder.journal);
  await checkReport(folder.report(record.options.reportFormat ?? 'csv'), journal);
  const { networkId, region, endpoint, account, allowTemporaryNames } = head;
  const given = { endpointUrl: endpoint, ...options, networkId, region, allowTemporaryNames };
  const input = inverses(folder.before, await changesOf(folder, record, journal));
  const constraints = { account, ...(head.groupNames && { groupNames: head.groupNames }) };
  return startRun({ ...given, input, format: 'jsonl' }, 'undo', job, constraints);
}

/** What a run has done to its users, as far as its folder tells. */
interface ChangesMade {
  /** Rows for which the run has certainly set nothing. A row without a line may have been sent. */
  readonly untouched: RowSet;
  /** By row, epoch ms of a change that a read may not show yet. */
  readonly recent: ReadonlyMap<number, number>;
  /** By row, the temporary usernames that users may still have. */
  readonly temporaryNames: JournalState['temporaryNames'];
  /** Rows that have a line. */
  readonly written: RowSet;
  /** Epoch ms at which the run has last written to its folder. */
  readonly endedAt: number;
}

async function changesOf(
  folder: RunFolder,
  { input, options }: RunRecord,
  journal: JournalState,
): Promise<ChangesMade> {
  const inDoubt = RowSet.of(input.rows, journal.inDoubt);
  const [untouched, written] = [new RowSet(input.rows), new RowSet(input.rows)];
  const recent = new Map<number, number>();
  const format = options.reportFormat ?? 'csv';
  const report = folder.report(format);
  for await (const outcome of readReport(report, format)) {
    const { row, finishedAt } = outcome;
    written.add(row);
    if (!mayHaveSet(outcome) && !inDoubt.has(row)) untouched.add(row);
    else if (isRecent(finishedAt)) recent.set(row, finishedAt);
  }
  const times = await Promise.all([report, folder.journal].map((path) => stat(path).catch(() => undefined)));
  const { temporaryNames } = journal;
  return {
    untouched,
    recent,
    written,
    temporaryNames,
    endedAt: Math.max(...times.map((file) => file?.mtimeMs ?? 0)),
  };
}

/** Whether a read may not show yet what was set then. A clock that was set back since changes nothing about that. */
const isRecent = (at: number | undefined): at is number =>
  at !== undefined && Date.now() - at < VISIBLE_WITHIN;

/**
 * A refusal sets nothing if it was the answer to the only attempt. After others it says nothing about those: one whose
 * answer was lost may have been carried out, and the refusal may even be due to that.
 */
const mayHaveSet = ({ status, attempts, httpStatus = 0, temporaryName }: Outcome): boolean =>
  temporaryName === true ||
  (attempts > 0 && !(status === 'failed' && attempts === 1 && httpStatus >= 400 && httpStatus < 500));

/** The lines of a plan that takes back what the run of the other one has set. */
async function* inverses(path: string, made: ChangesMade): AsyncGenerator<Buffer> {
  for await (const { row, line, networkId, userId, userDetails, before, person } of readChanges(path)) {
    if (made.untouched.has(row)) continue;
    const { details, before: expected, notRestorable } = inverseOf(userDetails, before);
    const meant = person && { person: renamedPerson(person, userDetails) };
    const change = { networkId, userId, userDetails: details, before: expected, ...meant, row, line };
    const setAt = made.written.has(row) ? made.recent.get(row) : made.endedAt;
    const via = made.temporaryNames.get(row)?.via;
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
    'Only `applyPlan`, `reconcileUsers`, `undoRun`, and `updateUsers` with `keepBefore` keep it.',
    { code: 'NOTHING_TO_UNDO' },
  );
