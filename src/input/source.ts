/** The bytes of an input, to be read as often as needed. */
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, rm, stat, unlink } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { InputError, printable } from '../errors.js';
import { changedFile } from './damage.js';
import { delimiterOf, type Format, type FormatOptions, formatOf, formatOfStdin } from './format.js';

/** A regular file, open until `close`; every pass over it reads the same file, also when its name is given to another. */
export interface Source {
  /** The file's name without its folder, or `stdin`. */
  readonly name: string;
  /** Absolute. For standard input that of the copy. */
  readonly path: string;
  readonly format: Format;
  /** The delimiter that the name tells: a tab for `.tsv`. */
  readonly delimiter?: string;
  /** Bytes, when it was opened. */
  readonly size: number;
  /** All of it, from the first byte; can be called again. Throws InputError where the file has become shorter. */
  chunks(): AsyncIterable<Buffer>;
  /** The bytes from offset `start` to just before `end`. Throws InputError where they are not there any more. */
  slice(start: number, end: number): Promise<Buffer>;
  /** Whether the file at `path` still has the size, modification time and inode that it was opened with. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes read at once. */
const BLOCK = 64 * 1024;
/** Bytes given out at once: with larger ones, so many rows outlive a scavenge that V8 doubles its young generation. */
const CHUNK = 8 * 1024;

class FileSource implements Source {
  readonly name: string;
  readonly path: string;
  readonly format: Format;
  declare readonly delimiter?: string;
  readonly size: number;
  readonly #file: FileHandle;
  /** Undefined for a file that has no name any more: nobody can change it. */
  readonly #opened: BigIntStats | undefined;

  constructor(
    name: string,
    path: string,
    format: Format,
    file: FileHandle,
    stats: BigIntStats,
    named = true,
  ) {
    this.name = name;
    this.path = path;
    this.format = format;
    this.size = Number(stats.size);
    this.#file = file;
    this.#opened = named ? stats : undefined;
    const delimiter = format === 'csv' ? delimiterOf(name) : undefined;
    if (delimiter !== undefined) this.delimiter = delimiter;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (let start = 0; start < this.size; start += BLOCK) {
      const block = await this.slice(start, Math.min(start + BLOCK, this.size));
      for (let at = 0; at < block.length; at += CHUNK) yield block.subarray(at, at + CHUNK);
    }
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

/**
 * Opens a file. Throws InputError where there is none that can be read, UsageError where its format is not known.
 */
export async function openSource(path: string, options: FormatOptions = {}): Promise<Source> {
  const absolute = resolve(path);
  const file = await openFile(path);
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw notAFile(path, stats.isDirectory());
    return new FileSource(basename(absolute), absolute, formatOf(absolute, options), file, stats);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without waiting: a named pipe that nobody writes to would hold the program up for ever.
    return await open(resolve(path), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new InputError(
        `there is no input file ${printable(path)}`,
        'Check the path for a typing error.',
        { cause },
      );
    }
    if (code === 'EISDIR') throw notAFile(path, true);
    throw new InputError(
      `the input file ${printable(path)} cannot be opened (${code})`,
      'Check that you are allowed to read it.',
      { cause },
    );
  }
}

function notAFile(path: string, isDirectory: boolean): InputError {
  const what = isDirectory ? 'a folder' : 'a pipe or a device';
  const hint = isDirectory
    ? 'Give a file in it.'
    : 'Give a file, or - with --format to read standard input: the input is read more than once.';
  return new InputError(`the input ${printable(path)} is ${what}, not a file`, hint);
}

/**
 * Copies standard input to a new file at `path` (mode 0600) and opens that: the whole input is checked before
 * anything is sent, so it is read more than once. A copy that is not to be kept loses its name before anything is
 * written to it, so that nothing stays behind whatever happens. Throws UsageError without a format, and InputError
 * where the stream breaks or the copy cannot be written; then there is no copy left. An AbortError passes through.
 */
export async function spoolSource(
  stream: AsyncIterable<Buffer>,
  path: string,
  options: FormatOptions & { readonly keep: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Source> {
  const { keep, signal } = options;
  const format = formatOfStdin(options);
  const absolute = resolve(path);
  const file = await createCopy(absolute);
  try {
    if (!keep) await unlink(absolute);
    if (signal !== undefined && stream instanceof Readable) addAbortSignal(signal, stream);
    for await (const chunk of stream) await file.appendFile(chunk);
    await file.sync();
    return new FileSource('stdin', absolute, format, file, await file.stat({ bigint: true }), keep);
  } catch (cause) {
    await file.close();
    await rm(absolute, { force: true });
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw notCopied(cause);
  }
}

async function createCopy(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx+', 0o600);
  } catch (cause) {
    throw notCopied(cause);
  }
}

function notCopied(cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  const hint =
    "Check the disk's space and the folder's rights, or save the input to a file first and give its name.";
  return new InputError(`standard input could not be copied to a file (${code})`, hint, { cause });
}
