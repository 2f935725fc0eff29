/**
 * The users whom the list of excluded users meant when the run was started, kept as `excluded.csv` for as long as the run's
 * folder: once one of them is renamed, the list's username finds nobody, or somebody else.
 */
import { readFile } from 'node:fs/promises';
import { isSystemError, replaceFile, unreadable } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import { printable } from '../../text/printable.js';

const HEADER = 'userId';

/** @throws RunFolderError if the disk does not take it */
export const writeExcluded = (path: string, userIds: Iterable<string>): Promise<void> =>
  replaceFile(path, (file) => file.appendFile(`${[HEADER, ...userIds].join('\n')}\n`));

/** The users' IDs. @throws RunFolderError if the file is not there, or not as the run wrote it */
export async function readExcluded(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) =>
    Promise.reject(isSystemError(cause, 'ENOENT') ? lost(path) : unreadable(path, cause)),
  );
  const [header, ...userIds] = text.split('\n');
  const isWhole = header === HEADER && userIds.pop() === '';
  if (!isWhole || userIds.some((userId) => !/^[0-9]{1,10}$/.test(userId))) throw lost(path);
  return new Set(userIds);
}

const lost = (path: string) =>
  new RunFolderError(
    `${printable(path)} is missing or is not as the run wrote it: it says who is never changed`,
    'Put the file back. Without it, run the rows that the report does not have as a new run.',
  );
