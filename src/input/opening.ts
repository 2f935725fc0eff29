/** The first bytes of an input: its encoding, and for CSV its delimiter. */
import { cellsOf } from './cells.js';
import { columnOf } from './columns.js';
import { MAX_RECORD, utf16 } from './damage.js';
import { Framer } from './frame.js';

/** What is known once enough of the input is there. */
export interface Opened {
  /** Length of the byte order mark, 0 without one. */
  readonly bom: number;
  /** Undefined for JSONL. */
  readonly delimiter?: string;
  /** Every byte read so far, without the byte order mark. */
  readonly rest: Buffer;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const BOM = Buffer.from('\ufeff');

/** Collects chunks until the header is complete. */
export class Opening {
  readonly #isCsv: boolean;
  readonly #delimiter: string | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #quoted = false;
  #content = false;

  /** With a delimiter there is none to be found. */
  constructor(format: 'csv' | 'jsonl', delimiter?: string) {
    this.#isCsv = format === 'csv';
    this.#delimiter = delimiter;
  }

  /** Undefined while more is needed; `last` says that there is no more. Throws InputError for UTF-16. */
  push(chunk: Buffer, last: boolean): Opened | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < BOM.length && !last) return undefined;
    const mark = this.#bytes.subarray(0, 2).toString('latin1');
    if (mark === '\xff\xfe' || mark === '\xfe\xff') throw utf16();
    const bom = BOM.equals(this.#bytes.subarray(0, BOM.length)) ? BOM.length : 0;
    const rest = this.#bytes.subarray(bom);
    if (!this.#isCsv) return { bom, rest };
    if (this.#delimiter !== undefined) return { bom, rest, delimiter: this.#delimiter };
    const end = this.#firstLineEnd(rest);
    return end === -1 && !last
      ? undefined
      : { bom, rest, delimiter: bestDelimiter(rest.subarray(0, end === -1 ? rest.length : end)) };
  }

  /** Just behind the first line with something in it, line ends inside quotes apart; -1 where it is not there yet. */
  #firstLineEnd(bytes: Buffer): number {
    const stop = Math.min(bytes.length, MAX_RECORD);
    for (let at = this.#scanned; at < stop; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      if ((byte === LF || byte === CR) && !this.#quoted && this.#content) return at + 1;
      if (byte > SPACE) this.#content = true;
    }
    this.#scanned = stop;
    return stop === MAX_RECORD ? stop : -1;
  }
}

/** The delimiter that makes the most known columns of the header; of several, the one that stands in it most often. */
export function bestDelimiter(header: Buffer): string {
  const often = (delimiter: string) => header.filter((byte) => byte === delimiter.charCodeAt(0)).length;
  const candidates = [',', ';', '\t'].sort((a, b) => often(b) - often(a));
  const known = candidates.map((delimiter) => knownColumns(header, delimiter));
  return candidates[known.indexOf(Math.max(...known))] as string;
}

function knownColumns(header: Buffer, delimiter: string): number {
  const framer = new Framer(0, delimiter);
  const records = [...cellsOf(framer.push(header), delimiter), ...cellsOf(framer.end(), delimiter)];
  const cells = records.find((record) => record.some((cell) => cell.trim() !== '')) ?? [];
  return cells.filter((cell) => columnOf(cell) !== undefined).length;
}
