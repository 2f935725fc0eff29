/** Files that another program has open: Windows then refuses to rename and to delete them. */
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What Windows says of a file that a virus scanner, a backup, an index or a spreadsheet has open. */
const BUSY: readonly unknown[] = ['EPERM', 'EBUSY', 'EACCES'];
/** ms from the first attempt to the second; each wait is twice the one before. */
const FIRST_WAIT = 10;
/** With these, some 1.3 s in all. */
const WAITS = 7;

/** Whether a file may be in use by another program. */
export const isBusy = (error: unknown): boolean =>
  BUSY.includes((error as NodeJS.ErrnoException | undefined)?.code);

/** Renames, also over a file that a scanner looks at for a moment. Throws the system's error if it stays there. */
export const renameFile = (from: string, to: string): Promise<void> => patiently(() => rename(from, to));

/** Deletes a file, if there is one, likewise. */
export const removeFile = (path: string): Promise<void> => patiently(() => rm(path, { force: true }));

/** Tries again as long as another program may be in the way, and then throws the system's error. */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await act();
    } catch (error) {
      if (tried === WAITS || !isBusy(error)) throw error;
    }
    await sleep(FIRST_WAIT * 2 ** tried);
  }
}
