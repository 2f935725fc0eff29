/** One run from its options to its summary. */
import { ExitCode, type RunFolderError, succeeded, WickrBulkError } from '../errors.js';
import type { Outcome, Place, Summary } from '../model.js';
import { FailedRows } from '../report/failed.js';
import { addUp, count, emptyTally } from '../report/summary.js';
import { ReportWriter, unwritable } from '../report/writer.js';
import { version } from '../version.js';
import { CredentialGate, defaultCredentials } from '../wickr/credentials.js';
import { runBatch } from './batch.js';
import { closedBreaker, nextBreaker, tripped } from './breaker.js';
import { RunFolder, type RunRecord } from './folder.js';
import type { ParsedOptions, Progress, UpdateOptions } from './options.js';
import { parseOptions } from './parse-options.js';
import { type Prepared, prepareInput } from './prepare.js';
import { openRateMemory, type RateMemory } from './rate-memory.js';
import { openService } from './service.js';
import { Stop, stopReasonOf } from './stop.js';
import { updateUser } from './update.js';

/** Rows begun and not ended, for each that may be in flight: the others wait for their next attempt. */
const OPEN_PER_SLOT = 4;
/** ms between two words on progress. */
const PROGRESS = 100;

/**
 * Makes the changes that an input asks for and reports of each row what became of it.
 *
 * @returns the summary that `summary.json` holds; its `exitCode` is the one that the command would exit with
 * @throws WickrBulkError before anything is sent: for options, an input or credentials that cannot be used. What
 *   goes wrong after that is in the summary, save where the run's folder itself can no longer be written
 */
export async function runUpdate(options: UpdateOptions): Promise<Summary> {
  const parsed = parseOptions(options);
  const gate = new CredentialGate(parsed.service.credentials ?? defaultCredentials(parsed.service.profile));
  const prepared = await prepareInput(parsed.reading, { ...parsed, run: { out: parsed.out } });
  try {
    const credentials = await gate.provider().catch(async (error: unknown) => {
      await prepared.discard();
      throw error;
    });
    const startedAt = new Date();
    const folder = prepared.folder ?? (await RunFolder.create(parsed.out, prepared.source.name, startedAt));
    await folder.writeRecord(recordOf(parsed, prepared, startedAt));
    const memory = openRateMemory(
      parsed.rateMemory,
      parsed.service.endpoint,
      prepared.validation.networkId,
      credentials,
    );
    return await new Run(parsed, prepared, folder, startedAt).toItsEnd(gate, memory);
  } finally {
    await prepared.source.close();
  }
}

/** A run under way: what it has come to so far, and the switch that stops it. */
class Run {
  private readonly stop = new Stop();
  private readonly tally = emptyTally();
  private readonly failed = new FailedRows();
  private breaker = closedBreaker;
  private broken: RunFolderError | undefined;
  private readonly parsed: ParsedOptions;
  private readonly prepared: Prepared;
  private readonly folder: RunFolder;
  private readonly startedAt: Date;

  constructor(parsed: ParsedOptions, prepared: Prepared, folder: RunFolder, startedAt: Date) {
    this.parsed = parsed;
    this.prepared = prepared;
    this.folder = folder;
    this.startedAt = startedAt;
  }

  async toItsEnd(gate: CredentialGate, memory: RateMemory): Promise<Summary> {
    const { reportFormat } = this.parsed;
    const report = await ReportWriter.create(this.folder.report(reportFormat), reportFormat, {
      onWritten: (outcomes) => {
        for (const outcome of outcomes) count(this.tally, outcome);
      },
      onFailed: (error) => {
        this.broken = error;
        this.stop.because(error);
      },
    });
    const { logger } = this.parsed;
    logger.info({ rows: this.prepared.validation.rows, folder: this.folder.path }, 'run begun');
    try {
      await this.sendAll(report, gate, memory);
    } finally {
      // Also where a mistake of ours ended it: what was sent is known only from here.
      await report.close();
    }
    if (this.broken) throw this.broken;
    if (await this.prepared.isChanged()) this.stop.because(changedInput);
    return this.conclude();
  }

  private async sendAll(report: ReportWriter, gate: CredentialGate, memory: RateMemory): Promise<void> {
    const { parsed, prepared, stop } = this;
    const service = openService(parsed, { ...parsed.rate, ...(await memory.recall()) }, gate, stop);
    const unfollow = followSignal(parsed.signal, stop);
    const tellProgress = () => parsed.onProgress(this.progress(service.limiter.rate));
    const telling = setInterval(tellProgress, PROGRESS);
    try {
      await runBatch({
        rows: prepared.rows(),
        count: prepared.validation.rows,
        openRows: parsed.concurrency * OPEN_PER_SLOT,
        update: (row) => updateUser(row, service),
        write: (outcome, place) => this.write(report, outcome, place),
        stop,
      });
      await report.flush();
      tellProgress();
    } finally {
      clearInterval(telling);
      unfollow();
      await service.close();
      await memory.remember(service.limiter.found);
    }
  }

  private write(report: ReportWriter, outcome: Outcome, place: Place): Promise<void> | undefined {
    this.breaker = nextBreaker(this.breaker, outcome);
    const reason = tripped(this.breaker, this.parsed.maxErrors, this.prepared.validation.rows);
    if (reason) this.stop.because(reason);
    if (!succeeded(outcome)) this.failed.add(place);
    return report.append(outcome);
  }

  private progress(rate: number): Progress {
    const { rows: done, statuses, throttled } = this.tally;
    const { updated, unchanged, skipped } = statuses;
    const failed = done - updated - unchanged - skipped;
    return { rows: this.prepared.validation.rows, done, updated, failed, throttled, rate };
  }

  /** Writes what stands beside the report, and gives the summary. */
  private async conclude(): Promise<Summary> {
    const { folder, parsed, prepared, failed, tally } = this;
    const { source, validation } = prepared;
    const failedPath = folder.failed(source.format);
    const unwritten = failed.empty ? undefined : await this.writeFailed(failedPath);
    if (unwritten) this.stop.because(unwritten);
    if (prepared.folder && tally.statuses.unprocessed === 0) await folder.dropSpool(source.format);
    const { reason } = this.stop;
    const summary: Summary = {
      version,
      command: 'update',
      networkId: validation.networkId,
      ...addUp(tally),
      startedAt: this.startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      exitCode: reason?.exitCode ?? (hasFailures(tally.statuses) ? ExitCode.rowsFailed : ExitCode.ok),
      ...(reason ? { stopped: { message: reason.message, hint: reason.hint } } : {}),
      folder: folder.path,
      report: folder.report(parsed.reportFormat),
      ...(failed.empty || unwritten ? {} : { failed: failedPath }),
    };
    await folder.writeSummary(summary);
    if (reason) parsed.logger.warn({ reason: reason.message }, 'run stopped');
    parsed.logger.info({ statuses: summary.statuses, exitCode: summary.exitCode }, 'run ended');
    return summary;
  }

  /** Gives the error where the rows cannot be copied: the report, which says which they are, is there all the same. */
  private async writeFailed(path: string): Promise<WickrBulkError | undefined> {
    try {
      await this.failed.write(path, await this.prepared.heading(), this.prepared.source);
      return undefined;
    } catch (error) {
      return error instanceof WickrBulkError ? error : unwritable(path, error);
    }
  }
}

const hasFailures = ({ failed, invalid, conflict, mismatch }: Summary['statuses']) =>
  failed + invalid + conflict + mismatch > 0;

const changedInput = {
  exitCode: ExitCode.fatal,
  message: 'the input was changed during the run: rows read after that may not be those that were checked',
  hint: 'Compare the report with the file, and let nothing write to an input while it is used.',
};

/** Stops the run when the caller's signal is aborted. Gives the function that ends this. */
function followSignal(signal: AbortSignal | undefined, stop: Stop): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => stop.because(stopReasonOf(signal));
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return () => signal.removeEventListener('abort', onAbort);
}

function recordOf(parsed: ParsedOptions, { source, validation }: Prepared, startedAt: Date): RunRecord {
  const { reading, service, reportFormat, rate, retry, concurrency, maxErrors, skipInvalid } = parsed;
  const { input, limit, delimiter, ignoreUnknownColumns, singleGroup } = reading;
  return {
    version,
    command: 'update',
    startedAt: startedAt.toISOString(),
    input: {
      path: typeof input === 'string' ? source.path : '-',
      format: source.format,
      size: source.size,
      sha256: validation.sha256,
      rows: validation.rows,
    },
    networkId: validation.networkId,
    region: service.region,
    endpoint: service.endpoint.href,
    options: {
      ...{ limit, delimiter, ignoreUnknownColumns, singleGroup, skipInvalid },
      ...{ reportFormat, rate, retry, concurrency, maxErrors },
    },
  };
}
