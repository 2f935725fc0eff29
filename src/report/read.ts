/** A report read back. */
import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from '../disk.js';
import { RunFolderError } from '../errors.js';
import type { Outcome } from '../model.js';
import { printable } from '../text/printable.js';
import { delimiterOf, parseLine, type ReportDelimiter, type ReportFormat } from './line.js';
import { MOST_UNFLUSHED } from './writer.js';

/** An outcome and its place in the report. */
export interface ReportLine {
  readonly outcome: Outcome;
  /** The line's number in the file; the first is 1. */
  readonly line: number;
  /** Offset in bytes of what follows the line. */
  readonly end: number;
}

/** Bytes read at once. */
const BLOCK = 256 * 1024;
const LINE_END = 10;

/**
 * The outcomes of a report, in the order in which they were written. The file is streamed. What was still being
 * written when the run was killed or the power failed is left out.
 *
 * @throws RunFolderError if the file cannot be read, or one of its lines is no report line
 */
export async function* readReport(path: string, format: ReportFormat): AsyncGenerator<Outcome> {
  for await (const lines of readLines(path, format)) for (const { outcome } of lines) yield outcome;
}

/** Like `readReport`, with the place of each line, in batches. */
export async function* readLines(path: string, format: ReportFormat): AsyncGenerator<ReportLine[]> {
  const reader = new LineReader(path, format);
  const file = await open(path).catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
  try {
    for await (const block of blocks(file, path)) yield reader.push(block);
  } finally {
    await file.close();
  }
}

async function* blocks(file: FileHandle, path: string): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK);
    const { bytesRead } = await file
      .read(block, 0, BLOCK, at)
      .catch((cause: unknown) => Promise.reject(unreadable(path, cause)));
    if (bytesRead === 0) return;
    at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

/** Cuts the bytes of a report into lines and reads those that are complete. */
export class LineReader {
  /** The beginning of a line whose end has not been read. */
  private rest = Buffer.alloc(0);
  private line = 0;
  private end = 0;
  /** The first line that was not flushed completely, if there is one: nothing counts from there on. */
  private torn: number | undefined;
  private readonly path: string;
  private readonly format: ReportFormat;
  /** Of a CSV report, as its first line tells. */
  private delimiter: ReportDelimiter | undefined;

  constructor(path: string, format: ReportFormat) {
    this.path = path;
    this.format = format;
  }

  push(block: Buffer): ReportLine[] {
    const bytes = this.rest.length === 0 ? block : Buffer.concat([this.rest, block]);
    const lines: ReportLine[] = [];
    let start = 0;
    for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, start)) {
      this.line += 1;
      this.end += at + 1 - start;
      const outcome = this.read(bytes.toString('utf8', start, at));
      if (outcome) lines.push({ outcome, line: this.line, end: this.end });
      start = at + 1;
    }
    this.rest = Buffer.from(bytes.subarray(start));
    return lines;
  }

  private read(text: string): Outcome | undefined {
    if (this.torn !== undefined) {
      if (this.line - this.torn > MOST_UNFLUSHED) throw damaged(this.path, this.torn);
      return undefined;
    }
    const isHeading = this.line === 1 && this.format === 'csv';
    if (isHeading) this.delimiter = delimiterOf(text);
    if (isHeading && this.delimiter) return undefined;
    const outcome = isHeading ? undefined : parseLine(text, this.format, this.delimiter);
    if (outcome) return outcome;
    // After a power cut a file system shows what it had not written as zeros; that can only be what was not flushed.
    if (!text.includes('\0')) throw damaged(this.path, this.line);
    this.torn = this.line;
    return undefined;
  }
}

/** For a line of a report that no run can have written there. */
export const damaged = (path: string, line: number) =>
  new RunFolderError(
    `${printable(path)}, line ${line}: not a line of a wickr-bulk report`,
    'Another program has changed the report: restore the original from a backup.',
  );
