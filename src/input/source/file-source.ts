/** A source that is read from the disk as it is. */
import { createHash, hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { delimiterOf, type Format } from './format.js';
import type { Source } from './source.js';
import { changedFile } from './source-errors.js';

/** Bytes read at once. */
const BLOCK = 64 * 1024;
/** Bytes given out at once. With larger ones, so many rows outlive a scavenge that V8 doubles its young generation. */
const CHUNK = 8 * 1024;
/** Bytes copied at once. */
const PIECE = 1024 * 1024;
const BOM = Buffer.from('\ufeff');

/** A file in UTF-8, or the original of a TranscodedSource. */
export class FileSource implements Source {
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  declare readonly delimiter?: string;
  readonly size: number;
  readonly encoding = 'utf-8';
  readonly bomLength: number;
  readonly #file: FileHandle;
  /** SHA-256 of each block as it was first read: every later pass gives the same bytes, or none. */
  readonly #blocks: Buffer[] = [];
  /** Undefined for a file that has no name any more, so that nobody can change it. */
  readonly #opened: BigIntStats | undefined;

  constructor(
    name: string,
    path: string,
    format: Format,
    file: FileHandle,
    stats: BigIntStats,
    { named, hasBom }: { readonly named: boolean; readonly hasBom: boolean },
  ) {
    this.name = name;
    this.path = path;
    this.format = format;
    this.size = Number(stats.size);
    this.bomLength = hasBom ? BOM.length : 0;
    this.#file = file;
    this.#opened = named ? stats : undefined;
    const delimiter = format === 'csv' ? delimiterOf(name) : undefined;
    if (delimiter !== undefined) this.delimiter = delimiter;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (let start = 0; start < this.size; start += BLOCK) {
      const block = await this.slice(start, Math.min(start + BLOCK, this.size));
      this.#checkBlock(start / BLOCK, block);
      for (let at = 0; at < block.length; at += CHUNK) yield block.subarray(at, at + CHUNK);
    }
  }

  /** @throws ChangedInputError if the block is another than in an earlier pass */
  #checkBlock(index: number, block: Buffer): void {
    const sha256 = hash('sha256', block, 'buffer');
    const before = this.#blocks[index];
    if (before === undefined) this.#blocks[index] = sha256;
    else if (!before.equals(sha256)) throw changedFile();
  }

  async slice(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(end - start);
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw changedFile();
      filled += bytesRead;
    }
    return bytes;
  }

  async *originals(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    for (let at = start; at < end; at += PIECE) yield await this.slice(at, Math.min(end, at + PIECE));
  }

  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.chunks()) hash.update(chunk);
    return hash.digest('hex');
  }

  async unchanged(): Promise<boolean> {
    const then = this.#opened;
    if (then === undefined) return true;
    const now = await stat(this.path, { bigint: true }).catch(() => undefined);
    if (now === undefined) return false;
    return (
      now.size === then.size && now.mtimeNs === then.mtimeNs && now.ino === then.ino && now.dev === then.dev
    );
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
