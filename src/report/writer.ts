/** Outcomes on their way to the disk. */
import { createHash, type Hash } from 'node:crypto';
import { hashOfFirst, unwritable } from '../disk.js';
import { WickrBulkError } from '../errors.js';
import type { Outcome } from '../model.js';
import { type AppendFile, type OpenAppendFile, openAppendFile } from './append-file.js';
import { type CsvStyle, formatLines, heading, plainStyle, type ReportFormat } from './line.js';

/** ms from an outcome to the flush that includes it; with the time of the flush itself it stays below the promised 200. */
const GROUP_TIME = 100;
/** Outcomes that may wait for the disk; callers that append more have to wait as well. */
export const MOST_UNFLUSHED = 10_000;

/** ms from one mark to the next. */
const MARK_INTERVAL = 1000;

/** So many first bytes of a report are on the disk, and this is their SHA-256 in hex. */
export interface ReportMark {
  readonly bytes: number;
  readonly sha256: string;
}

/** Makes a report without a line, which is on the disk when this resolves. @throws RunFolderError if it cannot be made */
export async function createReport(
  path: string,
  format: ReportFormat,
  style: CsvStyle = plainStyle,
): Promise<void> {
  try {
    const file = await openAppendFile(path);
    try {
      file.append(heading(format, style));
      await file.sync();
    } finally {
      file.close();
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** What a report's owner is told. */
export interface ReportEvents {
  /** The lines of these outcomes were handed to the system: a process that is killed now does not lose them. */
  onHandedOver?(outcomes: readonly Outcome[]): void;
  /** These outcomes are on the disk now; only from here on may they be counted. */
  onWritten(outcomes: readonly Outcome[]): void;
  /** A part of the report is on the disk. Called after a flush, at most once a second, and at the end. */
  onMark?(mark: ReportMark): void;
  /** The disk accepts nothing more; every later append is in vain. Called once. */
  onFailed(error: WickrBulkError): void;
}

/** How a report is opened. */
export interface ReportOpening {
  /** Bytes of an existing one that stay; without it there must be none yet. */
  readonly keep?: number | undefined;
  /** Gives the wording of a message that names options in backticks. Default: as it is. */
  readonly word?: ((message: string) => string) | undefined;
  /** Of CSV. Default: plain. One that is kept has to have been written in this one. */
  readonly style?: CsvStyle | undefined;
  readonly openFile?: OpenAppendFile;
  /** Called before lines are written: what it throws ends the report, as a disk that takes no more. */
  readonly guard?: (() => void) | undefined;
}

/**
 * The report file. All outcomes of one turn of the event loop are handed to the system together, in that turn: if the
 * process is killed, only the rows whose answers were still on their way are in doubt. Groups of outcomes are flushed to
 * the disk, one group at a time.
 */
export class ReportWriter {
  /** Rows that were sent and whose outcomes may not be on the disk, once the report has failed. */
  readonly lost: number[] = [];
  private pending: Outcome[] = [];
  private unflushed: Outcome[] = [];
  private turn: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private failed = false;
  private bytes = 0;
  private readonly hash: Hash;
  private marked: ReportMark | undefined;
  private markedAt = Number.NEGATIVE_INFINITY;
  private readonly file: AppendFile;
  private readonly path: string;
  private readonly format: ReportFormat;
  private readonly events: ReportEvents;
  private readonly style: CsvStyle;
  private readonly word: ReportOpening['word'];
  private readonly guard: ReportOpening['guard'];

  private constructor(
    file: AppendFile,
    path: string,
    format: ReportFormat,
    events: ReportEvents,
    { word, guard, style = plainStyle }: ReportOpening,
    { bytes, hash }: { readonly bytes: number; readonly hash: Hash },
  ) {
    this.bytes = bytes;
    this.hash = hash;
    this.file = file;
    this.path = path;
    this.format = format;
    this.events = events;
    this.style = style;
    this.word = word;
    this.guard = guard;
  }

  /**
   * Opens a report, mode 0600.
   *
   * @throws RunFolderError if it cannot be written, if a new one exists already or one to keep does not
   */
  static async open(
    path: string,
    format: ReportFormat,
    events: ReportEvents,
    opening: ReportOpening = {},
  ): Promise<ReportWriter> {
    const { keep, openFile = openAppendFile } = opening;
    opening.guard?.();
    try {
      const hash = keep ? await hashOfFirst(path, keep) : createHash('sha256');
      const file = await openFile(path, keep);
      const head = keep ? '' : heading(format, opening.style);
      file.append(head);
      hash.update(head);
      await file.sync();
      const bytes = (keep ?? 0) + Buffer.byteLength(head);
      return new ReportWriter(file, path, format, events, opening, { bytes, hash });
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Adds an outcome. If it returns a promise, await it: that holds back callers that are faster than the disk. */
  append(outcome: Outcome): Promise<void> | undefined {
    if (this.failed) this.lose([outcome]);
    else this.pending.push(outcome);
    if (this.pending.length + this.unflushed.length >= MOST_UNFLUSHED) return this.flush();
    this.turn ??= setImmediate(() => this.write());
    return undefined;
  }

  /** Resolves when all that was appended so far is on the disk, or the report has failed. */
  async flush(): Promise<void> {
    this.write();
    while (this.flushing || this.unflushed.length > 0) {
      this.flushing ??= this.flushGroup().finally(() => {
        this.flushing = undefined;
      });
      await this.flushing;
      this.write();
    }
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    if (!this.failed) this.mark(this.state());
    this.file.close();
  }

  /** Hands what is pending to the system. */
  private write(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.pending.length === 0) return;
    const group = this.pending;
    this.pending = [];
    try {
      this.guard?.();
      const lines = formatLines(group, this.format, this.word, this.style);
      this.file.append(lines);
      this.bytes += Buffer.byteLength(lines);
      this.hash.update(lines);
    } catch (cause) {
      this.fail(cause, group);
      return;
    }
    this.unflushed.push(...group);
    this.events.onHandedOver?.(group);
    this.timer ??= setTimeout(() => void this.flush(), GROUP_TIME);
  }

  private async flushGroup(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const group = this.unflushed;
    this.unflushed = [];
    const isDue = performance.now() - this.markedAt >= MARK_INTERVAL;
    const state = isDue ? this.state() : undefined;
    try {
      await this.file.sync();
    } catch (cause) {
      // What a failed flush has left on the disk is unknown, and another flush could hide that.
      this.fail(cause, group);
      return;
    }
    this.events.onWritten(group);
    if (state) this.mark(state);
  }

  private state(): ReportMark {
    return { bytes: this.bytes, sha256: this.hash.copy().digest('hex') };
  }

  private mark(mark: ReportMark): void {
    if (mark.bytes === this.marked?.bytes) return;
    this.marked = mark;
    this.markedAt = performance.now();
    this.events.onMark?.(mark);
  }

  private fail(cause: unknown, group: readonly Outcome[]): void {
    this.lose([...group, ...this.unflushed.splice(0), ...this.pending.splice(0)]);
    if (this.failed) return;
    this.failed = true;
    this.events.onFailed(cause instanceof WickrBulkError ? cause : unwritable(this.path, cause));
  }

  private lose(outcomes: readonly Outcome[]): void {
    for (const { row, attempts } of outcomes) if (attempts > 0) this.lost.push(row);
  }
}
