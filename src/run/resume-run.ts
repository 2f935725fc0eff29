/** A run that was stopped or killed goes on. */
import { exists, hashOfFirst } from '../disk.js';
import { RunFolderError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import type { RecordedChange } from '../plan/diff/compare.js';
import { printable } from '../text/printable.js';
import { controlledBy, type JobControl } from './job.js';
import { parseOptions } from './options/parse-options.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { ResumeOptions } from './options/run-options.js';
import { type Earlier, planInput } from './prepare/plan-input.js';
import { type Prepared, prepareInput } from './prepare/prepare-input.js';
import { orderOf, Run } from './run.js';
import { withResources } from './run-resources.js';
import { Access } from './service/access.js';
import { openSession } from './service/session.js';
import { Journal, type JournalState, readJournal } from './state/journal.js';
import { lockNetwork } from './state/lock.js';
import { type KnownUsers, readLookups } from './state/lookups-file.js';
import { checkPlan, readChanges } from './state/plan-file.js';
import { checkReport, readPast } from './state/report-so-far.js';
import type { RunFolder } from './state/run-folder.js';
import { identityFor, optionsOf, type RunRecord } from './state/run-record.js';

/**
 * Sends the rows of a run that have no outcome yet, and gives the summary of the whole run.
 *
 * @param options what is said anew
 * @param defaults what counts if neither `options` nor the record says it
 */
export const continueRun = (
  folder: RunFolder,
  record: RunRecord,
  job: JobControl<Outcome>,
  options: ResumeOptions,
  defaults: ResumeOptions = {},
): Promise<Summary> =>
  withResources(async (resources) => {
    const { path, format, rows } = record.input;
    const isStream = path === '-';
    const input = isStream ? folder.spool(format) : path;
    const given = { ...optionsOf(record, options, defaults), format, input };
    const state = await stateIn(folder);
    const parsed = withPendingCanary(controlledBy(job, parseOptions(given, record.command)), state);
    const { service, report, control } = parsed;
    const preparing = { signal: control.signal, same: record.input, ...(isStream ? { folder } : {}) };
    const prepared = await prepareInput(parsed.reading, preparing);
    resources.defer(() => prepared.source.close());
    const { networkId } = record;
    const network = await lockNetwork(report.locks, service.endpoint, networkId);
    resources.defer(() => network.release());
    const order = orderOf(parsed);
    const written = folder.report(report.reportFormat);
    const past = await readPast(written, report.reportFormat, rows, (outcome) => order?.record(outcome));
    await checkReport(written, state);
    const temporaryNames = [...state.temporaryNames.values()].filter(({ row }) => !past.ended.has(row));
    const access = new Access(parsed);
    const left = rows - past.ended.size;
    const identity = left === 0 ? undefined : await access.identify(identityFor(record, options));
    const session = resources.use(await openSession(parsed, networkId, access, left));
    const known = await knownLookups(folder, prepared);
    const planned = await planInput(prepared, parsed, session, {
      userOf: (row) => known?.userOf(row),
      hasEnded: (row) => past.ended.has(row),
      ...(await keptBefore(folder, parsed)),
      temporaryNames,
      goesOn: true,
    });
    const journal = await Journal.open(folder.journal, state);
    resources.defer(async () => journal.close());
    await keepOnly(past.keep, written, journal);
    await folder.dropSummary();
    const parts = { parsed, prepared: planned, folder, session, record, identity, past, order, journal };
    return new Run({ ...parts, temporaryNames, outcomes: job.items }).toItsEnd();
  });

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
  for await (const { row, networkId, userId, userDetails, before, person } of readChanges(path)) {
    const command = { networkId, userId, details: userDetails };
    kept.set(row, { command, before, ...(person && { person }) });
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
