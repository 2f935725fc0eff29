/** Reads the file of the option `exclude`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { InputError, WickrBulkError } from '../../errors.js';
import type { Row } from '../../model.js';
import { printable } from '../../text/printable.js';
import { characterAt } from '../../text/unseen.js';
import { folded } from '../../text/username.js';
import { type ColumnName, columnOf } from '../columns/column-names.js';
import { gradeOf } from '../fields/value-grade.js';
import type { Exclusions, NamedUser } from '../options/exclusions.js';
import { openSource } from '../source/open-source.js';
import { RowReader } from './row-reader.js';

/**
 * Reads a list of users: an input file with a `userId`, `lookupUsername` or `username` column, or a text with a user ID
 * or a username a line, which may stand in double quotes (blank lines and those that begin with `#` do not count).
 *
 * @param sha256 what the SHA-256 of the file has to be, in hex
 * @throws InputError if it cannot be read, a line of it is not a user, or it has no user: a list that protects nobody
 *   is a mistake
 */
export async function readExclusions(path: string, sha256?: string): Promise<Exclusions> {
  const name = printable(basename(path));
  const list = new UserList();
  try {
    const isInput = /^\.(csv|tsv|jsonl|ndjson)$/i.test(extname(path));
    const found = isInput ? await readInput(path, list) : await readLines(path, list);
    if (list.isEmpty) throw new InputError('it names no user', 'Give a list with at least one user.');
    if (sha256 !== undefined && found !== sha256) {
      throw new InputError(
        'it is not the file that the run was started with',
        'Put that file back, or start a new run with this one.',
      );
    }
    const { userIds, usernames, named } = list;
    return { userIds, usernames, named: [...named.values()], name, path: resolve(path), sha256: found };
  } catch (cause) {
    if (!(cause instanceof WickrBulkError)) throw cause;
    throw new InputError(`\`exclude\` ${name}: ${cause.message}`, cause.hint, { cause });
  }
}

class UserList {
  readonly userIds = new Map<string, number>();
  readonly usernames = new Set<string>();
  readonly named = new Map<string, NamedUser>();

  add(line: number, userId: string, username?: string): void {
    if (userId !== '' && !this.userIds.has(userId)) this.userIds.set(userId, line);
    if (username === undefined) return;
    this.usernames.add(folded(username));
    // Digits that may be either are looked up as a user ID.
    if (userId === username) return;
    const key = `${userId} ${folded(username)}`;
    if (!this.named.has(key)) this.named.set(key, { username, line, ...(userId !== '' && { userId }) });
  }

  get isEmpty(): boolean {
    return this.userIds.size + this.usernames.size === 0;
  }
}

/** Adds the users of an input file, and gives its SHA-256. */
async function readInput(path: string, list: UserList): Promise<string> {
  const source = await openSource(path);
  try {
    // Every row needs a network, though which one does not matter here.
    const reader = new RowReader(source, {
      ...{ roster: true, networkId: '00000000' },
      // A name that is likely not meant protects nobody; whether anybody is called Null, the network can tell.
      ...{ strict: true, accept: ['lookupUsername'] },
    });
    const add = (rows: readonly Row[]) => {
      for (const row of rows) addRow(list, row);
    };
    for await (const chunk of source.chunks()) add(reader.push(chunk));
    add(reader.end());
    if (reader.error !== undefined) throw reader.error;
    return await source.sha256();
  } finally {
    await source.close();
  }
}

/** Adds the user of a row. @throws InputError if it is none */
function addRow(list: UserList, row: Row): void {
  if ('problems' in row) throw notAUser(row.line, row.problems[0]?.reason ?? '');
  if ('command' in row) list.add(row.line, row.command.userId);
  if (!('named' in row)) return;
  const { userId, lookupUsername } = row.named;
  const fault = lookupUsername === undefined ? undefined : faultOf(lookupUsername);
  if (fault !== undefined) throw notAUser(row.line, fault);
  list.add(row.line, userId, lookupUsername);
}

/** Adds the users of a text, and gives its SHA-256. */
async function readLines(path: string, list: UserList): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ENOENT';
    throw new InputError(
      missing ? 'there is no such file' : `it cannot be read (${cause.code})`,
      missing ? 'Check the path for a typing error.' : 'Check that it is a file you are allowed to read.',
      { cause },
    );
  });
  const lines = textOf(bytes).split(/\r\n|[\r\n]/);
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const user = /^"(?:[^"]|"")+"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
    const fault = faultOf(user);
    if (fault !== undefined) throw notAUser(index + 1, fault);
    // Digits alone may be a user ID or a username.
    list.add(index + 1, /^[0-9]+$/.test(user) ? user : '', user);
  }
  return createHash('sha256').update(bytes).digest('hex');
}

function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {}
  throw new InputError('it is not a text in UTF-8', 'Save it as UTF-8, with one user ID or username a line.');
}

// A line that protects nobody would look as if it protected somebody.
function faultOf(user: string): string | undefined {
  if (columnOf(user) !== undefined) return 'is the name of a column: name a file with columns .csv or .tsv';
  const quote = characterAt(user, /^["'\p{Pi}\p{Pf}„‚‛‟‹›«»=]|["'\p{Pi}\p{Pf}„‚‛‟‹›«»]$/u);
  if (quote !== undefined)
    return `begins or ends with a quote or an equals sign, ${quote}: give the user ID or username alone`;
  if (/^(?:<.*>|\(.*\)|\[.*\]|\{.*\})$/.test(user))
    return 'stands in brackets: give the user ID or username alone';
  if (/[,;\t|]/.test(user)) return 'has more than one value: name a file with columns .csv or .tsv';
  const isNumber = /^[+-]?[0-9]+([.,][0-9]*)?([eE][+-]?[0-9]+)?$/.test(user);
  if (isNumber && !/^[0-9]{1,10}$/.test(user))
    return 'is a number but not a user ID: was it damaged in a spreadsheet?';
  const fault = gradeOf('username', user, NAMED);
  return fault?.reason;
}

/** Whether anybody is called Null, the network can tell. */
const NAMED: ReadonlySet<ColumnName> = new Set(['username']);

const notAUser = (line: number, reason: string) =>
  new InputError(reason, 'Correct the list: every line of it has to name a user.', { line });
