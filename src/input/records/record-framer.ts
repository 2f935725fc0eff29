/**
 * Where the records of a file are. Cells are somebody else's work: this finds, in one look at each byte, where a
 * record starts and ends, on which line, and what makes the file unreadable from some byte on.
 *
 * csv-parse does not give this: it counts a CRLF inside quotes as two lines, tells a record's last line instead of
 * its first, stops at the first stray quote, and quotes values in its messages.
 */

import type { InputError } from '../../errors.js';
import { spotOf } from '../source/line-column.js';
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

/** Records that lie one behind the other, whole, and valid as UTF-8. Its bytes are good until the next is asked for. */
export interface Stretch {
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

// Kinds of bytes; every other byte is of kind 0.
const [NUL_BYTE, LINE_END, QUOTE_MARK, DELIMITER] = [1, 2, 3, 4];
// States, which are also the table's entries where nothing more is to be done.
const [CELL_START, IN_CELL, IN_QUOTES, BEHIND_QUOTE, ACTIONS] = [0, 1, 2, 3, 4];
// Entries that ask for more than a change of state.
const [END_CELL, END_RECORD, END_LINE, OPEN_QUOTE, STRAY_QUOTE, TEXT_BEHIND_QUOTE, NUL] = [
  4, 5, 6, 7, 8, 9, 10,
];

const STATES = [
  // other, NUL_BYTE, LINE_END, QUOTE_MARK, DELIMITER
  [IN_CELL, NUL, END_RECORD, OPEN_QUOTE, END_CELL], // CELL_START
  [IN_CELL, NUL, END_RECORD, STRAY_QUOTE, END_CELL], // IN_CELL
  [IN_QUOTES, NUL, END_LINE, BEHIND_QUOTE, IN_QUOTES], // IN_QUOTES
  [TEXT_BEHIND_QUOTE, NUL, END_RECORD, IN_QUOTES, END_CELL], // BEHIND_QUOTE
];
const TABLE = Uint8Array.from(STATES.flatMap((row) => [...row, 0, 0, 0]));

/** What one look at the bytes has found so far. */
interface Found {
  ends: number[];
  lines: number[];
  quotes: boolean;
  strayQuotes: Set<number>;
}

/** Splits bytes into records: lines, or with a delimiter CSV records, whose quotes may hold line ends. */
export class Framer {
  /** Set at the first damage; nothing behind it is read. */
  damage: InputError | undefined;
  readonly #kinds = new Uint8Array(256);
  /** One buffer for all chunks: one a chunk would be as much garbage outside V8's heap as the file is long. */
  #buffer = Buffer.alloc(0);
  /** The part of it that is the record that is not complete yet, and how much of that has been looked at. */
  #pending: Buffer = Buffer.alloc(0);
  #scanned = 0;
  /** Where `#pending` begins in the source. */
  #offset: number;
  #state = CELL_START;
  #line = 1;
  /** Of the record that is not complete yet. */
  #start = { line: 1, cells: 1, quotes: false, strayQuote: false };
  /** The line of the last quote that opened a cell. */
  #quoteLine = 1;

  /** `offset`: where the first pushed byte stands in the source. Without a delimiter, quotes have no meaning. */
  constructor(offset: number, delimiter?: string) {
    this.#offset = offset;
    this.#kinds[0] = NUL_BYTE;
    this.#kinds[LF] = this.#kinds[CR] = LINE_END;
    if (delimiter === undefined) return;
    this.#kinds[QUOTE] = QUOTE_MARK;
    this.#kinds[delimiter.charCodeAt(0)] = DELIMITER;
  }

  /** The bytes behind the last whole record. */
  get rest(): Buffer {
    return this.#pending;
  }

  /** The records that are complete with this chunk; good until the next push. */
  push(chunk: Buffer): Stretch {
    const pending = this.#pending;
    const length = pending.length + chunk.length;
    const buffer = length <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(2 * length);
    pending.copy(buffer);
    chunk.copy(buffer, pending.length);
    this.#buffer = buffer;
    return this.#frame(buffer.subarray(0, length), false);
  }

  /** The record that the end of the file completes, if there is one. */
  end(): Stretch {
    return this.#frame(this.#pending, true);
  }

  #frame(bytes: Buffer, last: boolean): Stretch {
    const found: Found = { ends: [], lines: [], quotes: false, strayQuotes: new Set() };
    const offset = this.#offset;
    if (this.damage !== undefined) return { bytes: bytes.subarray(0, 0), offset, ...found };
    const stopped = this.#scan(bytes, last, found);
    if (this.damage === undefined && last) this.#endFile(bytes, found);
    this.#checkText(bytes, stopped, found);
    const whole = lastOf(found.ends);
    this.#pending = bytes.subarray(whole);
    this.#scanned = stopped - whole;
    this.#offset += whole;
    return { bytes: bytes.subarray(0, whole), offset, ...found };
  }

  /** Where it stopped: at the end of the bytes, before a CR whose LF may still come, or at damage. */
  #scan(bytes: Buffer, last: boolean, found: Found): number {
    const kinds = this.#kinds;
    let state = this.#state;
    let at = this.#scanned;
    // No byte behind the longest record is looked at, so that the same damage is found however the file is chunked.
    let stop = Math.min(bytes.length, MAX_RECORD);
    for (; at < stop; at++) {
      const next = TABLE[(state << 3) | (kinds[bytes[at] as number] as number)] as number;
      if (next < ACTIONS) {
        state = next;
      } else if (next === END_CELL) {
        state = CELL_START;
        if (++this.#start.cells > MAX_CELLS) break;
      } else if (next === END_RECORD) {
        if (bytes[at] === CR && at + 1 === bytes.length && !last) break;
        if (bytes[at] === CR && bytes[at + 1] === LF) at++;
        this.#line++;
        state = CELL_START;
        this.#endRecord(at + 1, found);
        stop = Math.min(bytes.length, at + 1 + MAX_RECORD);
      } else if (next === END_LINE) {
        if (bytes[at] === CR || bytes[at - 1] !== CR) this.#line++;
      } else if (next === OPEN_QUOTE || next === STRAY_QUOTE) {
        this.#start.quotes = true;
        if (next === STRAY_QUOTE) this.#start.strayQuote = true;
        else this.#quoteLine = this.#line;
        state = next === OPEN_QUOTE ? IN_QUOTES : IN_CELL;
      } else {
        this.#stopAt(bytes, at, next, found);
        break;
      }
    }
    this.#state = state;
    this.#checkSize(bytes, at, found);
    return at;
  }

  #endRecord(end: number, found: Found): void {
    const { line, quotes, strayQuote } = this.#start;
    if (strayQuote) found.strayQuotes.add(found.ends.length);
    found.quotes ||= quotes;
    found.ends.push(end);
    found.lines.push(line);
    this.#start.line = this.#line;
    this.#start.cells = 1;
    this.#start.quotes = this.#start.strayQuote = false;
  }

  #endFile(bytes: Buffer, found: Found): void {
    if (this.#state === IN_QUOTES) this.damage = quoteNotClosed(this.#quoteLine);
    else if (bytes.length > lastOf(found.ends)) this.#endRecord(bytes.length, found);
  }

  #stopAt(bytes: Buffer, at: number, action: number, found: Found): void {
    const spot = spotOf(bytes, lastOf(found.ends), at, this.#start.line);
    this.damage = action === NUL ? nulByte(spot) : textBehindQuote(spot, this.#quoteLine);
  }

  #checkSize(bytes: Buffer, at: number, found: Found): void {
    if (this.damage !== undefined) return;
    const { line, cells } = this.#start;
    if (cells > MAX_CELLS) this.damage = tooManyCells(line);
    else if (at < bytes.length && at - lastOf(found.ends) >= MAX_RECORD) {
      const inQuotes = this.#state === IN_QUOTES;
      this.damage = inQuotes ? quoteTooLong(this.#quoteLine) : recordTooLong(line);
    }
  }

  /** Records end at line ends, which no character contains: so whole records can be checked without a carry. */
  #checkText(bytes: Buffer, stopped: number, found: Found): void {
    const cut = this.damage !== undefined;
    const at = invalidUtf8At(bytes.subarray(0, cut ? stopped : lastOf(found.ends)), cut);
    if (at === -1) return;
    let record = found.ends.findIndex((end) => end > at);
    if (record === -1) record = found.ends.length;
    const line = found.lines[record] ?? this.#start.line;
    found.ends.length = found.lines.length = record;
    for (const stray of found.strayQuotes) if (stray >= record) found.strayQuotes.delete(stray);
    this.damage = notUtf8(spotOf(bytes, lastOf(found.ends), at, line));
  }
}

function lastOf(ends: readonly number[]): number {
  return ends.at(-1) ?? 0;
}
