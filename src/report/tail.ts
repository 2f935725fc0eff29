/** A report that is still being written, read as it grows. */
import { type FileHandle, open } from 'node:fs/promises';
import { isSystemError, unreadable } from '../disk.js';
import type { Outcome } from '../model.js';
import type { ReportFormat } from './line.js';
import { LineReader } from './read.js';

/** Bytes read at once. */
const BLOCK = 256 * 1024;
/** Bytes before the place that was read up to, by which is known whether the file is still the one that was read. */
const KNOWN = 256;

/** What a look at the report has found. */
export interface TailRead {
  /** Whether the report was cut off or is another one since: what came before does not count, all is told again. */
  readonly isAnew: boolean;
  readonly outcomes: readonly Outcome[];
}

export class ReportTail {
  readonly #path: string;
  readonly #format: ReportFormat;
  #reader: LineReader;
  #end = 0;
  #known = Buffer.alloc(0);
  /** Whether the next part is the first of all, and nobody was told so yet. */
  #isAnew = false;

  constructor(path: string, format: ReportFormat) {
    this.#path = path;
    this.#format = format;
    this.#reader = new LineReader(path, format);
  }

  /**
   * Gives what has come since the last look, in parts.
   *
   * @throws RunFolderError if the report cannot be read, or a line is not one of a report
   */
  async *read(): AsyncGenerator<TailRead> {
    const file = await open(this.#path).catch((cause: unknown) => {
      // It is made a moment after the run's folder.
      if (isSystemError(cause, 'ENOENT')) return undefined;
      throw unreadable(this.#path, cause);
    });
    if (!file) return;
    try {
      if (!(await this.#isSame(file))) this.#forget();
      for (;;) {
        const block = Buffer.allocUnsafe(BLOCK);
        const { bytesRead } = await file.read(block, 0, BLOCK, this.#end);
        if (bytesRead === 0 && !this.#isAnew) return;
        const bytes = block.subarray(0, bytesRead);
        this.#end += bytesRead;
        this.#known = Buffer.concat([this.#known, bytes.subarray(-KNOWN)]).subarray(-KNOWN);
        const outcomes = this.#outcomesIn(bytes);
        const isAnew = this.#isAnew;
        this.#isAnew = false;
        yield { isAnew, outcomes };
        if (bytesRead === 0) return;
      }
    } finally {
      await file.close();
    }
  }

  async #isSame(file: FileHandle): Promise<boolean> {
    const { length } = this.#known;
    const now = Buffer.alloc(length);
    const { bytesRead } = await file.read(now, 0, length, this.#end - length);
    return bytesRead === length && now.equals(this.#known);
  }

  /** What cannot be read is read anew, all of it: it may be mended by the next look. */
  #outcomesIn(bytes: Buffer): Outcome[] {
    try {
      return this.#reader.push(bytes).map(({ outcome }) => outcome);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#isAnew = true;
    this.#reader = new LineReader(this.#path, this.#format);
    this.#end = 0;
    this.#known = Buffer.alloc(0);
  }
}
