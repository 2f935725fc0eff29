/** One run from where it stands to its summary. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256Of, unwritable } from '../disk.js';
import { RunFolderError, type StopReason, WickrBulkError } from '../errors.js';
import type { CommandRow, Outcome, Place, Summary } from '../model.js';
import { FailedRows } from '../report/failed.js';
import { addUp, count, countRateAnew } from '../report/summary.js';
import { ReportWriter } from '../report/writer.js';
import { succeeded } from '../row-status.js';
import { version } from '../version.js';
import { callerOf } from '../wickr/caller-identity.js';
import type { CredentialGate } from '../wickr/credential-gate.js';
import { abortReason, initialAbortState, nextAbortState } from './batch/abort-conditions.js';
import { runBatch } from './batch/batch.js';
import { CanaryWatch } from './batch/canary.js';
import { CheckedUpdates } from './batch/read-back.js';
import { UserOrder } from './batch/user-order.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { Progress } from './options/run-events.js';
import { modes } from './options/run-kind.js';
import type { PlannedInput } from './prepare/plan-input.js';
import { networkReads } from './service/paced-reads.js';
import type { Session } from './service/session.js';
import type { Stop } from './service/stop-switch.js';
import { updateUser } from './service/update-user.js';
import type { Past } from './state/report-so-far.js';
import type { RunFolder } from './state/run-folder.js';
import type { RunRecord } from './state/run-record.js';

/** Rows begun and not ended, for each that may be in flight: the others wait for their next attempt. */
const OPEN_PER_SLOT = 4;
/** ms for the answer to who the caller is. */
const CALLER_TIMEOUT = 5000;
/** ms for which the end of a run waits for the caller's name. */
const CALLER_AFTER = 1000;
/** ms between two words on progress. */
const PROGRESS = 100;

/** All that a run is made of before its next row is sent. */
export interface Undertaking {
  readonly parsed: ParsedOptions;
  readonly prepared: PlannedInput;
  readonly folder: RunFolder;
  readonly session: Session;
  readonly record: Pick<RunRecord, 'startedAt' | 'options'>;
  /** Whose credentials they are; settles in some seconds at the most. */
  readonly caller: Promise<string | undefined>;
  readonly past: Past;
  readonly order: UserOrder | undefined;
}

/** What keeps a user's rows in order, where he may have several. */
export const orderOf = ({ reading }: ParsedOptions): UserOrder | undefined =>
  reading.allowDuplicates ? new UserOrder() : undefined;

/** Asks who the caller is, where there is somebody to ask; nobody waits for the answer before the run's end. */
export async function askCaller(
  { service }: Pick<ParsedOptions, 'service'>,
  gate: CredentialGate,
): Promise<string | undefined> {
  const { sts, region } = service;
  return sts && callerOf({ endpoint: sts, region, credentials: gate.provider, timeout: CALLER_TIMEOUT });
}

/** A run under way: what it has come to so far, and the switch that stops it. */
export class Run {
  private readonly stop: Stop;
  private readonly failed = new FailedRows();
  private abortState = initialAbortState;
  private broken: RunFolderError | undefined;
  private readonly canary: CanaryWatch;
  private readonly made: Undertaking;

  constructor(undertaking: Undertaking) {
    this.made = undertaking;
    this.stop = undertaking.session.stop;
    const { tally, failed } = undertaking.past;
    this.canary = new CanaryWatch(undertaking.parsed.batch, sendsOf(undertaking), this.stop);
    countRateAnew(tally);
    // Only --max-errors looks back: what the first rows met was before.
    this.abortState = {
      ...initialAbortState,
      ended: tally.rows,
      outcomes: tally.rows,
      failures: failed.size,
    };
  }

  /** @throws RunFolderError where the run's folder can no longer be written; what else goes wrong is in the summary */
  async toItsEnd(): Promise<Summary> {
    const { parsed, prepared, folder, past } = this.made;
    const { reportFormat, wording } = parsed.report;
    const { logger } = parsed.control;
    const events = {
      onWritten: (outcomes: readonly Outcome[]) => {
        for (const outcome of outcomes) count(past.tally, outcome);
      },
      onFailed: (error: RunFolderError) => {
        this.broken = error;
        this.stop.abort(error);
      },
    };
    const report = await ReportWriter.open(folder.report(reportFormat), reportFormat, events, {
      keep: past.keep,
      word: wording.text,
    });
    logger.info({ rows: prepared.validation.rows, done: past.ended.size, folder: folder.path }, 'run begun');
    try {
      await this.sendAll(report);
    } finally {
      // Also where a mistake of ours ended it: what was sent is known only from here.
      await report.close();
    }
    if (this.broken) throw lostOutcomes(this.broken, report.lost);
    const isChanged = await prepared.isChanged();
    if (isChanged) this.stop.abort(changedInput);
    return this.conclude(isChanged);
  }

  private async sendAll(report: ReportWriter): Promise<void> {
    const { stop, canary } = this;
    const { parsed, prepared, past, order, session } = this.made;
    const { service } = session;
    const send = this.sending();
    const tellProgress = () => parsed.batch.onProgress(this.progress(service.limiter.rate));
    // Before the first row is sent, so that who looks on knows that from here on rows are.
    tellProgress();
    const telling = setInterval(tellProgress, PROGRESS);
    try {
      this.checkAbort();
      await runBatch({
        rows: prepared.rows(),
        count: prepared.validation.rows,
        hasEnded: (row) => past.ended.has(row),
        onEnded: (place) => {
          if (past.failed.has(place.row)) this.failed.add(place);
        },
        openRows: parsed.batch.concurrency * OPEN_PER_SLOT,
        update: order ? (row) => order.inTurn(row, () => send(row)) : send,
        write: (outcome, place) => this.write(report, outcome, place),
        canary: canary.rows > 0 ? { rows: canary.rows, onEnded: () => canary.conclude() } : undefined,
        stop,
      });
      await report.flush();
      tellProgress();
    } finally {
      clearInterval(telling);
      await session.close();
    }
  }

  /** How a row is sent: with a look at its user before or after it, where there is a reason for one. */
  private sending(): (row: CommandRow) => Promise<Outcome> {
    const { parsed, prepared, session } = this.made;
    const { service, stop } = session;
    const send = (row: CommandRow) => updateUser(row, service);
    if (!prepared.compared && parsed.batch.verify === 0 && this.canary.rows === 0) return send;
    const checked = new CheckedUpdates(networkReads(prepared.validation.networkId, service), send, stop, {
      readAt: prepared.compared?.plan.readAt ?? 0,
      maxAge: parsed.batch.maxAgeMs,
      partly: modes[parsed.batch.command].partly,
      verifies: () => this.canary.takeNext() || service.random() < parsed.batch.verify,
    });
    return (row) => checked.update(row);
  }

  private write(report: ReportWriter, outcome: Outcome, place: Place): Promise<void> | undefined {
    this.abortState = nextAbortState(this.abortState, outcome);
    this.checkAbort();
    this.canary.record(outcome);
    if (!succeeded(outcome)) this.failed.add(place);
    return report.append(outcome);
  }

  private checkAbort(): void {
    const { parsed, prepared } = this.made;
    const reason = abortReason(this.abortState, parsed.batch.maxErrors, prepared.validation.rows);
    if (reason) this.stop.abort(reason);
  }

  private progress(rate: number): Progress {
    const { rows: done, statuses, throttled } = this.made.past.tally;
    const { updated, unchanged, skipped } = statuses;
    const failed = done - updated - unchanged - skipped;
    return { rows: this.made.prepared.validation.rows, done, updated, failed, throttled, rate };
  }

  /**
   * Writes what stands beside the report, and gives the summary.
   *
   * @param isChanged whether the input is another by now, so that nobody vouches for what is copied of it
   */
  private async conclude(isChanged: boolean): Promise<Summary> {
    const { failed } = this;
    const { folder, parsed, prepared, past, record } = this.made;
    const { source, validation } = prepared;
    const failedPath = folder.failed(source.format);
    const unwritten = failed.empty ? undefined : await this.writeFailed(failedPath);
    if (unwritten) this.stop.abort(unwritten);
    if (failed.empty) await folder.dropFailed(source.format);
    if (prepared.folder && past.tally.statuses.unprocessed === 0) await folder.dropSpool(source.format);
    const { reason } = this.stop;
    const caller = await Promise.race([this.made.caller, sleep(CALLER_AFTER, undefined, { ref: false })]);
    const report = folder.report(parsed.report.reportFormat);
    const summary: Summary = {
      version,
      command: parsed.report.command,
      networkId: validation.networkId,
      ...addUp(past.tally),
      startedAt: record.startedAt,
      finishedAt: new Date().toISOString(),
      options: record.options,
      ...(caller !== undefined && { caller }),
      hashes: {
        input: validation.sha256,
        report: await sha256Of(report),
        ...(failed.empty || unwritten || isChanged ? {} : { failed: await sha256Of(failedPath) }),
        ...(prepared.looked && { lookups: await sha256Of(folder.lookups) }),
        ...(parsed.report.keepBefore && { before: await sha256Of(folder.before) }),
      },
      ...(reason && { stopped: stated(reason) }),
      folder: folder.path,
      report,
      ...(failed.empty || unwritten ? {} : { failed: failedPath }),
    };
    await folder.writeSummary(parsed.report.wording.summary(summary));
    if (reason) parsed.control.logger.warn({ reason: reason.message }, 'run stopped');
    parsed.control.logger.info({ statuses: summary.statuses, stopped: reason?.code }, 'run ended');
    return summary;
  }

  /** Gives the error where the rows cannot be copied: the report, which says which they are, is there all the same. */
  private async writeFailed(path: string): Promise<WickrBulkError | undefined> {
    try {
      const { prepared } = this.made;
      await this.failed.write(path, await prepared.heading(), prepared.source);
      return undefined;
    } catch (error) {
      return error instanceof WickrBulkError ? error : unwritable(path, error);
    }
  }
}

/** Rows that are still to be sent. */
function sendsOf({ prepared, past }: Undertaking): number {
  const { rows, invalid, skipped } = prepared.validation;
  return prepared.compared?.changes.changed ?? rows - invalid - skipped - past.ended.size;
}

/** A reason as a summary has it: an error is one as well. */
const stated = ({ code, message, hint, signal }: StopReason): StopReason => ({
  code,
  message,
  hint,
  ...(signal !== undefined && { signal }),
});

const changedInput: StopReason = {
  code: 'INPUT_CHANGED',
  message: 'the input was changed during the run: rows read after that may not be those that were checked',
  hint: 'Compare the report with the file, and let nothing write to an input while it is used.',
};

/** Stretches of rows that an error names. */
const MOST_NAMED = 20;

function lostOutcomes(error: RunFolderError, lost: readonly number[]): RunFolderError {
  if (lost.length === 0) return error;
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
  return new RunFolderError(
    `${error.message}; the outcomes of these rows are not on the disk: ${named.join(', ')}${more}`,
    `${error.hint} Then resume the run: it sends the rows without a line again, which changes nothing where they went through.`,
    { cause: error },
  );
}
