/** Opens an input: a file as it is, standard input by way of a copy, another encoding by way of UTF-8. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { InputError, WickrBulkError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { BOM_BYTES, type Encoding, encodingName, encodingOf } from './encoding.js';
import { FileSource } from './file-source.js';
import { formatOf, formatOfStdin } from './format.js';
import type { Source, SourceOptions } from './source.js';
import { toUtf8 } from './transcode.js';
import { TranscodedSource } from './transcoded-source.js';

/**
 * Opens a file. If it is in another encoding than UTF-8, reads all of it once.
 *
 * @throws InputError if there is no file that can be read, or a part of it is not in its encoding; UsageError if its
 *   format or the name of the encoding is not known
 */
export async function openSource(path: string, options: SourceOptions = {}): Promise<Source> {
  const absolute = resolve(path);
  const file = await openFile(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notAFile(path, stats.isDirectory());
    return await sourceOf({ name: basename(absolute), path: absolute, named: true }, file, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface FileIdentity {
  readonly name: string;
  readonly path: string;
  /** Whether the file keeps its name: if not, it is gone once it is closed. */
  readonly named: boolean;
}

async function sourceOf(
  { name, path, named }: FileIdentity,
  file: FileHandle,
  options: SourceOptions,
): Promise<Source> {
  const format = formatOf(path, options);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BOM_BYTES), 0, BOM_BYTES, 0);
  const { encoding, hasBom } = encodingOf(buffer.subarray(0, bytesRead), options.encoding);
  const stats = await file.stat({ bigint: true });
  const original = new FileSource(name, path, format, file, stats, { named, hasBom });
  return encoding.isUtf8 ? original : transcode(original, encoding, options.signal);
}

/** Everything behind a source works on UTF-8, so a file in another encoding gets a copy, which has no name. */
async function transcode(
  original: FileSource,
  encoding: Encoding,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const path = join(tmpdir(), `wickr-bulk-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600).catch((cause: unknown) => Promise.reject(notTranscoded(cause)));
  try {
    await unlink(path);
    for await (const bytes of toUtf8(original.chunks(), encoding)) {
      signal?.throwIfAborted();
      await file.appendFile(bytes);
    }
    const stats = await file.stat({ bigint: true });
    const { name, format, bomLength } = original;
    const copy = new FileSource(name, path, format, file, stats, { named: false, hasBom: bomLength > 0 });
    return new TranscodedSource(original, copy, encoding);
  } catch (cause) {
    await file.close();
    await rm(path, { force: true });
    if (signal?.aborted || cause instanceof WickrBulkError) throw cause;
    throw notTranscoded(cause);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without blocking: a named pipe that nobody writes to would stop the program for ever.
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
    : 'Give a file, or - with `format` to read standard input: the input is read more than once.';
  return new InputError(`the input ${printable(path)} is ${what}, not a file`, hint);
}

/**
 * Copies standard input to a new file at `path` (mode 0600) and opens that: the whole input is checked before
 * anything is sent, so it is read more than once. A copy that is not to be kept loses its name before anything is
 * written to it, so that nothing is left behind whatever happens.
 *
 * @throws UsageError without a format or for an encoding that is not known; InputError as openSource does, and if the
 *   stream breaks or the copy cannot be written: no copy is left then. An AbortError passes through
 */
export async function spoolSource(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  options: SourceOptions & { readonly keep: boolean },
): Promise<Source> {
  const { keep, signal, encoding } = options;
  const format = formatOfStdin(options);
  if (encoding !== undefined) encodingName(encoding);
  const absolute = resolve(path);
  const file = await createCopy(absolute);
  try {
    if (!keep) await unlink(absolute);
    if (signal !== undefined && stream instanceof Readable) addAbortSignal(signal, stream);
    for await (const chunk of stream) await file.appendFile(chunk);
    await file.sync();
    return await sourceOf({ name: 'stdin', path: absolute, named: keep }, file, { ...options, format });
  } catch (cause) {
    await file.close();
    await rm(absolute, { force: true });
    if (cause instanceof WickrBulkError) throw cause;
    if (signal?.aborted && cause === signal.reason) throw cause;
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

function notTranscoded(cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  const hint = `Check the space and the rights of ${tmpdir()} (TMPDIR names another folder), or save the input as UTF-8.`;
  return new InputError(`the input could not be copied as UTF-8 (${code})`, hint, { cause });
}

function notCopied(cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  const hint =
    "Check the disk's space and the folder's rights, or save the input to a file first and give its name.";
  return new InputError(`standard input could not be copied to a file (${code})`, hint, { cause });
}
