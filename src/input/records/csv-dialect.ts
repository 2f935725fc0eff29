/** The first bytes of an input: its byte order mark, and for CSV its delimiter and what stands above its header. */

import { MAX_RECORD } from '../source/source-errors.js';
import { cellsOf } from './csv-cells.js';
import { Framer } from './record-framer.js';

/** What is known once enough of the input is there. */
export interface Opened {
  /** Length of the byte order mark, 0 without one. */
  readonly bom: number;
  /** Undefined for JSONL. */
  readonly delimiter?: string;
  /** How many records stand above the header, the blank ones among the first so many included. */
  readonly skip: number;
  /** Every byte read so far, without the byte order mark. */
  readonly rest: Buffer;
}

/** What is known before. */
export interface Opens {
  readonly format: 'csv' | 'jsonl';
  /** The delimiter that the user gives: nothing else counts. */
  readonly delimiter?: string | undefined;
  /** The delimiter that the file's name tells: a `sep=` line is stronger. */
  readonly byName?: string | undefined;
  /** How many records above the header are left out. Default: 0. */
  readonly skipRows?: number | undefined;
  /** Whether a header's cell is the name of a column. */
  readonly isKnown: IsKnown;
}

export type IsKnown = (cell: string) => boolean;

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const BOM = Buffer.from('\ufeff');

/** Collects chunks until the header is complete. */
export class Opening {
  readonly #opens: Opens;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #scan = { at: 0, quoted: false, content: false, records: 0 };

  constructor(opens: Opens) {
    this.#opens = opens;
  }

  /** Undefined while more is needed; `last` says that there is no more. */
  push(chunk: Buffer, last: boolean): Opened | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < BOM.length && !last) return undefined;
    const bom = BOM.equals(this.#bytes.subarray(0, BOM.length)) ? BOM.length : 0;
    const rest = this.#bytes.subarray(bom);
    const { format, delimiter, byName, skipRows = 0, isKnown } = this.#opens;
    if (format === 'jsonl') return { bom, rest, skip: 0 };
    if (rest.length < INSTRUCTION_BYTES && !last) return undefined;
    const instruction = instructionIn(rest);
    const skip = Math.max(skipRows, instruction === undefined ? 0 : 1);
    const told = delimiter ?? instruction?.delimiter ?? byName;
    if (told !== undefined) return { bom, rest, skip, delimiter: told };
    const end = this.#headerEnd(rest, skip);
    if (end === -1 && !last) return undefined;
    const upToHeader = rest.subarray(0, end === -1 ? rest.length : end);
    return { bom, rest, skip, delimiter: bestDelimiter(upToHeader, isKnown, skip) };
  }

  /**
   * Just behind the first line with something in it below the skipped ones, line ends inside quotes apart; -1 where it
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

/** No instruction needs a look at more bytes than this: `"sep=;"` and a line end. */
const INSTRUCTION_BYTES = 8;

/** PowerShell 5 writes `#TYPE` and a type's name, Excel reads `sep=` and the delimiter. */
function instructionIn(bytes: Buffer): Instruction | undefined {
  const start = bytes.toString('latin1', 0, INSTRUCTION_BYTES);
  if (/^#TYPE[ \t]/i.test(start)) return {};
  const [, quote, delimiter = ''] = /^("?)sep=(.)\1(?:[\r\n]|$)/i.exec(start) ?? [];
  return quote !== undefined && isDelimiter(delimiter) ? { delimiter } : undefined;
}

/** In the order in which they are preferred where nothing tells them apart. */
const CANDIDATES = [',', ';', '\t', '|'];

/**
 * The delimiter that makes the most known columns of the header, of several the one that makes the most cells; so
 * where no column is known, the one that cuts the header into the most cells. Where none cuts it, as where its quotes
 * are wrong, the one that stands there most often.
 *
 * @param bytes from the input's first record to the end of its header
 * @param isKnown whether a cell of the header is the name of a column
 * @param skip how many records stand above the header
 */
export function bestDelimiter(bytes: Buffer, isKnown: IsKnown, skip = 0): string {
  const found = CANDIDATES.map((delimiter) => {
    const cells = headerCells(bytes, delimiter, skip);
    return {
      delimiter,
      known: cells.filter((cell) => isKnown(cell)).length,
      cells: Math.max(cells.length, 1),
      often: bytes.filter((byte) => byte === delimiter.charCodeAt(0)).length,
    };
  });
  found.sort((a, b) => b.known - a.known || b.cells - a.cells || b.often - a.often);
  return found[0]?.delimiter ?? ',';
}

function headerCells(bytes: Buffer, delimiter: string, skip: number): string[] {
  const framer = new Framer(0, delimiter);
  const records = [...cellsOf(framer.push(bytes), delimiter), ...cellsOf(framer.end(), delimiter)];
  return records.slice(skip).find((record) => record.some((cell) => cell.trim() !== '')) ?? [];
}

/** Whether it can stand between cells: one ASCII character of punctuation, or a tab. */
export function isDelimiter(text: string): boolean {
  return /^[\t!#-/:-@[-`{-~]$/.test(text);
}
