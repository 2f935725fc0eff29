/**
 * The user that each row means which names them by username, kept as `lookups.csv` for as long as the run's folder:
 * once a user is renamed, the old username finds nobody, or somebody else.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isSystemError, replaceFile, unreadable } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import { MISSING } from '../../plan/lookup/lookup-requests.js';
import type { ResolvedLookup } from '../../plan/lookup/lookup-table.js';
import { printable } from '../../text/printable.js';

const HEADER = 'row,userId';
/** Characters written at once. */
const BLOCK = 64 * 1024;

/** @throws RunFolderError if the disk does not take it */
export async function writeLookups(path: string, looked: Iterable<ResolvedLookup>): Promise<void> {
  await replaceFile(path, async (file) => {
    let text = `${HEADER}\n`;
    for (const { row, userId } of looked) {
      text += `${row},${userId}\n`;
      if (text.length < BLOCK) continue;
      await file.appendFile(text);
      text = '';
    }
    await file.appendFile(text);
  });
}

/** What was found by row; undefined if the file is not there: the run has looked nobody up. */
export async function readLookups(path: string): Promise<KnownUsers | undefined> {
  const known = new KnownUsers();
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      line += 1;
      if (line === 1 && text === HEADER) continue;
      const [, row, userId] = /^([1-9][0-9]{0,8}),([0-9]{0,10}|-)$/.exec(text) ?? [];
      if (row === undefined || userId === undefined) throw damaged(path, line);
      known.add(Number(row), userId);
    }
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined;
    throw cause instanceof RunFolderError ? cause : unreadable(path, cause);
  }
  return known;
}

const damaged = (path: string, line: number) =>
  new RunFolderError(
    `${printable(path)}, line ${line}, is not as a run wrote it`,
    'It says whom the rows mean, so the run cannot go on without it. Run the rows that the report does not have as a new run.',
  );

/** In the place of the number of a user who was not in the network. */
const NOBODY = -1;

/** Users by row, at 8 bytes a row: a number with a 1 before its digits keeps leading zeros. */
export class KnownUsers {
  private numbers = new Float64Array(1024);

  add(row: number, userId: string): void {
    if (row >= this.numbers.length) {
      const larger = new Float64Array(Math.max(row + 1, 2 * this.numbers.length));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[row] = userId === MISSING ? NOBODY : Number(`1${userId}`);
  }

  /** Empty if the row means nobody, or `MISSING`; undefined if it was not looked up. */
  userOf(row: number): string | undefined {
    const number = this.numbers[row] ?? 0;
    if (number === NOBODY) return MISSING;
    return number === 0 ? undefined : String(number).slice(1);
  }
}
