/** What a run leaves when its last row has its outcome: the failed rows, and the summary. */
import { exists, sha256Of, unwritable } from '../disk.js';
import { LockedError, RunFolderError, type StopReason, WickrBulkError } from '../errors.js';
import { ChangedInputError } from '../input/source/source-errors.js';
import type { Summary } from '../model.js';
import type { CopiedRows } from '../report/copied-rows.js';
import { addUp } from '../report/summary.js';
import { steadyNow } from '../steady-clock.js';
import { version } from '../version.js';
import { causesOf } from '../wickr/sources/causes.js';
import { logEvent } from './options/table/log-events.js';
import type { RunParts } from './run-parts.js';

/** Rows of which the run leaves a copy. */
export interface RowCopies {
  /** Those that did not succeed. */
  readonly failed: CopiedRows;
  /** Those whose users are not in the network. */
  readonly missing: CopiedRows;
}

/** The paths of the copies; undefined if there is none. */
type CopyPaths = { readonly [Name in keyof RowCopies]: string | undefined };

/**
 * Writes what stands beside the report, and gives the summary.
 *
 * @param isChanged whether the input is another by now, so that what is copied of it may not be what was sent
 * @param workedMs of this process on the run, until now
 */
export async function summarize(
  parts: RunParts,
  copies: RowCopies,
  isChanged: boolean,
  workedMs: () => number,
): Promise<Summary> {
  const { folder, parsed, prepared, session } = parts;
  const { logger } = parsed.control;
  const { fileFormat: format } = prepared.source;
  await folder.confirm();
  const failed = await keepCopy(parts, copies.failed, folder.failed(format));
  const missing = await keepCopy(parts, copies.missing, folder.missing(format));
  if (isChanged) session.stop.abort(changedInput);
  const summary = {
    ...(await summaryOf(parts, { failed, missing }, !isChanged)),
    workedMs: workedMs(),
  };
  await folder.writeSummary(parsed.report.wording.summary(summary), parsed.report.wording.screen?.(summary));
  // Only now: without a summary the run is one to be resumed, and for that it needs its input.
  if (prepared.folder && hasEnded(summary)) await folder.dropSpool(format);
  if (summary.stopped) logEvent(logger, 'run stopped', { reason: summary.stopped.message });
  const causes = causesOf(session.stop.reason);
  if (causes.length > 0) logEvent(logger, 'cause', { causes });
  const { statuses, stopped, workedMs: ms } = summary;
  logEvent(logger, 'run ended', { statuses, stopped: stopped?.code, ms });
  return summary;
}

/** Whether there is nothing left for a resume: no row, and no file of failed rows that somebody else had open. */
export const hasEnded = ({ statuses, stopped, failed }: Summary): boolean =>
  statuses.unprocessed === 0 && !(stopped?.code === 'RUN_FOLDER' && failed === undefined);

/** Copies rows, if there are any. Undefined if there is no copy: then the run is stopped, unless there is no row. */
async function keepCopy(parts: RunParts, rows: CopiedRows, path: string): Promise<string | undefined> {
  const unwritten = rows.empty ? undefined : await writeCopy(parts, rows, path);
  if (unwritten) parts.session.stop.abort(unwritten);
  // Also a file that an earlier part of the run has left: it does not have all rows.
  if (rows.empty || unwritten === changedRows) await parts.folder.dropCopy(path);
  return rows.empty || unwritten ? undefined : path;
}

/** Gives the error if the rows cannot be copied: the report, which says which they are, is there all the same. */
async function writeCopy(
  { prepared }: RunParts,
  rows: CopiedRows,
  path: string,
): Promise<StopReason | undefined> {
  try {
    await rows.write(path, await prepared.heading(), prepared.source);
    return undefined;
  } catch (error) {
    if (error instanceof ChangedInputError) return changedRows;
    const failure = error instanceof WickrBulkError ? error : unwritable(path, error);
    if (!(failure instanceof RunFolderError)) return failure;
    const { code, message, hint, cause } = failure;
    const next = `${hint} Then \`resumeRun\` makes this file; nothing is sent twice.`;
    return new RunFolderError(message, next, { code, cause });
  }
}

async function summaryOf(
  parts: RunParts,
  copies: CopyPaths,
  areCopiesSure: boolean,
): Promise<Omit<Summary, 'workedMs'>> {
  const { folder, parsed, prepared, past, record, session, identity } = parts;
  const { validation } = prepared;
  const { reason } = session.stop;
  return {
    version,
    command: parsed.report.command,
    networkId: validation.networkId,
    ...addUp(past.tally),
    ...peopleOf(parts, copies.missing),
    warnings: validation.warnings.total,
    startedAt: record.startedAt,
    // A run that goes on may have been started by a clock that was ahead.
    finishedAt: new Date(Math.max(steadyNow(), Date.parse(record.startedAt))).toISOString(),
    options: record.options,
    ...(identity?.arn !== undefined && { caller: identity.arn }),
    ...(identity && { identity }),
    hashes: await hashesOf(parts, areCopiesSure ? copies : { failed: undefined, missing: undefined }),
    ...(reason && { stopped: stated(reason) }),
    folder: folder.path,
    report: folder.report(parsed.report.reportFormat),
    ...(copies.failed === undefined ? {} : { failed: copies.failed }),
  };
}

/** Who is in the input alone, and who is in the network alone. */
function peopleOf(
  { folder, parsed, past, record }: RunParts,
  missing: string | undefined,
): Pick<Summary, 'missing' | 'unlisted'> {
  const { unlisted } = record;
  const file = missing === undefined ? {} : { file: missing };
  return {
    ...(parsed.planning.missing === 'skip' && { missing: { count: past.tally.missing, ...file } }),
    ...(unlisted !== undefined && { unlisted: { count: unlisted, file: folder.unlisted } }),
  };
}

async function hashesOf(
  { folder, parsed, prepared }: RunParts,
  { failed, missing }: CopyPaths,
): Promise<Summary['hashes']> {
  return {
    input: prepared.validation.sha256,
    report: await sha256Of(folder.report(parsed.report.reportFormat)),
    ...(failed !== undefined && { failed: await sha256Of(failed) }),
    ...(prepared.looked && { lookups: await sha256Of(folder.lookups) }),
    ...(parsed.report.keepBefore && { before: await sha256Of(folder.before) }),
    ...(missing !== undefined && { missing: await sha256Of(missing) }),
    // Nothing of the run depends on it, so it may have been moved before the run went on.
    ...((await exists(folder.unlisted)) && { unlisted: await sha256Of(folder.unlisted) }),
  };
}

/** A reason as a summary has it: an error is one as well. */
const stated = ({ code, message, hint, signal }: StopReason): StopReason => ({
  code,
  message,
  hint,
  ...(signal !== undefined && { signal }),
});

/** Why a run stops whose input was changed meanwhile. */
const changedInput: StopReason = {
  code: 'INPUT_CHANGED',
  message: 'the input was changed during the run: rows read after that may not be those that were checked',
  hint: 'Compare the report with the file, and let nothing write to an input while it is used.',
};

/** The same, noticed only when the failed rows were copied. */
const changedRows: StopReason = {
  code: 'INPUT_CHANGED',
  message:
    'the input was changed during the run, so its failed rows could not be copied: there is no file of them',
  hint: 'The report says which rows failed. Correct and run those from the original file, and let nothing write to an input while it is used.',
};

/** Stretches of rows that an error names. */
const MOST_NAMED = 20;

/**
 * The error of a report that can no longer be written.
 *
 * @param lost rows that were sent, without a line on the disk
 */
export function lostOutcomes(error: WickrBulkError, lost: readonly number[]): WickrBulkError {
  if (lost.length === 0) return error;
  const message = `${error.message}; the outcomes of these rows are not on the disk: ${stretchesOf(lost)}`;
  // Whoever has taken over has found no line of theirs and sends them.
  if (error instanceof LockedError) return new LockedError(message, error.hint, { cause: error });
  return new RunFolderError(
    message,
    `${error.hint} Then go on with \`resumeRun\`: it sends the rows without a line again, which changes nothing if they went through.`,
    { cause: error },
  );
}

function stretchesOf(lost: readonly number[]): string {
  const stretches: [number, number][] = [];
  for (const row of lost.toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last && last[1] >= row - 1) last[1] = row;
    else stretches.push([row, row]);
  }
  const named = stretches
    .slice(0, MOST_NAMED)
    .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const more = stretches.length > MOST_NAMED ? ' and others' : '';
  return `${named.join(', ')}${more}`;
}
