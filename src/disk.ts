/** Files that a power cut leaves either as they were or as they were to be. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunFolderError } from './errors.js';
import { printable } from './text/printable.js';

/**
 * Puts a file in the place of the one at `path`, if there is one: nobody ever reads a part of it. Mode 0600.
 *
 * @param fill writes the content
 */
export async function replaceFile(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    await fill(file);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncFolder(dirname(path));
}

/**
 * Makes a file that was not there: nobody ever reads a part of it, and where filling it fails nothing is left. Mode
 * 0600.
 *
 * @param fill writes the content
 * @throws with code `EEXIST` where there is one by that name, before or after it was filled
 */
export async function createFile(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  if (await exists(path))
    throw Object.assign(new Error('the file exists'), { code: 'EEXIST', syscall: 'open' });
  const part = `${path}.${randomUUID()}.part`;
  const file = await open(part, 'wx', 0o600);
  try {
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, it takes no file away that somebody else has made meanwhile.
    await link(part, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // A file system without links.
      await rename(part, path);
    });
  } finally {
    await rm(part, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Bytes read at once. */
const BLOCK = 256 * 1024;

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    // One buffer for all of it: a stream's would be garbage faster than it is collected.
    const block = Buffer.allocUnsafe(BLOCK);
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Whether there is anything by this name. */
export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Puts on the disk which files a folder has: a name that is new or was changed is not there for sure before. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(ignoreOnWindows);
  await folder?.sync().finally(() => folder.close());
}

/** Windows opens no folder as a file, and keeps its names by itself. */
function ignoreOnWindows(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EISDIR' && error.code !== 'EPERM') throw error;
}

/** For a file of a run's folder that the disk does not take. */
export const unwritable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    'Check that the folder exists, is yours and has room.',
    { cause },
  );

/** For a file of a run's folder that cannot be read. */
export const unreadable = (path: string, cause: unknown) =>
  new RunFolderError(
    `${printable(path)} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    "Name the folder of a run, and check that it is yours: it holds run.json and the run's report.",
    { cause },
  );
