/** Removes the folders of old runs. */
import { lstat, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile } from '../busy-file.js';
import { InterruptedError, UsageError, WickrBulkError } from '../errors.js';
import { hasEnded } from '../run/end-of-run.js';
import { takeLock } from '../run/lock/lock.js';
import { TAKE_OVER } from '../run/options/table/locking-options.js';
import { isRunFile, RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';
import { type LeftRun, prunable } from './prunable.js';
import { type ListedRun, listRuns } from './runs.js';

export interface PruneOptions {
  /** ms since a run has ended, for it to be old. */
  olderThanMs: number;
  /** Asked before anything is removed, if there is something to remove. Default: nobody is asked. */
  confirm?: (found: OldRuns) => Promise<boolean>;
}

/** What is to be removed. */
export interface OldRuns {
  /** The one that has ended first comes first. */
  readonly runs: readonly ListedRun[];
  /** Bytes of their files. */
  readonly bytes: number;
  /** Old ones that stay all the same, and why. */
  readonly left: readonly LeftRun[];
}

/** What was removed. */
export interface Pruned {
  /** What was looked through, absolute. */
  readonly folder: string;
  /** Folders that are gone, absolute. */
  readonly removed: readonly string[];
  /** Bytes of their files. */
  readonly bytes: number;
  readonly left: readonly LeftRun[];
}

/**
 * Removes the folders of runs that have ended long ago, with all that a retry or an undo of them would need. Runs that
 * can be resumed, that a process works on, that such a run reads from, or that cannot be read stay; so do folders in which
 * there is anything that no run makes. No link is followed.
 *
 * @param path the folder that has the runs' folders, such as `wickr-bulk-runs`
 * @throws RunFolderError if it cannot be read; InterruptedError if the answer is no. What is wrong with a single run is in
 *   the result
 */
export async function pruneRuns(path: string, { olderThanMs, confirm }: PruneOptions): Promise<Pruned> {
  if (!(olderThanMs >= 0))
    throw new UsageError('`olderThanMs` needs a number of milliseconds', 'Correct it.');
  const list = await listRuns(path);
  const { old, left } = prunable(list, Date.now() - olderThanMs);
  const sizes = new Map<string, number>();
  for (const { folder } of old) sizes.set(folder, await bytesIn(folder));
  const bytesOf = (folders: readonly string[]) =>
    folders.reduce((sum, folder) => sum + (sizes.get(folder) ?? 0), 0);
  const all = bytesOf(old.map(({ folder }) => folder));
  if (old.length > 0 && confirm && !(await confirm({ runs: old, bytes: all, left })))
    throw new InterruptedError({}, { message: 'nothing was removed' });
  const removed: string[] = [];
  const kept: LeftRun[] = [...left];
  for (const run of old) {
    const reason = await removeRun(run).catch(reasonOf);
    if (reason === undefined) removed.push(run.folder);
    else kept.push({ folder: run.folder, reason });
  }
  return { folder: list.folder, removed, bytes: bytesOf(removed), left: kept };
}

function reasonOf(error: unknown): string {
  if (error instanceof WickrBulkError) return error.message;
  if (error instanceof Error && 'syscall' in error)
    return `the system refuses it (${printable(error.message)})`;
  throw error;
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** These go last, in this order: a kill leaves a run that has ended, and not one that could be resumed. */
const LAST = ['summary.txt', 'summary.json', 'run.json'];

/** @returns why it stays; undefined if it is gone */
async function removeRun({ folder: path, finishedAt }: ListedRun): Promise<string | undefined> {
  const folder = RunFolder.at(path);
  await folder.readRecord();
  if (!(await lstat(path)).isDirectory()) return 'it is no folder any more';
  const lock = await takeLock(folder.lock, `the run ${printable(path)}`, {
    takeOverMs: TAKE_OVER,
    waitMs: 0,
  });
  try {
    // Only now nobody can go on with it.
    await folder.readRecord();
    const summary = await folder.readSummary();
    if (!summary || !hasEnded(summary) || summary.finishedAt !== finishedAt) return 'it can be resumed';
    const entries = await readdir(path, { withFileTypes: true });
    const other = entries.find((entry) => !entry.isFile() || !isRunFile(entry.name));
    if (other) return `there is something in it that no run makes: ${printable(other.name)}`;
    const names = entries.map(({ name }) => name).filter((name) => !name.startsWith('lock'));
    const first = names.filter((name) => !LAST.includes(name));
    for (const name of [...first, ...LAST]) {
      await folder.confirm();
      await removeFile(join(path, name));
    }
  } finally {
    await lock.release();
  }
  await rmdir(path);
  return undefined;
}
