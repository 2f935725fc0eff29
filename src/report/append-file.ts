/** The file under a report: what was appended to it is not lost. */
import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { NO_FOLLOW, syncFolder } from '../disk.js';

/** A file that only grows. What was appended survives the end of the process; what was synced survives a power cut. */
export interface AppendFile {
  /** Hands all of the text to the system before it returns. Throws the system's error. */
  append(text: string): void;
  /** Resolves when all that was appended is on the disk. Rejects with the system's error, also if the file was deleted. */
  sync(): Promise<void>;
  close(): void;
}

/** How a report's file is opened: a new one, or an existing one that is cut to its first `keep` bytes. */
export type OpenAppendFile = (path: string, keep?: number) => Promise<AppendFile>;

const sync = (fd: number): Promise<void> => promisify(fdatasync)(fd);

/** On this machine's file system, mode 0600. */
export const openAppendFile: OpenAppendFile = async (path, keep) => {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
  // O_EXCL follows no symbolic link either.
  const how = keep === undefined ? O_CREAT | O_EXCL : NO_FOLLOW;
  const fd = openSync(path, O_WRONLY | O_APPEND | how, 0o600);
  try {
    if (keep !== undefined) cut(path, fd, keep);
    await syncFolder(dirname(path));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    append(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    },
    async sync() {
      await sync(fd);
      // The system accepts what is written to a file that was deleted.
      if (fstatSync(fd).nlink === 0) throw Object.assign(new Error('deleted'), { code: 'ENOENT' });
    },
    close: () => closeSync(fd),
  };
};

/** Cuts the file that was opened to its first bytes: Windows lets no handle do so that can only append. */
function cut(path: string, opened: number, keep: number): void {
  const fd = openSync(path, constants.O_WRONLY | NO_FOLLOW);
  try {
    if (identityOf(fd) !== identityOf(opened))
      throw Object.assign(new Error('another file is in its place'), { code: 'EBUSY' });
    ftruncateSync(fd, keep);
  } finally {
    closeSync(fd);
  }
}

function identityOf(fd: number): string {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return `${dev}:${ino}`;
}
