/** The users of the network whom no row of a reconciliation names, kept as `unlisted.csv` in the run's folder. */
import { stringify } from 'csv-stringify/sync';
import { replaceFile } from '../../disk.js';
import type { UnlistedUser } from '../../plan/lookup/unlisted-users.js';
import { isFormula } from '../../report/line.js';

/** Users written at once. */
const BLOCK = 1000;

/**
 * Writes them as rows that say who is meant. A username that a spreadsheet would run as a formula is left out: the ID
 * says enough.
 *
 * @throws RunFolderError if the disk does not take it
 */
export const writeUnlisted = (path: string, users: Iterable<UnlistedUser>): Promise<void> =>
  replaceFile(path, async (file) => {
    let cells: string[][] = [['userId', 'lookupUsername']];
    for (const { userId, username = '' } of users) {
      cells.push([userId, isFormula(username) ? '' : username]);
      if (cells.length < BLOCK) continue;
      await file.appendFile(stringify(cells));
      cells = [];
    }
    await file.appendFile(stringify(cells));
  });
