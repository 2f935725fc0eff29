/** Opens an input: a file as it is, standard input by way of a copy, and what is no CSV or JSONL in UTF-8 likewise. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { removeFile } from '../../busy-file.js';
import { InputError, UsageError, WickrBulkError } from '../../errors.js';
import { near } from '../../text/nearest-name.js';
import { printable } from '../../text/printable.js';
import { toCsv } from '../workbook/sheet-lines.js';
import { DerivedSource } from './derived-source.js';
import { type Encoding, encodingName, encodingOf } from './encoding.js';
import {
  FIRST_BYTES,
  type FileKind,
  kindOf,
  lockedWorkbook,
  notPacked,
  notText,
  notWorkbook,
} from './file-kind.js';
import { FileSource } from './file-source.js';
import { formatOf, formatOfStdin, unpackedName } from './format.js';
import { toJsonLines } from './json-lines.js';
import { LineMap } from './line-map.js';
import { isEncrypted } from './old-workbook.js';
import type { Source, SourceOptions } from './source.js';
import { toUtf8 } from './transcode.js';

/**
 * Opens a file. If it is not CSV or JSONL in UTF-8, reads all of it once.
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
  const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
  const first = buffer.subarray(0, bytesRead);
  const stats = await file.stat({ bigint: true });
  const kind = kindOf(first);
  if (kind === 'gzip') {
    const original = new FileSource(name, path, format, file, stats, { named, hasBom: false });
    const copy = await copyOf(unpacked(original.chunks()), options.signal);
    const identity = { name: unpackedName(name), path, named: false };
    return new DerivedSource(
      original,
      await sourceOf(identity, copy, { ...options, format }).catch(closing(copy)),
    );
  }
  if (format === 'xlsx') {
    if (kind !== 'zip') throw await notSheets(kind, file);
    const original = new FileSource(name, path, format, file, stats, { named, hasBom: false });
    return asSheet(original, options);
  }
  if (options.sheet !== undefined) throw noSheets();
  if (kind !== 'text') throw notText(kind);
  if (/\.gz$/i.test(name)) throw notPacked();
  const { encoding, hasBom } = encodingOf(first, options.encoding);
  const original = new FileSource(name, path, format, file, stats, { named, hasBom });
  const inUtf8 = encoding.isUtf8 ? original : await transcode(original, encoding, options.signal);
  return format === 'json' ? asLines(inUtf8, options.signal).catch(closing(inUtf8)) : inUtf8;
}

/** Everything behind a source works on UTF-8. */
async function transcode(
  original: FileSource,
  encoding: Encoding,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const file = await copyOf(toUtf8(original.chunks(), encoding), signal);
  const { name, path, fileFormat, bomLength } = original;
  const stats = await file.stat({ bigint: true });
  const copy = new FileSource(name, path, fileFormat, file, stats, { named: false, hasBom: bomLength > 0 });
  return new DerivedSource(original, copy, { encoding });
}

async function asLines(original: Source, signal: AbortSignal | undefined): Promise<Source> {
  const lines = new LineMap();
  const file = await copyOf(
    toJsonLines(original instanceof FileSource ? original.passing() : original.chunks(), (line) =>
      lines.push(line),
    ),
    signal,
  );
  const stats = await file.stat({ bigint: true });
  const { name, path } = original;
  const copy = new FileSource(name, path, 'jsonl', file, stats, { named: false, hasBom: false });
  return new DerivedSource(original, copy, { lines });
}

async function asSheet(original: FileSource, options: SourceOptions): Promise<Source> {
  if (options.encoding !== undefined) throw noEncoding();
  const lines = new LineMap();
  const file = await copyOf(
    toCsv(original, options, (row) => lines.push(row)),
    options.signal,
  );
  const stats = await file.stat({ bigint: true });
  const { name, path } = original;
  const copy = new FileSource(name, path, 'csv', file, stats, { named: false, hasBom: false });
  return new DerivedSource(original, copy, { lines, delimiter: ',' });
}

async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Whatever breaks it, the reader of `gunzip` is told as well.
  pipeline(chunks, gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!(cause as NodeJS.ErrnoException).code?.startsWith('Z_')) throw cause;
    throw new InputError(
      'the file is compressed, and damaged or cut off',
      'Copy it once more, or unpack it (`gunzip`) to see what is left of it.',
      { cause },
    );
  }
}

/** A new file without a name that holds these bytes. */
async function copyOf(bytes: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<FileHandle> {
  const path = join(tmpdir(), `wickr-bulk-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600).catch((cause: unknown) => Promise.reject(notConverted(cause)));
  try {
    await removeFile(path);
    for await (const piece of bytes) {
      signal?.throwIfAborted();
      await file.appendFile(piece);
    }
    return file;
  } catch (cause) {
    await file.close();
    await rm(path, { force: true });
    if (signal?.aborted || cause instanceof WickrBulkError) throw cause;
    throw notConverted(cause);
  }
}

const closing = (file: { close(): Promise<void> }) => async (error: unknown) => {
  await file.close();
  throw error;
};

/** What to do about a path at which nothing is: there may be a file of nearly that name. */
async function whichFile(path: string): Promise<string> {
  const names = await readdir(dirname(resolve(path))).catch(() => []);
  const guess = near(basename(path), names, (name) => name);
  return guess === undefined
    ? 'Check the path for a typing error.'
    : `Is it ${printable(join(dirname(path), guess))}? Check the path for a typing error.`;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without blocking: a named pipe that nobody writes to would stop the program for ever.
    return await open(resolve(path), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new InputError(`there is no input file ${printable(path)}`, await whichFile(path), { cause });
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
    if (!keep) await removeFile(absolute);
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

function notConverted(cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  const hint = `Check the space and the rights of ${tmpdir()} (TMPDIR names another folder), or give the input as CSV or JSONL in UTF-8.`;
  return new InputError(`the input could not be copied to be read (${code})`, hint, { cause });
}

function notCopied(cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  const hint =
    "Check the disk's space and the folder's rights, or save the input to a file first and give its name.";
  return new InputError(`standard input could not be copied to a file (${code})`, hint, { cause });
}

const noSheets = () =>
  new UsageError('only a workbook (.xlsx) has sheets', 'Leave `sheet` out, or give a workbook.');

const noEncoding = () =>
  new UsageError('a workbook (.xlsx) has no encoding to choose', 'Leave `encoding` out.');

async function notSheets(kind: FileKind, file: FileHandle): Promise<InputError> {
  if (kind === 'old workbook' && (await isEncrypted(file))) return lockedWorkbook();
  return kind === 'text' || kind === 'gzip' ? notWorkbook() : notText(kind);
}
