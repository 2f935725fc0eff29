/** Finds where bytes stop being UTF-8. */
import { isUtf8 } from 'node:buffer';

/**
 * Offset of the first byte that begins no valid character, or -1 if there is none.
 *
 * @param cut whether the bytes may end in the middle of a character
 */
export function invalidUtf8At(bytes: Buffer, cut = false): number {
  if (isUtf8(bytes)) return -1;
  let at = 0;
  while (at < bytes.length) {
    const length = lengthBy(bytes[at] as number);
    if (cut && at + length > bytes.length) return couldBegin(bytes.subarray(at)) ? -1 : at;
    const isValid = length === 1 || (length > 1 && isUtf8(bytes.subarray(at, at + length)));
    if (!isValid) return at;
    at += length;
  }
  return -1;
}

/** Bytes of the character that begins with this byte; 0 if none does. */
function lengthBy(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// Tries the lowest and the highest continuation byte: some lead bytes restrict their second byte.
function couldBegin(start: Buffer): boolean {
  const missing = lengthBy(start[0] as number) - start.length;
  return [0x80, 0xbf, 0x90].some((byte) => isUtf8(Buffer.concat([start, Buffer.alloc(missing, byte)])));
}
