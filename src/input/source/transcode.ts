/** Converts bytes of another encoding to UTF-8, if the same bytes can be made from that again. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { InputError } from '../../errors.js';
import type { Encoding } from './encoding.js';
import {
  alreadyUtf8,
  MAX_RECORD,
  notInEncoding,
  notReversible,
  recordTooLong,
  twoEncodings,
} from './source-errors.js';

const LF = 10;
const CR = 13;

/** Bytes without a line end from which on a row is too long in any encoding. */
const LONGEST = 2 * MAX_RECORD;

/**
 * The chunks in UTF-8, cut at line ends.
 *
 * @throws InputError with line and byte for bytes that are not valid in the encoding, or that would come out as other
 *   bytes on the way back; at the end for an input that is in UTF-8
 */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<Buffer, void, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let line = 1;
  const utf8 = new Utf8Detector(encoding);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const end = lastLineEnd(pending, encoding);
    if (end > 0) {
      utf8.add(pending.subarray(0, end), line);
      const text = textOf(pending.subarray(0, end), encoding, line);
      line += lineEnds(text);
      yield text;
      pending = pending.subarray(end);
    }
    if (pending.length > LONGEST) throw recordTooLong(line);
  }
  utf8.add(pending, line);
  utf8.check(encoding.name);
  if (pending.length > 0) yield textOf(pending, encoding, line);
}

/**
 * Detects that the input, or a part of it, is in UTF-8 after all. A letter beyond ASCII takes several bytes there, and
 * such bytes hardly ever follow each other in an encoding of one byte a letter: read as that, each letter would be two or
 * three odd ones.
 */
class Utf8Detector {
  readonly #isPossible: boolean;
  /** The first lines with bytes beyond ASCII: one that is in UTF-8, and one that is not. */
  #utf8Line: number | undefined;
  #otherLine: number | undefined;

  constructor(encoding: Encoding) {
    this.#isPossible = encoding.isSingleByte;
  }

  /** @param line the line of the first byte; the last one is whole */
  add(bytes: Buffer, line: number): void {
    const isKnown = this.#utf8Line !== undefined && this.#otherLine !== undefined;
    if (!this.#isPossible || isKnown || isAscii(bytes)) return;
    for (let start = 0, number = line; start < bytes.length; number += 1) {
      const end = lineEndFrom(bytes, start);
      const text = bytes.subarray(start, end);
      if (!isAscii(text)) {
        if (isUtf8(text)) this.#utf8Line ??= number;
        else this.#otherLine ??= number;
      }
      start = end;
    }
  }

  /** @throws InputError if the input, or a part of it, is in UTF-8 */
  check(given: string): void {
    if (this.#utf8Line === undefined) return;
    if (this.#otherLine === undefined) throw alreadyUtf8(this.#utf8Line, given);
    throw twoEncodings(this.#otherLine, this.#utf8Line, given);
  }
}

function textOf(bytes: Buffer, encoding: Encoding, line: number): Buffer {
  const text = encoding.toText(bytes);
  const utf8 = Buffer.from(text);
  if (encoding.toBytes(utf8.toString()).equals(bytes) && encoding.controlAt(text) === -1) return utf8;
  throw faultIn(bytes, encoding, line);
}

function faultIn(bytes: Buffer, encoding: Encoding, line: number): InputError {
  let start = 0;
  for (let number = line; ; number++) {
    const end = firstLineEnd(bytes, start, encoding);
    const fault = faultAt(bytes.subarray(start, end), encoding);
    if (fault !== undefined) {
      const place = { line: number, column: fault.at + 1 };
      return fault.isValid
        ? notReversible(place, encoding.name)
        : notInEncoding(place, encoding.name, fault.isControl);
    }
    // Every fault is in some line, so this cannot happen; if it does, it must not loop for ever.
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
  // By way of UTF-8, which has no half surrogate pairs.
  const text = Buffer.from(encoding.toText(bytes)).toString();
  const back = encoding.toBytes(text);
  const control = encoding.controlAt(text);
  if (control !== -1) {
    return { at: encoding.toBytes(text.slice(0, control)).length, isValid: false, isControl: true };
  }
  if (back.equals(bytes)) return undefined;
  const differs = bytes.findIndex((byte, at) => back[at] !== byte);
  const replaced = text.indexOf('\ufffd');
  const isValid = replaced === -1 && differs !== back.length;
  return { at: Math.max(differs, 0), isValid, isControl: false };
}

/** Offset just behind the last line end, 0 if there is none. A CR at the very end may be half a line end. */
function lastLineEnd(bytes: Buffer, encoding: Encoding): number {
  const { unitBytes } = encoding;
  const last = bytes.length - (bytes.length % unitBytes) - unitBytes;
  let behindCr = 0;
  for (let at = last; at >= 0; at -= unitBytes) {
    const unit = encoding.unitAt(bytes, at);
    if (unit === LF) return at + unitBytes;
    if (unit === CR && at < last && behindCr === 0) behindCr = at + unitBytes;
  }
  return behindCr;
}

/** Offset just behind the first line end from `start` on, or the end. */
function firstLineEnd(bytes: Buffer, start: number, encoding: Encoding): number {
  const { unitBytes } = encoding;
  for (let at = start; at < bytes.length; at += unitBytes) {
    const unit = encoding.unitAt(bytes, at);
    if (unit === LF) return at + unitBytes;
    if (unit !== CR) continue;
    return encoding.unitAt(bytes, at + unitBytes) === LF ? at + 2 * unitBytes : at + unitBytes;
  }
  return bytes.length;
}

/** Offset just behind the first line end from `start` on, or the end. */
function lineEndFrom(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) return at + 1;
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
