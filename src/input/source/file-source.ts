/** A source that is read from the disk as it is. */
import { createHash, hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { delimiterOf, type FileFormat, type Format, rowFormat } from './format.js';
import type { Source } from './source.js';
import { changedFile } from './source-errors.js';

/** Bytes read at once. */
const BLOCK = 64 * 1024;
/** Bytes given out at once. With larger ones, so many rows outlive a scavenge that V8 doubles its young generation. */
const CHUNK = 8 * 1024;
const BOM = Buffer.from('\ufeff');

/** A file in UTF-8, or the original of a DerivedSource. */
export class FileSource implements Source {
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  readonly fileFormat: FileFormat;
  readonly isCopy = false;
  declare readonly delimiter?: string;
  readonly size: number;
  readonly encoding = 'utf-8';
  readonly bomLength: number;
  readonly #file: FileHandle;
  /** SHA-256 of each block as it was first read: every later pass gives the same bytes, or none. */
  readonly #blocks: Buffer[] = [];
  /** The block that was read last: neighbouring rows are mostly in the same one. */
  #last: { readonly index: number; readonly bytes: Buffer } | undefined;
  /** Undefined for a file that has no name any more, so that nobody can change it. */
  readonly #opened: BigIntStats | undefined;

  constructor(
    name: string,
    path: string,
    format: FileFormat,
    file: FileHandle,
    stats: BigIntStats,
    { named, hasBom }: { readonly named: boolean; readonly hasBom: boolean },
  ) {
    this.name = name;
    this.path = path;
    this.format = rowFormat(format);
    this.fileFormat = format;
    this.size = Number(stats.size);
    this.bomLength = hasBom ? BOM.length : 0;
    this.#file = file;
    this.#opened = named ? stats : undefined;
    const delimiter = format === 'csv' ? delimiterOf(name) : undefined;
    if (delimiter !== undefined) this.delimiter = delimiter;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (let index = 0; index * BLOCK < this.size; index += 1) {
      const block = await this.#checked(index);
      for (let at = 0; at < block.length; at += CHUNK) yield block.subarray(at, at + CHUNK);
    }
  }

  /**
   * The same blocks, each of which is overwritten by the next. A pass that makes no garbage of its own would hold on to
   * every block, as those are no reason for V8 to collect any.
   */
  async *passing(): AsyncGenerator<Buffer> {
    const into = Buffer.allocUnsafeSlow(Math.min(BLOCK, this.size));
    for (let index = 0; index * BLOCK < this.size; index += 1) yield await this.#checked(index, into);
  }

  async slice(start: number, end: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.originals(start, end)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *originals(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    for (let at = start; at < end; ) {
      const index = Math.floor(at / BLOCK);
      const from = index * BLOCK;
      const { bytes } = this.#last?.index === index ? this.#last : await this.#keep(index);
      const piece = bytes.subarray(at - from, end - from);
      if (piece.length === 0) throw changedFile();
      yield piece;
      at += piece.length;
    }
  }

  async #keep(index: number): Promise<{ readonly bytes: Buffer }> {
    this.#last = { index, bytes: await this.#checked(index) };
    return this.#last;
  }

  /** @throws ChangedInputError if the block is another than in an earlier pass */
  async #checked(index: number, into?: Buffer): Promise<Buffer> {
    const start = index * BLOCK;
    const block = await this.#read(start, Math.min(start + BLOCK, this.size), into);
    const sha256 = hash('sha256', block, 'buffer');
    const before = this.#blocks[index];
    if (before === undefined) this.#blocks[index] = sha256;
    else if (!before.equals(sha256)) throw changedFile();
    return block;
  }

  async #read(start: number, end: number, into?: Buffer): Promise<Buffer> {
    const length = Math.max(0, end - start);
    const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw changedFile();
      filled += bytesRead;
    }
    return bytes;
  }

  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    for await (const block of this.passing()) hash.update(block);
    return hash.digest('hex');
  }

  async unchanged(): Promise<boolean> {
    const then = this.#opened;
    if (then === undefined) return true;
    const now = await stat(this.path, { bigint: true }).catch(() => undefined);
    if (now === undefined) return false;
    // The time of a change can be put back; that of the inode cannot.
    return (['size', 'mtimeNs', 'ctimeNs', 'ino', 'dev'] as const).every((name) => now[name] === then[name]);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
