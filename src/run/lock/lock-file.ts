/**
 * A lock on the disk. It needs nothing of a file system but that a file which exists is not made a second time.
 *
 * Whoever takes a free lock makes its file. Whoever takes over the lock of a holder makes a second file, named after
 * that one holding, whose name is never used again; and so on. So the files are a chain, and its last one says who holds.
 * Of all who want to take over, one alone makes the file, and nobody ever removes the lock of another.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { patiently, removeFile, renameFile } from '../../busy-file.js';
import { isSystemError, NO_FOLLOW } from '../../disk.js';
import { LockedError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import type { ProcessId } from './process-id.js';

/** What a lock's file says. */
export interface Holder extends ProcessId {
  /** Of this holding, and of no other. */
  readonly id: string;
  /** Of all that its run holds: once that has lost one lock, it does nothing with the others either. */
  readonly owner: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** ms without a sign of life after which others may take over. */
  readonly takeOverMs: number;
  /** Counts the signs of life. */
  readonly beat: number;
  /** Of the last sign of life, by the holder's clock; ISO 8601 UTC. */
  readonly renewedAt: string;
}

const Holder = z.object({
  host: z.string(),
  boot: z.string(),
  namespace: z.string(),
  pid: z.number().int().positive(),
  start: z.string(),
  id: z.uuid(),
  owner: z.uuid(),
  since: z.iso.datetime(),
  takeOverMs: z.number().positive(),
  beat: z.number().int(),
  renewedAt: z.iso.datetime(),
});

/** One file of a lock. */
export interface Link {
  readonly name: string;
  /** Undefined if the file does not say it: it is being written, or damaged. */
  readonly holder: Holder | undefined;
  /** As it stands in the file: any change is a sign of life. */
  readonly text: string;
  /** The system refuses to let it be read for now: under Windows another program has it open, or it is about to go. */
  readonly isBusy: boolean;
}

/** Without waiting: somebody could have put a named pipe there. */
const READ = constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0);

/**
 * The files of a lock, the holder's last; none if the lock is free.
 *
 * @throws LockedError if the files lead in a circle, as those can that somebody has copied: then they say nothing
 */
export function readChain(path: string): readonly Link[] {
  const chain: Link[] = [];
  const seen = new Set<string>();
  for (let name = path; ; ) {
    if (seen.has(name)) throw unknownHolder(path);
    seen.add(name);
    const link = readLink(name, path);
    if (link === undefined) return chain;
    chain.push(link);
    if (link.holder === undefined) return chain;
    name = successorOf(path, link.holder);
  }
}

/** The file of one who takes over from this holder. */
const successorOf = (path: string, { id }: Holder) => `${path}.${id}`;

function readLink(name: string, path: string): Link | undefined {
  let text: string;
  try {
    // Flags as a number are missing in the types alone.
    text = readFileSync(name, { encoding: 'utf8', flag: READ as unknown as string });
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined;
    if (isSystemError(cause, 'EPERM', 'EBUSY')) return { name, holder: undefined, text: '', isBusy: true };
    throw unknownHolder(path, cause);
  }
  return { name, holder: parseHolder(text), text, isBusy: false };
}

/** Undefined if the text is not what a holder has written. */
export function parseHolder(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** For a lock that cannot be understood, and so cannot be judged. */
export const unknownHolder = (path: string, cause?: unknown) =>
  new LockedError(
    `the lock ${printable(path)} does not say who holds it`,
    'If no other wickr-bulk is at work, delete that file and start again.',
    { cause },
  );

/** Whether nothing was written into the file yet; a power cut can leave zeros. */
export const isBlank = ({ text, isBusy }: Link): boolean => !isBusy && /^[\0\s]*$/.test(text);

/**
 * Takes away the file of one who died before writing into it. Under another name first: of several who do so one alone
 * succeeds, and nobody removes what was made meanwhile.
 */
export async function discardBlank({ name }: Link): Promise<void> {
  const away = `${name}.${randomUUID()}.part`;
  try {
    await renameFile(name, away);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return;
    throw error;
  }
  await removeFile(away);
}

/** This process's file of a lock. */
export class LockFile {
  readonly name: string;
  #holder: Holder;
  readonly #fd: number;

  private constructor(name: string, holder: Holder, fd: number) {
    this.name = name;
    this.#holder = holder;
    this.#fd = fd;
  }

  /**
   * Makes the file, mode 0600.
   *
   * @param after the last file of the lock; undefined if it is free
   * @returns undefined if somebody else was first. Throws the system's error
   */
  static async create(
    path: string,
    after: Holder | undefined,
    holder: Holder,
  ): Promise<LockFile | undefined> {
    const name = after === undefined ? path : successorOf(path, after);
    let fd: number;
    try {
      fd = await patiently(async () => openSync(name, 'wx', 0o600));
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return undefined;
      throw error;
    }
    const file = new LockFile(name, holder, fd);
    try {
      file.#write();
      // After a power cut it has to say who held it.
      fsyncSync(fd);
    } catch (error) {
      await file.remove();
      throw error;
    }
    return file;
  }

  /** Gives a sign of life. Throws the system's error. */
  renew(): void {
    const { beat } = this.#holder;
    this.#holder = { ...this.#holder, beat: beat + 1, renewedAt: new Date().toISOString() };
    this.#write();
  }

  /** Whether the chain ends with this file. */
  isLastOf(chain: readonly Link[]): boolean {
    return chain.at(-1)?.holder?.id === this.#holder.id;
  }

  /** Takes the file away, unless its name stands for another by now. */
  async remove(): Promise<void> {
    this.close();
    const link = readLink(this.name, this.name);
    if (link && (isBlank(link) || link.holder?.id === this.#holder.id)) await removeFile(this.name);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Into the file that was made, whatever stands by its name by now. */
  #write(): void {
    const text = JSON.stringify(this.#holder);
    writeSync(this.#fd, text.padEnd(LENGTH), 0, 'utf8');
  }
}

/** Bytes at least: a longer number never leaves the end of an earlier text behind it. */
const LENGTH = 512;
