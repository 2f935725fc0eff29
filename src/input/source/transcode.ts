/** Bytes of another encoding into UTF-8, such that they can be made of it again; or the place where that ends. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from './encoding.js';
import { alreadyUtf8, MAX_RECORD, notInEncoding, notReversible, recordTooLong } from './source-errors.js';

const LF = 10;
const CR = 13;

/** Without a line end in so many bytes, the row is longer than the longest one in whatever encoding. */
const LONGEST = 2 * MAX_RECORD;

/**
 * The chunks in UTF-8, cut at line ends. Throws InputError with line and byte for what is not valid in the encoding,
 * and for what is but would come out as other bytes on the way back; at the end for an input that is in UTF-8.
 */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<Buffer, void, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let line = 1;
  const utf8 = new Utf8Watch(encoding);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const end = lastLineEnd(pending, encoding);
    if (end > 0) {
      utf8.see(pending.subarray(0, end), line);
      const text = textOf(pending.subarray(0, end), encoding, line);
      line += lineEnds(text);
      yield text;
      pending = pending.subarray(end);
    }
    if (pending.length > LONGEST) throw recordTooLong(line);
  }
  utf8.see(pending, line);
  if (utf8.letters !== undefined) throw alreadyUtf8(utf8.letters, encoding.name);
  if (pending.length > 0) yield textOf(pending, encoding, line);
}

/**
 * Whether the input is in UTF-8 after all. Letters beyond ASCII take several bytes there that hardly ever follow each
 * other in an encoding of one byte a letter: read as that, each of them would be two or three odd ones.
 */
class Utf8Watch {
  private isPossible: boolean;
  private first: number | undefined;

  constructor(encoding: Encoding) {
    this.isPossible = encoding.isSingleByte;
  }

  /** @param line that of the first byte */
  see(bytes: Buffer, line: number): void {
    this.isPossible &&= isUtf8(bytes);
    if (!this.isPossible || this.first !== undefined || isAscii(bytes)) return;
    this.first =
      line +
      lineEnds(
        bytes.subarray(
          0,
          bytes.findIndex((byte) => byte > 127),
        ),
      );
  }

  /** The line of the first letter beyond ASCII; undefined where there is none, or where it is no UTF-8. */
  get letters(): number | undefined {
    return this.isPossible ? this.first : undefined;
  }
}

function textOf(bytes: Buffer, encoding: Encoding, line: number): Buffer {
  const text = encoding.toText(bytes);
  const utf8 = Buffer.from(text);
  if (encoding.toBytes(utf8.toString()).equals(bytes) && encoding.oddAt(text) === -1) return utf8;
  throw faultIn(bytes, encoding, line);
}

function faultIn(bytes: Buffer, encoding: Encoding, line: number) {
  let start = 0;
  for (let number = line; ; number++) {
    const end = firstLineEnd(bytes, start, encoding);
    const fault = faultAt(bytes.subarray(start, end), encoding);
    if (fault !== undefined) {
      const spot = { line: number, column: fault.at + 1 };
      return fault.isValid
        ? notReversible(spot, encoding.name)
        : notInEncoding(spot, encoding.name, fault.isControl);
    }
    // Every fault lies in a line: this cannot be, and must not loop for ever if it is.
    if (end === bytes.length) return notInEncoding({ line, column: 1 }, encoding.name, false);
    start = end;
  }
}

interface Fault {
  readonly at: number;
  /** Whether the bytes do mean a character. */
  readonly isValid: boolean;
  readonly isControl: boolean;
}

function faultAt(bytes: Buffer, encoding: Encoding): Fault | undefined {
  // As UTF-8 has it: half a surrogate pair is none there.
  const text = Buffer.from(encoding.toText(bytes)).toString();
  const back = encoding.toBytes(text);
  const control = encoding.oddAt(text);
  if (control !== -1) {
    return { at: encoding.toBytes(text.slice(0, control)).length, isValid: false, isControl: true };
  }
  if (back.equals(bytes)) return undefined;
  const differs = bytes.findIndex((byte, at) => back[at] !== byte);
  const replaced = text.indexOf('\ufffd');
  const isValid = replaced === -1 && differs !== back.length;
  return { at: Math.max(differs, 0), isValid, isControl: false };
}

/** Just behind the last line end, 0 where there is none. A CR at the very end may be half a line end. */
function lastLineEnd(bytes: Buffer, encoding: Encoding): number {
  const { width } = encoding;
  const last = bytes.length - (bytes.length % width) - width;
  let behindCr = 0;
  for (let at = last; at >= 0; at -= width) {
    const unit = encoding.unit(bytes, at);
    if (unit === LF) return at + width;
    if (unit === CR && at < last && behindCr === 0) behindCr = at + width;
  }
  return behindCr;
}

/** Just behind the first line end from `start` on, or the end. */
function firstLineEnd(bytes: Buffer, start: number, encoding: Encoding): number {
  const { width } = encoding;
  for (let at = start; at < bytes.length; at += width) {
    const unit = encoding.unit(bytes, at);
    if (unit === LF) return at + width;
    if (unit === CR) return encoding.unit(bytes, at + width) === LF ? at + 2 * width : at + width;
  }
  return bytes.length;
}

function lineEnds(utf8: Buffer): number {
  let count = 0;
  for (let at = 0; at < utf8.length; at++) {
    if (utf8[at] === LF || (utf8[at] === CR && utf8[at + 1] !== LF)) count++;
  }
  return count;
}
