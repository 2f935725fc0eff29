/**
 * Finds the records of a file, but not their cells: in one pass over the bytes, where each record starts and ends, on
 * which line, and from which byte on the file is unreadable.
 *
 * csv-parse does not give this: it counts a CRLF inside quotes as two lines, tells a record's last line instead of
 * its first, stops at the first stray quote, and quotes values in its messages.
 */

import { isAscii, isUtf8 } from 'node:buffer';
import type { InputError } from '../../errors.js';
import { lineColumnAt } from '../source/line-column.js';
import { MAX_RECORD, recordTooLong } from '../source/source-errors.js';
import { invalidUtf8At } from './invalid-utf8.js';
import {
  MAX_CELLS,
  notUtf8,
  nulByte,
  quoteNotClosed,
  quoteTooLong,
  textBehindQuote,
  tooManyCells,
} from './record-errors.js';

/** Consecutive whole records that are valid UTF-8. The bytes are overwritten when the next batch is asked for. */
export interface RecordBatch {
  readonly bytes: Buffer;
  /** Where `bytes` begins in the source. */
  readonly offset: number;
  /** For each record, where it ends in `bytes` (line end included); it starts where the one before ends. */
  readonly ends: readonly number[];
  /** For each record, the line it starts on. */
  readonly lines: readonly number[];
  /** Whether there is any quote in it. */
  readonly quotes: boolean;
  /** Indexes of the records with a quote inside a cell that does not start with one. */
  readonly strayQuotes: ReadonlySet<number>;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;

// Classes of bytes; every other byte is of class 0.
const [NUL_BYTE, LINE_END, QUOTE_MARK, DELIMITER] = [1, 2, 3, 4];
// States, which are also the table's entries if there is nothing else to do.
const [CELL_START, IN_CELL, IN_QUOTES, BEHIND_QUOTE, ACTIONS] = [0, 1, 2, 3, 4];
// Entries that ask for more than a change of state.
const [END_CELL, END_RECORD, END_LINE, OPEN_QUOTE, STRAY_QUOTE, TEXT_BEHIND_QUOTE, NUL] = [
  4, 5, 6, 7, 8, 9, 10,
];
/** In place of a state: the rest of the file is unreadable. */
const STOPPED = -1;

const STATES = [
  // other, NUL_BYTE, LINE_END, QUOTE_MARK, DELIMITER
  [IN_CELL, NUL, END_RECORD, OPEN_QUOTE, END_CELL], // CELL_START
  [IN_CELL, NUL, END_RECORD, STRAY_QUOTE, END_CELL], // IN_CELL
  [IN_QUOTES, NUL, END_LINE, BEHIND_QUOTE, IN_QUOTES], // IN_QUOTES
  [TEXT_BEHIND_QUOTE, NUL, END_RECORD, IN_QUOTES, END_CELL], // BEHIND_QUOTE
];
const TABLE = Uint8Array.from(STATES.flatMap((row) => [...row, 0, 0, 0]));

/** The records that one pass over the bytes has found so far. */
interface FoundRecords {
  ends: number[];
  lines: number[];
  quotes: boolean;
  strayQuotes: Set<number>;
}

/** Splits bytes into records: lines or, with a delimiter, CSV records, whose quotes may contain line ends. */
export class RecordFramer {
  /** Why the rest of the file is unreadable, once that is known. */
  error: InputError | undefined;
  /** The class of each byte. */
  readonly #classes = new Uint8Array(256);
  /** One buffer for all chunks: one a chunk would be as much garbage outside V8's heap as the file is long. */
  #buffer = Buffer.alloc(0);
  /** The part of it that is the incomplete record, and how much of that has been scanned. */
  #pending: Buffer = Buffer.alloc(0);
  #scanned = 0;
  /** Where `#pending` begins in the source. */
  #offset: number;
  #state: number = CELL_START;
  #line = 1;
  /** Of the incomplete record. */
  #start = { line: 1, cells: 1, quotes: false, strayQuote: false };
  /** The line of the first record with letters beyond ASCII, once there is one. */
  #utf8Line: number | undefined;
  /** The line of the last quote that opened a cell. */
  #quoteLine = 1;

  /**
   * @param offset where the first pushed byte is in the source
   * @param delimiter undefined: quotes have no meaning
   */
  constructor(offset: number, delimiter?: string) {
    this.#offset = offset;
    this.#classes[0] = NUL_BYTE;
    this.#classes[LF] = this.#classes[CR] = LINE_END;
    if (delimiter === undefined) return;
    this.#classes[QUOTE] = QUOTE_MARK;
    this.#classes[delimiter.charCodeAt(0)] = DELIMITER;
  }

  /** The bytes behind the last whole record. */
  get rest(): Buffer {
    return this.#pending;
  }

  /** The records that this chunk completes; valid until the next push. */
  push(chunk: Buffer): RecordBatch {
    const pending = this.#pending;
    const length = pending.length + chunk.length;
    const buffer = length <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(2 * length);
    pending.copy(buffer);
    chunk.copy(buffer, pending.length);
    this.#buffer = buffer;
    return this.#frame(buffer.subarray(0, length), false);
  }

  /** The record that the end of the file completes, if there is one. */
  end(): RecordBatch {
    return this.#frame(this.#pending, true);
  }

  #frame(bytes: Buffer, last: boolean): RecordBatch {
    const found: FoundRecords = { ends: [], lines: [], quotes: false, strayQuotes: new Set() };
    const offset = this.#offset;
    if (this.error !== undefined) return { bytes: bytes.subarray(0, 0), offset, ...found };
    const stopped = this.#scan(bytes, last, found);
    if (this.error === undefined && last) this.#endFile(bytes, found);
    this.#checkText(bytes, stopped, found);
    const whole = lastOf(found.ends);
    this.#pending = bytes.subarray(whole);
    this.#scanned = stopped - whole;
    this.#offset += whole;
    return { bytes: bytes.subarray(0, whole), offset, ...found };
  }

  /** Gives where it stopped: at the end of the bytes, before a CR whose LF may still come, or at an error. */
  #scan(bytes: Buffer, last: boolean, found: FoundRecords): number {
    const classes = this.#classes;
    let state = this.#state;
    let at = this.#scanned;
    // No byte behind the longest record is looked at, so that the same error is found however the file is chunked.
    let stop = Math.min(bytes.length, MAX_RECORD);
    for (; at < stop; at++) {
      const next = TABLE[(state << 3) | (classes[bytes[at] as number] as number)] as number;
      if (next < ACTIONS) {
        state = next;
      } else if (next === END_CELL) {
        state = CELL_START;
        if (++this.#start.cells > MAX_CELLS) break;
      } else if (next === END_RECORD) {
        const end = lineEndAt(bytes, at, last);
        if (end === -1) break;
        this.#line++;
        state = CELL_START;
        this.#endRecord(end, found);
        at = end - 1;
        stop = Math.min(bytes.length, end + MAX_RECORD);
      } else {
        const after = this.#act(next, bytes, at, found);
        if (after === STOPPED) break;
        state = after;
      }
    }
    this.#state = state;
    this.#checkSize(bytes, at, found);
    return at;
  }

  /** The less frequent actions. Gives the state after it, or STOPPED. */
  #act(action: number, bytes: Buffer, at: number, found: FoundRecords): number {
    switch (action) {
      case END_LINE:
        if (bytes[at] === CR || bytes[at - 1] !== CR) this.#line++;
        return IN_QUOTES;
      case OPEN_QUOTE:
        this.#start.quotes = true;
        this.#quoteLine = this.#line;
        return IN_QUOTES;
      case STRAY_QUOTE:
        this.#start.quotes = true;
        this.#start.strayQuote = true;
        return IN_CELL;
      default: {
        const place = lineColumnAt(bytes, lastOf(found.ends), at, this.#start.line);
        this.error = action === NUL ? nulByte(place) : textBehindQuote(place, this.#quoteLine);
        return STOPPED;
      }
    }
  }

  #endRecord(end: number, found: FoundRecords): void {
    const { line, quotes, strayQuote } = this.#start;
    if (strayQuote) found.strayQuotes.add(found.ends.length);
    found.quotes ||= quotes;
    found.ends.push(end);
    found.lines.push(line);
    this.#start.line = this.#line;
    this.#start.cells = 1;
    this.#start.quotes = this.#start.strayQuote = false;
  }

  #endFile(bytes: Buffer, found: FoundRecords): void {
    if (this.#state === IN_QUOTES) this.error = quoteNotClosed(this.#quoteLine);
    else if (bytes.length > lastOf(found.ends)) this.#endRecord(bytes.length, found);
  }

  #checkSize(bytes: Buffer, at: number, found: FoundRecords): void {
    if (this.error !== undefined) return;
    const { line, cells } = this.#start;
    if (cells > MAX_CELLS) this.error = tooManyCells(line);
    else if (at < bytes.length && at - lastOf(found.ends) >= MAX_RECORD) {
      const inQuotes = this.#state === IN_QUOTES;
      this.error = inQuotes ? quoteTooLong(this.#quoteLine) : recordTooLong(line);
    }
  }

  /** No character contains a line end, and records end at line ends: so whole records can be checked one by one. */
  #checkText(bytes: Buffer, stopped: number, found: FoundRecords): void {
    const cut = this.error !== undefined;
    const at = invalidUtf8At(bytes.subarray(0, cut ? stopped : lastOf(found.ends)), cut);
    if (at === -1) {
      this.#utf8Line ??= utf8LineIn(bytes, found);
      return;
    }
    let record = found.ends.findIndex((end) => end > at);
    if (record === -1) record = found.ends.length;
    const line = found.lines[record] ?? this.#start.line;
    found.ends.length = found.lines.length = record;
    for (const stray of found.strayQuotes) if (stray >= record) found.strayQuotes.delete(stray);
    const place = lineColumnAt(bytes, lastOf(found.ends), at, line);
    // Only what is before it: however the file is cut into chunks, the same error is found.
    this.error = notUtf8(place, this.#utf8Line ?? utf8LineIn(bytes, found));
  }
}

/** The line of the first record that has letters beyond ASCII, all of them in UTF-8. */
function utf8LineIn(bytes: Buffer, { ends, lines }: FoundRecords): number | undefined {
  if (isAscii(bytes)) return undefined;
  for (let record = 0; record < ends.length; record += 1) {
    const own = bytes.subarray(ends[record - 1] ?? 0, ends[record]);
    if (!isAscii(own) && isUtf8(own)) return lines[record];
  }
  return undefined;
}

/** Offset just behind the line end at `at`; -1 if it is a CR whose LF may still come. */
function lineEndAt(bytes: Buffer, at: number, last: boolean): number {
  if (bytes[at] === LF) return at + 1;
  if (bytes[at + 1] === LF) return at + 2;
  return at + 1 === bytes.length && !last ? -1 : at + 1;
}

function lastOf(ends: readonly number[]): number {
  return ends.at(-1) ?? 0;
}
