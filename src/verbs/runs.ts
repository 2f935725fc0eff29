/** The runs whose folders stand in one folder, from their files alone. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exists } from '../disk.js';
import { RunFolderError, type StopReason, WickrBulkError } from '../errors.js';
import type { Summary } from '../model.js';
import { lookAtLock } from '../run/lock/lock.js';
import type { RunCommand } from '../run/options/run-kind.js';
import { RunFolder } from '../run/state/run-folder.js';
import type { RunRecord } from '../run/state/run-record.js';
import { printable } from '../text/printable.js';
import { type RunStatus, readRunStatus } from './status.js';

/** One run of a list. Times are ISO 8601 UTC. */
export interface ListedRun {
  /** Absolute. */
  readonly folder: string;
  /** As `readRunStatus` has it. */
  readonly state: RunStatus['state'];
  /** What it was started as. A retry is what the run was whose rows it runs again, or an `update` if that was a `reconcile`. */
  readonly command: RunCommand;
  /** The path of its input, absolute; `-` for standard input, and for an undo. */
  readonly input: string;
  /** The folder of the run whose failed rows it runs again, absolute; absent if it is no retry. */
  readonly retryOf?: string;
  /** The folder of the run that it takes back, absolute; absent if it is no undo. */
  readonly undoOf?: string;
  readonly networkId: string;
  readonly startedAt: string;
  /** Absent if it goes on or was killed. */
  readonly finishedAt?: string;
  /** Data rows of the input. */
  readonly rows: number;
  /** How many of them have their outcome, rows that are `unprocessed` not counted. */
  readonly done: number;
  readonly statuses: Summary['statuses'];
  /** Why it ended before its last row, if it did. */
  readonly stopped?: StopReason;
}

/** A folder that has a `run.json` and cannot be read. */
export interface UnreadableRun {
  /** Absolute. */
  readonly folder: string;
  readonly message: string;
  /** When a name in the folder has changed last: the run did not begin after that. ISO 8601 UTC. */
  readonly changedAt: string;
}

export interface RunList {
  /** What was looked through, absolute. */
  readonly folder: string;
  /** The one that was started last comes first. */
  readonly runs: readonly ListedRun[];
  /** Those of which nobody knows what they are: damaged, of another user, of a later version. */
  readonly unreadable: readonly UnreadableRun[];
}

/** Folders that are read at a time. */
const AT_ONCE = 16;

/**
 * Lists the runs in a folder, also those that go on. What is no run is left out. A run that has ended is read from its
 * `summary.json`, any other from its whole report.
 *
 * @param path the folder that has the runs' folders, such as `wickr-bulk-runs`
 * @param others folders of runs that are elsewhere
 * @param isOptional whether there need not be such a folder. Default: false
 * @throws RunFolderError if it cannot be read; what is wrong with a single run is in the list
 */
export async function listRuns(
  path: string,
  {
    others = [],
    isOptional = false,
  }: { readonly others?: readonly string[]; readonly isOptional?: boolean } = {},
): Promise<RunList> {
  const folder = resolve(path);
  const inside = isOptional && !(await exists(folder)) ? [] : foldersIn(folder);
  const paths = [...inside.map(({ name }) => join(folder, name)), ...others];
  const runs: ListedRun[] = [];
  const damaged: UnreadableRun[] = [];
  const left = paths.values();
  const work = async () => {
    for (const each of left) {
      const entry = await entryOf(each);
      if (entry && 'message' in entry) damaged.push(entry);
      else if (entry) runs.push(entry);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    folder,
    runs: runs.sort(newestFirst),
    unreadable: damaged.sort((a, b) => (a.folder < b.folder ? -1 : 1)),
  };
}

function foldersIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new RunFolderError(
      `the folder ${printable(folder)} cannot be read (${code})`,
      'Name the folder in which the folders of the runs are, such as wickr-bulk-runs.',
      { cause },
    );
  }
}

const byNumber = new Intl.Collator('en', { numeric: true });
const newestFirst = (a: ListedRun, b: ListedRun): number =>
  Date.parse(b.startedAt) - Date.parse(a.startedAt) || byNumber.compare(b.folder, a.folder);

/** Undefined if the folder is not one of a run. */
async function entryOf(path: string): Promise<ListedRun | UnreadableRun | undefined> {
  try {
    return await readRun(path);
  } catch (error) {
    if (!(error instanceof WickrBulkError)) throw error;
    if (error.code === 'NOT_A_RUN') return undefined;
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtime;
    // Deleted meanwhile.
    return changedAt && { folder: path, message: error.message, changedAt: changedAt.toISOString() };
  }
}

async function readRun(path: string): Promise<ListedRun> {
  const folder = RunFolder.at(path);
  const record = await folder.readRecord();
  if (Number.isNaN(Date.parse(record.startedAt))) throw notAsWritten(join(path, 'run.json'));
  const summary = (await lookAtLock(folder.lock)) ? undefined : await folder.readSummary();
  // A run that was stopped in good order has all counts in its summary as well.
  return {
    ...described(folder, record),
    ...(summary ? counted(summary, path) : standing(await readRunStatus(path))),
  };
}

type Described = Pick<
  ListedRun,
  'folder' | 'command' | 'input' | 'retryOf' | 'undoOf' | 'networkId' | 'startedAt'
>;

function described(folder: RunFolder, record: RunRecord): Described {
  const { command, input, networkId, startedAt, retryOf, undoOf } = record;
  return {
    folder: folder.path,
    command,
    input: input.path,
    ...(retryOf !== undefined && { retryOf }),
    ...(undoOf !== undefined && { undoOf }),
    networkId,
    startedAt,
  };
}

function counted(summary: Summary, path: string): Omit<ListedRun, keyof Described> {
  const { rows, statuses, finishedAt, stopped } = summary;
  if (typeof rows !== 'number' || typeof statuses?.unprocessed !== 'number')
    throw notAsWritten(join(path, 'summary.json'));
  return {
    state: statuses.unprocessed === 0 ? 'ended' : 'stopped',
    finishedAt,
    rows,
    done: rows - statuses.unprocessed,
    statuses,
    ...(stopped && { stopped }),
  };
}

const standing = ({
  state,
  finishedAt,
  rows,
  done,
  statuses,
  stopped,
}: RunStatus): Omit<ListedRun, keyof Described> => ({
  state,
  ...(finishedAt !== undefined && { finishedAt }),
  rows,
  done,
  statuses,
  ...(stopped && { stopped }),
});

const notAsWritten = (path: string) =>
  new RunFolderError(
    `${printable(path)} is not as a run wrote it`,
    'It was changed or damaged. The report says what became of each row.',
  );
