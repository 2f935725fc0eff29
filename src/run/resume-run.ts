/** A run that was stopped or killed goes on. */
import { exists, hashOfFirst } from '../disk.js';
import { InputError, RunFolderError, UsageError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import type { RecordedChange } from '../plan/diff/compare.js';
import { VISIBLE_WITHIN } from '../plan/diff/own-change.js';
import { steadyNow } from '../steady-clock.js';
import { printable } from '../text/printable.js';
import { checkEndpoint } from './check-endpoint.js';
import { controlledBy, type JobControl } from './job.js';
import { type Fence, tellTakenOver } from './lock/fence.js';
import { lockNetwork } from './lock/lock.js';
import { obeyOrders } from './obey-orders.js';
import { parseOptions } from './options/parse-options.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { ResumeOptions } from './options/run-options.js';
import { checkMissing } from './prepare/check-caps.js';
import { type Earlier, planInput, type UpdatedUser } from './prepare/plan-input.js';
import { type Prepared, prepareInput } from './prepare/prepare-input.js';
import { orderOf, Run } from './run.js';
import { withResources } from './run-resources.js';
import { Access } from './service/access.js';
import { openSession } from './service/session.js';
import { readExcluded } from './state/excluded-file.js';
import { Journal, type JournalState, readJournal } from './state/journal.js';
import { type KnownUsers, readLookups } from './state/lookups-file.js';
import { checkPlan, readChanges } from './state/plan-file.js';
import { checkReport, readPast, rowsInDoubt } from './state/report-so-far.js';
import { RowSet } from './state/row-set.js';
import type { RunFolder } from './state/run-folder.js';
import { identityFor, optionsOf, type RunRecord } from './state/run-record.js';

/**
 * Sends the rows of a run that have no outcome yet, and gives the summary of the whole run.
 *
 * @param job its fence has the run's own lock
 * @param options what is said anew
 * @param defaults what counts if neither `options` nor the record says it
 */
export const sendRest = (
  folder: RunFolder,
  record: RunRecord,
  job: JobControl<Outcome> & { readonly fence: Fence },
  options: ResumeOptions,
  defaults: ResumeOptions = {},
): Promise<Summary> =>
  withResources(async (resources) => {
    const beganAt = steadyNow();
    const { format, rows } = record.input;
    const isStream = record.input.path === STREAM;
    const input = await inputOf(folder, record, options.movedInput ?? defaults.movedInput);
    const given = { ...optionsOf(record, options, defaults), format, input };
    const state = await stateIn(folder);
    const parsed = withPendingCanary(
      controlledBy(job, parseOptions(given, record.command), folder.path),
      state,
    );
    const { service, report, control, locking } = parsed;
    checkEndpoint(record.endpoint, service, 'resume');
    const { fence } = job;
    folder.writtenBehind(fence);
    const preparing = { signal: control.signal, same: record.input, ...(isStream ? { folder } : {}) };
    const prepared = await prepareInput(parsed.reading, preparing);
    resources.defer(() => prepared.source.close());
    const { networkId } = record;
    const terms = { ...locking, signal: control.signal };
    const network = await lockNetwork(report.locks, service.endpoint, networkId, terms, fence);
    resources.defer(() => network.release());
    tellTakenOver(fence, control.logger);
    const order = orderOf(parsed);
    const written = folder.report(report.reportFormat);
    const updated = new Map<number, UpdatedUser>();
    const past = await readPast(written, report.reportFormat, rows, (outcome) => {
      order?.record(outcome);
      const { row, status, userId, finishedAt } = outcome;
      if (status === 'updated' && isRecent(finishedAt)) updated.set(row, { userId, finishedAt });
    });
    await checkReport(written, state, 'resume');
    const inDoubt = rowsInDoubt(past, RowSet.of(rows, state.inDoubt), rows);
    const temporaryNames = [...state.temporaryNames.values()].filter(({ row }) => !past.ended.has(row));
    const access = new Access(parsed);
    const left = rows - past.ended.size;
    const identity = left === 0 ? undefined : await access.identify(identityFor(record, options));
    const session = resources.use(await openSession(parsed, networkId, access, left, fence, past.rate));
    const orders = resources.use(obeyOrders(folder, fence, session, control.logger));
    const known = await knownLookups(folder, prepared);
    const planned = await planInput(prepared, parsed, session, {
      userOf: (row) => known?.userOf(row),
      excluded: prepared.reading.exclusions && (await readExcluded(folder.excluded)),
      hasEnded: (row) => past.ended.has(row),
      inDoubt: (row) => inDoubt.has(row),
      ...(await keptBefore(folder, parsed)),
      temporaryNames,
      updated,
      goesOn: true,
    });
    checkMissing(parsed.caps, planned, past.tally.missing);
    const journal = await Journal.open(folder.journal, { state, fence });
    resources.defer(async () => journal.close());
    // Before the report is cut: it says which rows were not sent.
    if (inDoubt.size > 0) await journal.intend({ kind: 'in-doubt', rows: inDoubt.ranges() });
    await keepOnly(past.keep, written, journal);
    await folder.dropSummary();
    const parts = {
      parsed,
      prepared: planned,
      folder,
      session,
      orders,
      fence,
      record,
      beganAt,
      identity,
      past,
      order,
      journal,
    };
    const run = new Run({ ...parts, temporaryNames, inDoubt, outcomes: job.items });
    await run.begin();
    return run.toItsEnd();
  });

/** The path of a run's input that was no file. */
const STREAM = '-';

/** Where the input of a run is. That it is the one that the run was started with is checked when it is read. */
async function inputOf(
  folder: RunFolder,
  { input: { path, format } }: RunRecord,
  moved: string | undefined,
): Promise<string> {
  if (path === STREAM) {
    if (moved === undefined) return folder.spool(format);
    throw new UsageError(
      "the run's input was standard input, which is kept in its folder",
      'Leave out `movedInput`.',
    );
  }
  const input = moved ?? path;
  if (await exists(input)) return input;
  throw new InputError(
    moved === undefined
      ? `the run's input is not at ${printable(path)} any more`
      : `there is no file ${printable(moved)}; when the run was started, its input was at ${printable(path)}`,
    'Put it back, or say with `movedInput` where it is now: it has to be the same file, byte for byte.',
  );
}

/** Whether a read may not show yet what was set then. */
const isRecent = (finishedAt = 0): boolean => steadyNow() - finishedAt < VISIBLE_WITHIN;

async function stateIn(folder: RunFolder): Promise<JournalState> {
  if (!(await exists(folder.journal))) throw journalLost(folder.journal);
  return readJournal(folder.journal);
}

/** Rows that wait for a check which has not passed go on waiting for one. */
function withPendingCanary(parsed: ParsedOptions, { canary }: JournalState): ParsedOptions {
  if (canary?.state !== 'pending' || canary.rows === undefined) return parsed;
  return { ...parsed, batch: { ...parsed.batch, canary: { rows: canary.rows, above: 0 } } };
}

/** Has the journal say how much of the report stays, before the rest is cut off. */
async function keepOnly(bytes: number, report: string, journal: Journal): Promise<void> {
  const hash = await hashOfFirst(report, bytes);
  await journal.intend({ kind: 'report', bytes, sha256: hash.digest('hex') });
}

async function knownLookups(folder: RunFolder, prepared: Prepared): Promise<KnownUsers | undefined> {
  const known = await readLookups(folder.lookups);
  if (prepared.validation.network.lookups && !known) throw lookupsLost(folder.lookups);
  return known;
}

/** What the run wanted of its users, by row, and what their groups were called, if it keeps that. */
async function keptBefore(
  folder: RunFolder,
  { report }: ParsedOptions,
): Promise<Pick<Earlier, 'kept' | 'groupNames'>> {
  if (!report.keepBefore) return { kept: undefined };
  const path = folder.before;
  const kept = new Map<number, RecordedChange>();
  const { head } = await checkPlan(path).catch((cause: unknown) => Promise.reject(beforeLost(path, cause)));
  for await (const change of readChanges(path)) {
    const { row, networkId, userId, userDetails, before, person, conflicts } = change;
    const command = { networkId, userId, details: userDetails };
    kept.set(row, { command, before, ...(person && { person }), ...(conflicts && { conflicts }) });
  }
  return { kept, groupNames: head.groupNames };
}

const journalLost = (path: string) =>
  new RunFolderError(
    `${printable(path)} is missing: it says which users may have a temporary username, and what the report was`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
  );

const beforeLost = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)} is missing or is not as the run wrote it: it says what the users were before`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
    { cause },
  );

const lookupsLost = (path: string) =>
  new RunFolderError(
    `${printable(path)} is missing: it says whom the rows mean that name their users`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
  );
