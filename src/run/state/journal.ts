/**
 * What a run intends and what a resume must know of it: `journal.jsonl` in the run's folder, mode 0600. An intention is on
 * the disk before it is carried out. Usernames stand in it, so it is for its owner alone.
 */
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { unreadable, unwritable } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import { type AppendFile, type OpenAppendFile, openAppendFile } from '../../report/append-file.js';
import { printable } from '../../text/printable.js';
import type { Fence } from '../lock/fence.js';

const row = z.number().int().positive();

const Entry = z.discriminatedUnion('kind', [
  /** The user of this row is about to get the username `via`; before, it was `from`. */
  z.object({ kind: z.literal('temporary-name'), row, userId: z.string(), from: z.string(), via: z.string() }),
  /** The user of this row has a lasting username again. */
  z.object({ kind: z.literal('temporary-name-ended'), row }),
  /** The first rows are a check that the others wait for; it is `pending` until it has passed. */
  z.object({
    kind: z.literal('canary'),
    state: z.enum(['pending', 'passed']),
    /** Of a pending one: how many rows it is. */
    rows: z.number().int().positive().optional(),
  }),
  /** Rows, from and to, that may have been sent before the run was resumed, and have no outcome from then. */
  z.object({ kind: z.literal('in-doubt'), rows: z.array(z.tuple([row, row])) }),
  /** A run that runs the failed rows again shares this run's caps: the absolute path of its folder. */
  z.object({ kind: z.literal('heir'), folder: z.string() }),
  /** The report's first so many bytes, which are on the disk, and their SHA-256 in hex. */
  z.object({ kind: z.literal('report'), bytes: z.number().int().nonnegative(), sha256: z.string() }),
]);

/** One line of the journal. */
export type JournalEntry = z.infer<typeof Entry>;

/** How the check of the first rows stands. */
export type CanaryEntry = Extract<JournalEntry, { kind: 'canary' }>;

/** A username that a user has for a moment, and the one to give back. */
export type TemporaryName = Extract<JournalEntry, { kind: 'temporary-name' }>;

/** The first and the last of rows that follow each other. */
export type RowRange = readonly [from: number, to: number];

/** What the entries of a journal add up to. */
export interface JournalState {
  /** Rows whose users may have a temporary username, by row. */
  readonly temporaryNames: ReadonlyMap<number, TemporaryName>;
  /** Rows whose users had one and have another username by now, which a read may not show yet. */
  readonly replacedNames: ReadonlyMap<number, TemporaryName>;
  /** Undefined if the run has no canary. */
  readonly canary: CanaryEntry | undefined;
  /** Rows, from and to, that may have been sent before a resume. */
  readonly inDoubt: readonly RowRange[];
  /** Folders of the runs that share this run's caps. */
  readonly heirs: readonly string[];
  /** How much of the report is known to be as the run wrote it. */
  readonly report: { readonly bytes: number; readonly sha256: string } | undefined;
  /** Bytes of the journal that are whole lines. */
  readonly bytes: number;
}

/** Adds entries up: a pure function of them. */
export function journalStateOf(entries: Iterable<JournalEntry>, bytes = 0): JournalState {
  const temporaryNames = new Map<number, TemporaryName>();
  const replacedNames = new Map<number, TemporaryName>();
  let canary: JournalState['canary'];
  let report: JournalState['report'];
  const inDoubt: RowRange[] = [];
  const heirs: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'temporary-name') temporaryNames.set(entry.row, entry);
    else if (entry.kind === 'temporary-name-ended') move(entry.row, temporaryNames, replacedNames);
    else if (entry.kind === 'canary') canary = entry;
    else if (entry.kind === 'heir') heirs.push(entry.folder);
    else if (entry.kind === 'in-doubt') inDoubt.push(...entry.rows);
    else report = { bytes: entry.bytes, sha256: entry.sha256 };
  }
  return { temporaryNames, replacedNames, canary, inDoubt, heirs, report, bytes };
}

function move<T>(row: number, from: Map<number, T>, to: Map<number, T>): void {
  const moved = from.get(row);
  if (moved === undefined) return;
  from.delete(row);
  to.set(row, moved);
}

/**
 * Reads a journal back. What was still being written when the run was killed is left out; a run that was killed before
 * its journal was made has an empty one.
 *
 * @throws RunFolderError if the file cannot be read, or a line of it is not one that a run has written
 */
export async function readJournal(path: string): Promise<JournalState> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return Buffer.alloc(0);
    throw unreadable(path, cause);
  });
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
  const lines = whole.toString('utf8').split('\n').slice(0, -1);
  // A file system that lost its power shows as zeros what it has not written; nothing behind that counts.
  const torn = lines.findIndex((line) => line.includes('\0'));
  const kept = torn === -1 ? lines : lines.slice(0, torn);
  const entries = kept.map((line, index) => parsed(line, path, index + 1));
  return journalStateOf(entries, Buffer.byteLength(kept.map((line) => `${line}\n`).join('')));
}

function parsed(line: string, path: string, number: number): JournalEntry {
  try {
    return Entry.parse(JSON.parse(line));
  } catch (cause) {
    throw new RunFolderError(
      `${printable(path)}, line ${number}: not a line of a wickr-bulk journal`,
      'The journal was changed by another program; put back the original from a backup.',
      { cause },
    );
  }
}

/** How a journal is opened. */
interface JournalOpening {
  readonly state?: JournalState;
  readonly fence?: Fence;
  readonly openFile?: OpenAppendFile;
}

/** A journal that is written to. Entries that are intended at the same time share a flush. `close` it. */
export class Journal {
  readonly #file: AppendFile;
  readonly #path: string;
  readonly #fence: Fence | undefined;
  /** The flush that was begun last. Once one has failed, nobody knows what is on the disk, and no other is begun. */
  #flushing: Promise<void> = Promise.resolve();
  /** The one that follows it, for all who came after it was begun. */
  #next: Promise<void> | undefined;

  private constructor(file: AppendFile, path: string, fence: Fence | undefined) {
    this.#file = file;
    this.#path = path;
    this.#fence = fence;
  }

  /**
   * Opens a journal for more entries; it is made if there is none.
   *
   * @param opening `state`: what is there already; what follows its whole lines is cut off. `fence`: asked before each
   *   entry is written. `openFile`: instead of a file of this machine's
   * @throws RunFolderError if it cannot be written, LockedError if the run does not hold its locks any more
   */
  static async open(
    path: string,
    { state, fence, openFile = openAppendFile }: JournalOpening = {},
  ): Promise<Journal> {
    fence?.check();
    try {
      const isThere = state !== undefined && (await stat(path).catch(() => undefined)) !== undefined;
      return new Journal(await openFile(path, isThere ? state.bytes : undefined), path, fence);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Resolves once the entry outlives a power cut. @throws as `note` does */
  async intend(entry: JournalEntry): Promise<void> {
    this.note(entry);
    try {
      await this.#flush();
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }

  /** Resolves once all that was noted so far is on the disk. A flush under way may have begun before that. */
  #flush(): Promise<void> {
    this.#next ??= this.#flushing.then(() => {
      this.#next = undefined;
      this.#flushing = this.#file.sync();
      return this.#flushing;
    });
    return this.#next;
  }

  /**
   * Hands an entry to the system: it outlives the process.
   *
   * @throws RunFolderError if the disk does not take it, LockedError if the run does not hold its locks any more
   */
  note(entry: JournalEntry): void {
    this.#fence?.check();
    try {
      this.#file.append(`${JSON.stringify(entry)}\n`);
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }

  close(): void {
    this.#file.close();
  }
}
