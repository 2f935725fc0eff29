/** Files that a power cut leaves either as they were or as they were to be. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isBusy, removeFile, renameFile } from './busy-file.js';
import { RunFolderError, UsageError } from './errors.js';
import { printable } from './text/printable.js';
import { nameFile, openUnnamed } from './unnamed-file.js';

/** For `open`: a symbolic link at the path is an error. Windows, where only an administrator makes one, has no such flag. */
export const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0;

/** Writes the content of a file. */
type Fill = (file: FileHandle) => Promise<void>;

/**
 * Puts a file in the place of the one at `path`, if there is one: nobody ever reads a part of it, and if several
 * processes do so at once, one of them wins. Mode 0600. If filling it fails, the one that was there stays.
 *
 * @throws RunFolderError if it cannot be written; else what `fill` throws
 */
export const replaceFile = (path: string, fill: Fill): Promise<void> =>
  writeWhole(path, fill, (part) => renameFile(part, path));

/**
 * Makes a file that was not there: nobody ever reads a part of it, and if filling it fails nothing is left. Mode 0600.
 * A kill leaves nothing of it either; where a file cannot be filled without a name, or cannot be given one, that does
 * not hold for the moment in which it is copied.
 *
 * @throws UsageError if there is one by that name, before or after it was filled; RunFolderError if it cannot be
 *   written; else what `fill` throws
 */
export async function createFile(path: string, fill: Fill): Promise<void> {
  await refuseExisting(path);
  const unnamed = await openUnnamed(path);
  const draft = unnamed ?? (await openDraft(path));
  try {
    await fill(draft);
    const isNamed = unnamed !== undefined && (await publishUnnamed(path, unnamed));
    if (!isNamed) await publishNew(path, (file) => copyAll(draft, file));
  } catch (cause) {
    throw isSystemError(cause) ? unwritable(path, cause) : cause;
  } finally {
    await draft.close();
  }
}

/** False if it cannot be given a name, or if another one has that. */
async function publishUnnamed(path: string, file: FileHandle): Promise<boolean> {
  await file.sync();
  if (!(await nameFile(file, path))) return false;
  await syncFolder(dirname(path));
  return true;
}

/** A file whose name is taken away before anything is in it: filling it may take hours. */
async function openDraft(path: string): Promise<FileHandle> {
  const name = `${path}.${randomUUID()}.part`;
  const draft = await open(name, 'wx+', 0o600).catch((cause: unknown) =>
    Promise.reject(unwritable(path, cause)),
  );
  try {
    // Windows may keep the name until the file is closed.
    await removeFile(name);
  } catch (cause) {
    await draft.close();
    throw unwritable(path, cause);
  }
  return draft;
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(block, 0, BLOCK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    await to.appendFile(block.subarray(0, bytesRead));
  }
}

async function publishNew(path: string, fill: Fill): Promise<void> {
  await writeWhole(path, fill, async (part) => {
    try {
      // Unlike a rename, it does not replace a file that somebody else has made meanwhile.
      await link(part, path);
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) throw existing(path, error);
      // A file system without links, or another program has the file open.
      await refuseExisting(path);
      await renameFile(part, path);
    }
  });
}

/** Whether there is anything by this name. */
export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** @throws UsageError if there is anything by this name */
export async function refuseExisting(path: string): Promise<void> {
  if (await exists(path)) throw existing(path);
}

const existing = (path: string, cause?: unknown) =>
  new UsageError(`${printable(path)} exists already`, 'No file is ever overwritten: name another one.', {
    cause,
  });

/** @param publish gives the file that is filled and on the disk its name */
async function writeWhole(path: string, fill: Fill, publish: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(part);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw isSystemError(cause) ? unwritable(path, cause) : cause;
  } finally {
    await removeFile(part).catch(() => {});
  }
}

/** Bytes read at once. */
const BLOCK = 256 * 1024;

/** SHA-256 of a file, in hex. */
export const sha256Of = async (path: string): Promise<string> => (await hashOfFirst(path)).digest('hex');

/** The hash of a file's first bytes, to go on with. It ends with the file if that is shorter. @param most all of them by default */
export async function hashOfFirst(path: string, most = Number.POSITIVE_INFINITY): Promise<Hash> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    // One buffer for all of it: a stream's would be garbage faster than it is collected.
    const block = Buffer.allocUnsafe(BLOCK);
    for (let left = most; ; ) {
      const { bytesRead } = await file.read(block, 0, Math.min(BLOCK, left));
      if (bytesRead === 0) return hash;
      hash.update(block.subarray(0, bytesRead));
      left -= bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Puts on the disk which files a folder has: before that, a new or changed name can be lost with the power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(ignoreRefused);
  await folder
    ?.sync()
    .catch(ignoreRefused)
    .finally(() => folder.close());
}

/** Windows (EPERM) and some network file systems flush no folder, and keep its names by themselves. */
function ignoreRefused(error: unknown): undefined {
  if (!isSystemError(error, 'EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP')) throw error;
}

/** Whether the system refused a call, with one of these codes if there are any. */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return false;
  return codes.length === 0 || codes.includes(String(error.code));
}

/** For a file of a run's folder that the disk does not take. */
export const unwritable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${noRoom(cause) ?? ''}${printable(path)} cannot be written (${codeOf(cause)})`,
    unwritableHint(cause),
    { cause },
  );

function unwritableHint(cause: unknown): string {
  if (isBusy(cause))
    return 'Close the programs that have it open, such as a spreadsheet, and check that the folder is yours.';
  return noRoom(cause) ? 'Make room.' : 'Check that the folder exists, is yours and has room.';
}

/** What has run out, with a colon; undefined if it is something else. */
const noRoom = (cause: unknown): string | undefined => {
  if (isSystemError(cause, 'ENOSPC')) return 'the disk is full: ';
  if (isSystemError(cause, 'EDQUOT')) return 'the disk quota is used up: ';
  return isSystemError(cause, 'EFBIG') ? 'there is no room for a larger file: ' : undefined;
};

/** For a file of a run's folder that cannot be read. */
export const unreadable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)} cannot be read (${codeOf(cause)})`,
    "Name the folder of a run, and check that it is yours: it holds run.json and the run's report.",
    { cause },
  );

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
