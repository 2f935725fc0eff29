import { type FileHandle, open } from 'node:fs/promises';
import { RunFolderError } from '../errors.js';
import type { Outcome } from '../model.js';
import { formatLines, heading, type ReportFormat } from './line.js';

/** ms from an outcome to the flush that takes it along; with the flush itself it stays below the promised 200. */
const GROUP_TIME = 100;
/** Outcomes that may wait for the disk before those who bring more have to wait as well. */
const MANY = 10_000;

/** What a report tells of itself. */
export interface ReportEvents {
  /** These outcomes are on the disk now; only from here on may they be counted. */
  onWritten(outcomes: readonly Outcome[]): void;
  /** The disk took nothing more; every later append is in vain. Called once. */
  onFailed(error: RunFolderError): void;
}

/**
 * The report file: outcomes are appended in groups, each written with one call and flushed to the disk.
 * There is one writer, and one group under way at a time.
 */
export class ReportWriter {
  private pending: Outcome[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private failed = false;
  private readonly file: FileHandle;
  private readonly path: string;
  private readonly format: ReportFormat;
  private readonly events: ReportEvents;

  private constructor(file: FileHandle, path: string, format: ReportFormat, events: ReportEvents) {
    this.file = file;
    this.path = path;
    this.format = format;
    this.events = events;
  }

  /** A new report, mode 0600. @throws RunFolderError where it exists already or cannot be made */
  static async create(path: string, format: ReportFormat, events: ReportEvents): Promise<ReportWriter> {
    try {
      const file = await open(path, 'ax', 0o600);
      await file.appendFile(heading(format));
      return new ReportWriter(file, path, format, events);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Takes an outcome. A promise that it returns is to be awaited: it holds back whoever is faster than the disk. */
  append(outcome: Outcome): Promise<void> | undefined {
    this.pending.push(outcome);
    if (this.pending.length >= MANY) return this.flush();
    this.timer ??= setTimeout(() => void this.flush(), GROUP_TIME);
    return undefined;
  }

  /** Resolves when all that was appended so far is on the disk, or the report has failed. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while ((this.writing || this.pending.length > 0) && !this.failed) {
      this.writing ??= this.writeGroup().finally(() => {
        this.writing = undefined;
      });
      await this.writing;
    }
  }

  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  private async writeGroup(): Promise<void> {
    const group = this.pending;
    this.pending = [];
    try {
      await this.file.appendFile(formatLines(group, this.format));
      await this.file.datasync();
    } catch (cause) {
      // What a failed flush has left on the disk is not known, and trying again could hide that.
      this.failed = true;
      this.events.onFailed(unwritable(this.path, cause));
      return;
    }
    this.events.onWritten(group);
  }
}

/** For a file of the run's folder that the disk does not take. */
export const unwritable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    'Check that the folder exists, is yours and has room.',
    { cause },
  );
