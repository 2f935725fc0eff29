/** One run, from its present state to its summary. */
import { WickrBulkError } from '../errors.js';
import type { CommandRow, Outcome, Place, Summary } from '../model.js';
import type { Standstill } from '../pace/standstill.js';
import { CopiedRows } from '../report/copied-rows.js';
import { count, restartRate } from '../report/summary.js';
import { type ReportMark, ReportWriter } from '../report/writer.js';
import { isMissing, succeeded } from '../row-status.js';
import { steadyNow } from '../steady-clock.js';
import { abortReason, initialAbortState, nextAbortState } from './batch/abort-conditions.js';
import { runBatch } from './batch/batch.js';
import { type CanaryContext, CanaryWatch } from './batch/canary.js';
import { CheckedUpdates } from './batch/read-back.js';
import { TemporaryNames } from './batch/temporary-names.js';
import { UserOrder } from './batch/user-order.js';
import { ByList } from './by-list.js';
import { lostOutcomes, summarize } from './end-of-run.js';
import type { BatchStage, ParsedOptions } from './options/parsed-options.js';
import { modes } from './options/run-kind.js';
import { logEvent } from './options/table/log-events.js';
import type { Progress } from './options/table/run-events.js';
import type { RunParts } from './run-parts.js';
import { Sampler } from './sampler.js';
import { GroupWatch } from './service/group-watch.js';
import { lookAtGroups, lookAtUser, networkReads } from './service/paced-reads.js';
import type { Stop } from './service/stop-switch.js';
import { updateGuarded, updateUser } from './service/update-user.js';
import type { UserGuard } from './service/user-guard.js';

/** Open rows for each row that may be in flight: the others wait for their next attempt. */
const OPEN_PER_SLOT = 4;
/** ms from one progress message to the next. */
const PROGRESS_INTERVAL = 100;

/** Keeps the rows of one user in order, if users may have several. */
export const orderOf = ({ reading }: ParsedOptions): UserOrder | undefined =>
  reading.allowDuplicates ? new UserOrder() : undefined;

/** A run under way: what it has come to so far, and the switch that stops it. */
export class Run {
  private readonly stop: Stop;
  private readonly failed = new CopiedRows();
  private readonly missing = new CopiedRows();
  private abortState = initialAbortState;
  private brokenReport: WickrBulkError | undefined;
  private readonly canary: CanaryWatch;
  /** Set if rows go out in the order of the list of users. */
  private readonly byList: ByList | undefined;
  private readonly parts: RunParts;
  private readonly standstill: Standstill;
  /** ms of standing still before the first row was sent. */
  private stillBefore: number | undefined;

  constructor(parts: RunParts) {
    this.parts = parts;
    this.stop = parts.session.stop;
    this.standstill = parts.session.service.standstill;
    const { tally, failed } = parts.past;
    const { canary, confirm } = parts.parsed.batch;
    const asking = { canary, confirm: confirm && this.timed(confirm) };
    this.canary = new CanaryWatch(asking, rowsToSend(parts), this.stop, parts.journal, canaryContext(parts));
    this.byList = ByList.of(parts);
    restartRate(tally);
    // Of a resumed run only `maxErrors` looks back. What its first rows met was before.
    this.abortState = {
      ...initialAbortState,
      ended: tally.rows,
      outcomes: tally.rows,
      failures: failed.size,
    };
  }

  /** Somebody's thinking is nobody's work: it counts neither for the time nor for the rate. */
  private timed(confirm: NonNullable<BatchStage['confirm']>): NonNullable<BatchStage['confirm']> {
    return (canary) => {
      this.standstill.begin(performance.now());
      return confirm(canary).finally(() => this.standstill.end(performance.now()));
    };
  }

  /** Only what lies between rows that were sent is left out of the rate. */
  private noteStandstill({ status, finishedAt }: Pick<Outcome, 'status' | 'finishedAt'>): void {
    if (finishedAt === undefined || status === 'unprocessed') return;
    this.stillBefore ??= this.standstill.over;
    this.parts.past.tally.stillMs = this.standstill.over - this.stillBefore;
  }

  /** Notes what a resume has to know, before anything makes the folder one that can be resumed. */
  begin(): Promise<void> {
    return this.canary.begin();
  }

  /**
   * @throws RunFolderError if the run's folder can no longer be written, LockedError if the run does not hold its locks
   *   any more; what else goes wrong is in the summary
   */
  async toItsEnd(): Promise<Summary> {
    const { parsed, prepared, folder, past } = this.parts;
    const report = await this.openReport();
    const { command } = parsed.report;
    const { rows } = prepared.validation;
    logEvent(parsed.control.logger, 'run started', {
      command,
      rows,
      done: past.ended.size,
      folder: folder.path,
    });
    try {
      await this.sendAll(report);
    } finally {
      // Even after a mistake of ours: what was sent is known only from here.
      await report.close();
    }
    if (this.brokenReport) throw lostOutcomes(this.brokenReport, report.lost);
    const workedMs = () =>
      Math.round(steadyNow() - this.parts.beganAt - this.standstill.total(performance.now()));
    const { failed, missing } = this;
    return summarize(this.parts, { failed, missing }, await prepared.isChanged(), workedMs);
  }

  private openReport(): Promise<ReportWriter> {
    const { parsed, folder, past, outcomes, fence } = this.parts;
    const { reportFormat, reportStyle, wording } = parsed.report;
    const events = {
      onHandedOver: (group: readonly Outcome[]) => outcomes.give(group),
      onWritten: (group: readonly Outcome[]) => {
        for (const outcome of group) count(past.tally, outcome, wording.text);
        for (const outcome of group.slice(-1)) this.noteStandstill(outcome);
        this.confirmFolder();
      },
      onMark: (mark: ReportMark) => this.keepMark(mark),
      onFailed: (error: WickrBulkError) => {
        this.brokenReport = error;
        this.stop.abort(error);
        outcomes.lift();
      },
    };
    const writing = { keep: past.keep, style: reportStyle, word: wording.text, guard: () => fence.check() };
    return ReportWriter.open(folder.report(reportFormat), reportFormat, events, writing);
  }

  /** Stops the run if its folder is no longer in its place: what is open is still written, and nothing new is sent. */
  private confirmFolder(): void {
    this.parts.folder.confirm().catch((error: unknown) => {
      if (error instanceof WickrBulkError) this.stop.abort(error);
    });
  }

  private keepMark(mark: ReportMark): void {
    try {
      this.parts.journal.note({ kind: 'report', ...mark });
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      this.stop.abort(error);
    }
  }

  private async sendAll(report: ReportWriter): Promise<void> {
    const { stop, canary } = this;
    const { parsed, prepared, past, order, session } = this.parts;
    const { service } = session;
    const send = this.sending();
    const tellProgress = () => parsed.batch.onProgress(this.progress(service.limiters.of('writes').rate));
    // Before the first row is sent, so that whoever looks on knows that from here on rows are.
    tellProgress();
    const telling = setInterval(tellProgress, PROGRESS_INTERVAL);
    const sampler = new Sampler(this.parts, () => this.progress(service.limiters.of('writes').rate));
    try {
      this.checkAbort();
      await runBatch({
        rows: this.byList?.rows() ?? prepared.rows(),
        count: prepared.validation.rows,
        hasEnded: (row) => past.ended.has(row),
        onEnded: (place) => {
          if (past.failed.has(place.row)) this.failed.add(place);
          if (past.missing.has(place.row)) this.missing.add(place);
        },
        openRows: parsed.batch.concurrency * OPEN_PER_SLOT,
        temporaryNames: this.temporaryNames(),
        update: async (row) => this.noted(await (order ? order.inTurn(row, () => send(row)) : send(row))),
        write: (outcome, place) => this.write(report, outcome, place),
        canary: canary.rows > 0 ? this.canaryRows() : undefined,
        stop,
      });
      await report.flush();
      tellProgress();
    } finally {
      clearInterval(telling);
      await sampler.close();
      // An order that comes later than the last row changes nothing.
      await this.parts.orders.close();
      await session.close();
    }
  }

  private canaryRows(): NonNullable<Parameters<typeof runBatch>[0]['canary']> {
    const { canary, stop } = this;
    const { logger } = this.parts.parsed.control;
    return {
      rows: canary.rows,
      missing: () => canary.missing(),
      onEnded: async (ended) => {
        await canary.conclude(ended);
        if (!stop.signal.aborted) logEvent(logger, 'canary passed', { rows: canary.rows });
      },
    };
  }

  /** How a row is sent: with a look at its user before or after it, if there is a reason for one. */
  private sending(): (row: CommandRow) => Promise<Outcome> {
    const { parsed, prepared, session } = this.parts;
    const { service, stop } = session;
    const { verify, maxAgeMs, command } = parsed.batch;
    const { inDoubt } = this.parts;
    // A temporary username that this run gave is nobody else's change.
    const given = new Map(this.parts.temporaryNames.map(({ row, via }) => [row, via]));
    const noted = (row: CommandRow): CommandRow => {
      const via = given.get(row.row);
      const own = via === undefined ? row.own : { at: 0, was: {}, ...row.own, via };
      return {
        ...row,
        ...(own && { own }),
        ...(inDoubt.has(row.row) && { inDoubt: true as const }),
      };
    };
    const groups = this.groupWatch();
    if (!prepared.compared && verify === 0 && this.canary.rows === 0)
      return (row) => updateUser(noted(row), service, GroupWatch.concerns(row.command) ? groups : undefined);
    const { networkId } = prepared.validation;
    const reads = networkReads(networkId, service);
    const { byList } = this;
    const means = {
      look: async (row: CommandRow) =>
        (await byList?.look(row)) ?? lookAtUser(networkId, row.command.userId, service),
      readBack: (row: CommandRow) => reads.user(row.command.userId),
      send: (guard: UserGuard) => updateGuarded(guard, service),
      stop,
    };
    const checked = new CheckedUpdates(means, {
      guard: {
        readAt: prepared.compared?.plan.seenAt ?? 0,
        readOn: prepared.compared?.plan.readAt ?? 0,
        maxAge: prepared.compared && maxAgeMs,
        partly: modes[command].partly,
        groups,
      },
      verifies: () => this.canary.isOn || service.random() < verify,
    });
    return async (row) => {
      const outcome = await checked.update(noted(row));
      byList?.passed(row);
      return outcome;
    };
  }

  private groupWatch(): GroupWatch | undefined {
    const { parsed, prepared, session } = this.parts;
    const { meantGroups, validation } = prepared;
    const { service, stop } = session;
    return (
      meantGroups &&
      new GroupWatch({
        ...meantGroups,
        maxAge: parsed.batch.maxAgeMs,
        stop,
        read: () => lookAtGroups(validation.networkId, service),
      })
    );
  }

  private temporaryNames(): TemporaryNames {
    const { prepared, session, journal, temporaryNames } = this.parts;
    const { networkId } = prepared.validation;
    const { service, stop } = session;
    return new TemporaryNames({
      ...{ networkId, journal, stop, known: temporaryNames },
      send: (row) => updateUser(row, service),
      usernameOf: async (userId) => (await networkReads(networkId, service).user(userId))?.username,
    });
  }

  /** Takes note of a row that was given up: its outcome is written when the run ends, and that would be too late. */
  private noted(outcome: Outcome): Outcome {
    if (outcome.status !== 'unprocessed' || this.stop.signal.aborted) return outcome;
    this.canary.recordGivenUp(outcome);
    this.abortState = { ...this.abortState, failures: this.abortState.failures + 1 };
    this.checkAbort();
    return outcome;
  }

  /** What it returns, if anything, waits for the disk and for the loop that reads the outcomes. */
  private write(report: ReportWriter, outcome: Outcome, place: Place): Promise<void> | undefined {
    this.abortState = nextAbortState(this.abortState, outcome);
    this.checkAbort();
    this.log(outcome);
    this.canary.record(outcome);
    this.parts.order?.record(outcome);
    if (!succeeded(outcome)) this.failed.add(place);
    if (isMissing(outcome)) this.missing.add(place);
    const disk = report.append(outcome);
    const reader = this.parts.outcomes.announce();
    return disk && reader ? disk.then(() => reader) : (disk ?? reader);
  }

  private log({ row, line, status, httpStatus, errorCode, attempts, throttled }: Outcome): void {
    const fields = { row, line, status, httpStatus, errorCode, attempts, throttled };
    logEvent(this.parts.parsed.control.logger, 'row', fields);
  }

  private checkAbort(): void {
    const { parsed, prepared } = this.parts;
    const reason = abortReason(this.abortState, parsed.batch.maxErrors, prepared.validation.rows);
    if (reason) this.stop.abort(reason);
  }

  private progress(rate: number): Progress {
    const { rows: done, statuses, throttled } = this.parts.past.tally;
    const { updated, unchanged, skipped } = statuses;
    const failed = done - updated - unchanged - skipped;
    const { rows } = this.parts.prepared.validation;
    return { rows, done, updated, failed, throttled, rate, paused: this.parts.orders.isPaused };
  }
}

const canaryContext = ({ prepared: { validation, compared }, parsed }: RunParts): CanaryContext => ({
  networkId: validation.networkId,
  canBeUndone: parsed.report.keepBefore,
  usernameOf: (userId) => compared?.plan.userOf(userId)?.username,
});

/** Rows that are still to be sent. */
function rowsToSend({ prepared, past }: RunParts): number {
  const { rows, invalid, skipped } = prepared.validation;
  const { statuses } = past.tally;
  const sent = past.ended.size - statuses.invalid - (statuses.skipped - past.tally.missing);
  return prepared.compared?.changes.changed ?? rows - invalid - skipped - sent;
}
