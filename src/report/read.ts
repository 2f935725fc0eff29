import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from '../disk.js';
import { RunFolderError } from '../errors.js';
import type { Outcome } from '../model.js';
import { printable } from '../text/printable.js';
import { heading, parseLine, type ReportFormat } from './line.js';
import { MOST_UNFLUSHED } from './writer.js';

/** An outcome as it stands in a report. */
export interface ReportLine {
  readonly outcome: Outcome;
  /** The line's number in the file; the first is 1. */
  readonly line: number;
  /** Bytes from the file's start to just behind the line. */
  readonly end: number;
}

/** Bytes read at once. */
const BLOCK = 256 * 1024;
const LINE_END = 10;

/**
 * The outcomes of a report, in the order in which they were written. The file is streamed. What was still being
 * written when the run was killed, or its machine lost its power, is left out.
 *
 * @throws RunFolderError where the file cannot be read or a line of it is no report line
 */
export async function* readReport(path: string, format: ReportFormat): AsyncGenerator<Outcome> {
  for await (const lines of readLines(path, format)) for (const { outcome } of lines) yield outcome;
}

/** As `readReport`, with the place of each line, in batches. */
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

/** Bytes into the lines that they complete. */
class LineReader {
  private begun = Buffer.alloc(0);
  private line = 0;
  private end = 0;
  /** The line from which on nothing counts, once there is one. */
  private torn: number | undefined;
  private readonly path: string;
  private readonly format: ReportFormat;

  constructor(path: string, format: ReportFormat) {
    this.path = path;
    this.format = format;
  }

  push(block: Buffer): ReportLine[] {
    const bytes = this.begun.length === 0 ? block : Buffer.concat([this.begun, block]);
    const lines: ReportLine[] = [];
    let start = 0;
    for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, start)) {
      this.line += 1;
      this.end += at + 1 - start;
      const outcome = this.read(bytes.toString('utf8', start, at));
      if (outcome) lines.push({ outcome, line: this.line, end: this.end });
      start = at + 1;
    }
    this.begun = Buffer.from(bytes.subarray(start));
    return lines;
  }

  private read(text: string): Outcome | undefined {
    if (this.torn !== undefined) {
      if (this.line - this.torn > MOST_UNFLUSHED) throw damaged(this.path, this.torn);
      return undefined;
    }
    const isHeading = this.line === 1 && this.format === 'csv';
    if (isHeading && `${text}\n` === heading('csv')) return undefined;
    const outcome = isHeading ? undefined : parseLine(text, this.format);
    if (outcome) return outcome;
    // A file system that lost its power shows as zeros what it has not written, but only of what was not flushed.
    if (!text.includes('\0')) throw damaged(this.path, this.line);
    this.torn = this.line;
    return undefined;
  }
}

/** For a line of a report that no run has written there. */
export const damaged = (path: string, line: number) =>
  new RunFolderError(
    `${printable(path)}, line ${line}: not a line of a wickr-bulk report`,
    'The report was changed by another program; put back the original from a backup.',
  );
