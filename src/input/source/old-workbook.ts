/** The container of old Excel files, which an .xlsx with a password comes in as well ([MS-CFB], 2.2 and 2.6). */
import type { FileHandle } from 'node:fs/promises';

const HEADER = 512;
const SECTOR_SHIFT = 30;
const DIRECTORY_START = 48;
/** Bytes of the directory that are looked at: entries of 128 bytes each, the first ones first. */
const LOOKED_AT = 4096;
const NAME = 'EncryptedPackage';
const ENCRYPTED = Buffer.from(NAME, 'utf16le');

/** Whether the file holds what a password protects. */
export async function isEncrypted(file: FileHandle): Promise<boolean> {
  const header = await bytesAt(file, 0, HEADER);
  if (header.length < HEADER) return false;
  const shift = header.readUInt16LE(SECTOR_SHIFT);
  if (shift !== 9 && shift !== 12) return false;
  const start = (header.readUInt32LE(DIRECTORY_START) + 1) * 2 ** shift;
  return (await bytesAt(file, start, LOOKED_AT)).includes(ENCRYPTED);
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}
