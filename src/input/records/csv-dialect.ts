/** Detects the dialect of an input from its first bytes: the byte order mark, and for CSV the delimiter and the rows above its header. */

import { MAX_RECORD } from '../source/source-errors.js';
import { cellsOf } from './csv-cells.js';
import { csvFault, hasWholeLine, jsonlFault } from './first-glance.js';
import { RecordFramer } from './record-framer.js';

/** What the first bytes of an input have shown. */
export interface Dialect {
  /** Length in bytes of the byte order mark, 0 without one. */
  readonly bom: number;
  /** Undefined for JSONL. */
  readonly delimiter?: string;
  /** How many records are above the header. Blank records among the first ones count. */
  readonly skip: number;
  /** All bytes read so far, without the byte order mark. */
  readonly rest: Buffer;
}

/** What is known of an input before it is read. */
export interface DialectOptions {
  readonly format: 'csv' | 'jsonl';
  /** The delimiter that the caller gives: nothing else counts then. */
  readonly delimiter?: string | undefined;
  /** The delimiter that the file's name tells: a `sep=` line outranks it. */
  readonly byName?: string | undefined;
  /** How many records above the header are left out. Default: 0. */
  readonly skipRows?: number | undefined;
  readonly isColumnName: IsColumnName;
}

/** Whether a header's cell is the name of a known column. */
export type IsColumnName = (cell: string) => boolean;

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
/** Bytes of a header that tell its delimiter: one whose quote is not closed goes on for a megabyte. */
const TELLING = 65_536;
const BOM = Buffer.from('\ufeff');

/** Collects chunks until the header is complete. */
export class DialectDetector {
  readonly #options: DialectOptions;
  #bytes: Buffer = Buffer.alloc(0);
  /** Whether the first line was looked at. */
  #isSeen = false;
  readonly #scan = { at: 0, quoted: false, content: false, records: 0 };

  constructor(options: DialectOptions) {
    this.#options = options;
  }

  /**
   * The dialect; undefined as long as more bytes are needed.
   *
   * @param last whether there are no more bytes
   */
  push(chunk: Buffer, last: boolean): Dialect | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < BOM.length && !last) return undefined;
    const bom = BOM.equals(this.#bytes.subarray(0, BOM.length)) ? BOM.length : 0;
    const rest = this.#bytes.subarray(bom);
    const { format, delimiter, byName, skipRows = 0, isColumnName } = this.#options;
    if (!this.#isSeen && !last && (rest.length < INSTRUCTION_BYTES || !hasWholeLine(rest))) return undefined;
    if (!this.#isSeen) {
      this.#isSeen = true;
      const fault = format === 'jsonl' ? jsonlFault(rest, (line) => this.#isHeader(line)) : csvFault(rest);
      if (fault) throw fault;
    }
    if (format === 'jsonl') return { bom, rest, skip: 0 };
    const instruction = instructionIn(rest);
    const skip = Math.max(skipRows, instruction === undefined ? 0 : 1);
    const known = delimiter ?? instruction?.delimiter ?? byName;
    if (known !== undefined) return { bom, rest, skip, delimiter: known };
    const end = this.#headerEnd(rest, skip);
    if (end === -1 && !last) return undefined;
    const upToHeader = rest.subarray(0, Math.min(end === -1 ? rest.length : end, TELLING));
    return { bom, rest, skip, delimiter: bestDelimiter(upToHeader, isColumnName, skip) };
  }

  #isHeader(line: Buffer): boolean {
    const { isColumnName } = this.#options;
    return (
      headerCells(line, bestDelimiter(line, isColumnName), 0).filter((cell) => isColumnName(cell)).length > 1
    );
  }

  /**
   * Offset just behind the first line with content below the skipped ones, not counting line ends inside quotes; -1 if it
   * is not there yet.
   */
  #headerEnd(bytes: Buffer, skip: number): number {
    const scan = this.#scan;
    const stop = Math.min(bytes.length, MAX_RECORD);
    for (; scan.at < stop; scan.at++) {
      const byte = bytes[scan.at] as number;
      if (byte === QUOTE) scan.quoted = !scan.quoted;
      const isEnd = byte === CR || (byte === LF && bytes[scan.at - 1] !== CR);
      if (isEnd && !scan.quoted) {
        if (scan.records < skip) scan.records++;
        else if (scan.content) return scan.at + 1;
      } else if (byte > SPACE && scan.records === skip) scan.content = true;
    }
    return stop === MAX_RECORD ? stop : -1;
  }
}

/** What a program has written into the first line for another program. */
interface Instruction {
  /** The one that a `sep=` names. */
  readonly delimiter?: string;
}

/** Length of the longest instruction: `"sep=;"` and a line end. */
const INSTRUCTION_BYTES = 8;

/** PowerShell 5 writes `#TYPE` and a type's name, Entra's templates begin with `version:v1.0`, Excel reads `sep=` and the delimiter. */
function instructionIn(bytes: Buffer): Instruction | undefined {
  const start = bytes.toString('latin1', 0, INSTRUCTION_BYTES);
  if (/^(?:#TYPE[ \t]|version:)/i.test(start)) return {};
  const [, quote, delimiter = ''] = /^("?)sep=(.)\1(?:[\r\n]|$)/i.exec(start) ?? [];
  return quote !== undefined && isDelimiter(delimiter) ? { delimiter } : undefined;
}

/** Earlier ones are preferred if nothing else tells them apart. */
const CANDIDATES = [',', ';', '\t', '|'];

/**
 * The delimiter that gives the header the most known columns; of several, the one that gives it the most cells, and then
 * the one that occurs most often. The last rule counts if no delimiter splits the header, for example because its quotes
 * are wrong.
 *
 * @param bytes from the input's first record to the end of its header
 * @param skip how many records are above the header
 */
export function bestDelimiter(bytes: Buffer, isColumnName: IsColumnName, skip = 0): string {
  const found = CANDIDATES.map((delimiter) => {
    const cells = headerCells(bytes, delimiter, skip);
    return {
      delimiter,
      known: cells.filter((cell) => isColumnName(cell)).length,
      cells: Math.max(cells.length, 1),
      often: bytes.filter((byte) => byte === delimiter.charCodeAt(0)).length,
    };
  });
  found.sort((a, b) => b.known - a.known || b.cells - a.cells || b.often - a.often);
  return found[0]?.delimiter ?? ',';
}

function headerCells(bytes: Buffer, delimiter: string, skip: number): string[] {
  const framer = new RecordFramer(0, delimiter);
  const records = [...cellsOf(framer.push(bytes), delimiter), ...cellsOf(framer.end(), delimiter)];
  return records.slice(skip).find((record) => record.some((cell) => cell.trim() !== '')) ?? [];
}

/** Whether it can separate cells: one ASCII character of punctuation, or a tab. */
export function isDelimiter(text: string): boolean {
  return /^[\t!#-/:-@[-`{-~]$/.test(text);
}
