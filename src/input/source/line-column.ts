/** A place in the source as a person looks for it. */

/** A line and a byte in that line; both start at 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

const LF = 10;
const CR = 13;

/**
 * The place of the byte at offset `at`.
 *
 * @param from offset of the first byte of line `line`
 */
export function lineColumnAt(bytes: Buffer, from: number, at: number, line: number): LineColumn {
  let lineStart = from;
  let lines = 0;
  for (let i = from; i < at; i++) {
    const byte = bytes[i];
    if (byte !== LF && byte !== CR) continue;
    if (byte === CR || i === from || bytes[i - 1] !== CR) lines++;
    lineStart = i + 1;
  }
  return { line: line + lines, column: at - lineStart + 1 };
}
