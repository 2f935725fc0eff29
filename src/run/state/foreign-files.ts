/** Whether the folder of an earlier run is still this user's alone: what it says is believed, and its files are written to. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import system from 'node:process';
import { RunFolderError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** What only the superuser can be. */
const ROOT = 0n;

/** Whether a file is this user's or the superuser's: nobody else can have written into it. */
export function isOfUser({ uid }: { readonly uid: bigint }): boolean {
  const self = system.geteuid?.();
  return self === undefined || uid === BigInt(self) || uid === ROOT;
}

/**
 * Does nothing if there is no such folder: whoever reads from it says so.
 *
 * @throws RunFolderError if the folder belongs to another user, or one of its files is a symbolic link
 */
export async function refuseForeign(folder: string): Promise<void> {
  const found = await lstat(folder, { bigint: true }).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSymbolicLink() && !isOfUser(found))
    throw new RunFolderError(
      `${printable(folder)} belongs to another user, who may have written anything into it`,
      'Use it as that user, or make it yours once you have looked at its files.',
    );
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined)
    throw new RunFolderError(
      `${printable(join(folder, link.name))} is a symbolic link, which no run makes`,
      'Put back the file that was there, or remove the link.',
    );
}
