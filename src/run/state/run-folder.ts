import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { removeFile } from '../../busy-file.js';
import { exists, isSystemError, replaceFile, syncFolder, unreadable } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import { type FileFormat, fileFormats, rowFormat } from '../../input/source/format.js';
import type { Summary } from '../../model.js';
import type { ReportFormat } from '../../report/line.js';
import { printable } from '../../text/printable.js';
import type { Fence } from '../lock/fence.js';
import { refuseForeign } from './foreign-files.js';
import { parseRecord, parseRules, type Rules, type RunRecord, rulesText } from './run-record.js';

/** A run's folder and the files in it. Mode 0700, the files 0600. */
export class RunFolder {
  readonly path: string;
  /** Which folder it is, whatever stands at its path later; undefined until it was looked at. */
  #identity: string | undefined;
  #fence: Fence | undefined;

  private constructor(path: string, identity?: string) {
    this.path = path;
    this.#identity = identity;
  }

  /**
   * Makes a folder that did not exist.
   *
   * @throws RunFolderError if it exists or cannot be made
   */
  static async create(path: string): Promise<RunFolder> {
    const made = await make(resolve(path));
    return new RunFolder(made, await identityOf(made));
  }

  /** Sees early that a new run can have this folder. @throws RunFolderError if it exists */
  static async refuseExisting(path: string): Promise<void> {
    if (await exists(path)) throw existsAlready(resolve(path));
  }

  /** The folder of a run that was started already. Whether it is one, `readRecord` tells. */
  static at(path: string): RunFolder {
    return new RunFolder(resolve(path));
  }

  /** Has its files written only as long as the run holds its locks. */
  writtenBehind(fence: Fence): void {
    this.#fence = fence;
  }

  /** The file that says which process works on the run. */
  get lock(): string {
    return join(this.path, 'lock');
  }

  report(format: ReportFormat): string {
    return join(this.path, `report.${format}`);
  }

  /** Whom the rows mean that name their users. */
  get lookups(): string {
    return join(this.path, 'lookups.csv');
  }

  /** Who is never changed. */
  get excluded(): string {
    return join(this.path, 'excluded.csv');
  }

  /** What the users were before the run, and what it wanted of them. */
  get before(): string {
    return join(this.path, 'before.jsonl');
  }

  /** What the run intends, and what a resume must know of it. */
  get journal(): string {
    return join(this.path, 'journal.jsonl');
  }

  /** What the run did, second by second. */
  get series(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** The conditions on rows and the rules for their values, with the values that they name. */
  get rules(): string {
    return join(this.path, 'rules.json');
  }

  /** The values that a table has no translation for. */
  get untranslated(): string {
    return join(this.path, 'untranslated.csv');
  }

  /** A plan that went beyond a cap, for somebody to look at. */
  get plan(): string {
    return join(this.path, 'plan.jsonl');
  }

  /** @param format of the input, whose rows are copied as they were read */
  failed(format: FileFormat): string {
    return join(this.path, `failed.${rowFormat(format)}`);
  }

  /** The rows whose users are not in the network, likewise. */
  missing(format: FileFormat): string {
    return join(this.path, `missing.${rowFormat(format)}`);
  }

  /** The users of the network whom no row names. */
  get unlisted(): string {
    return join(this.path, 'unlisted.csv');
  }

  /** Where standard input is kept until every row has its outcome. */
  spool(format: FileFormat): string {
    return join(this.path, `input.${format}`);
  }

  async writeRecord(record: RunRecord): Promise<void> {
    const { rules: _, ...written } = record;
    const text = rulesText(record);
    if (text === undefined) return this.writeJson('run.json', written);
    await replaceFile(this.rules, (file) => file.appendFile(text));
    await this.writeJson('run.json', { ...written, rulesSha256: sha256(text) });
  }

  /**
   * @throws RunFolderError if this is no run's folder, it belongs to another user or has symbolic links in it, or its
   *   `run.json` was damaged
   */
  async readRecord(): Promise<RunRecord> {
    await refuseForeign(this.path);
    this.#identity = await identityOf(this.path);
    const path = join(this.path, 'run.json');
    const text = await readFile(path, 'utf8').catch((cause: unknown) => Promise.reject(noRun(path, cause)));
    const record = parseRecord(text, path);
    return record.rulesSha256 === undefined
      ? record
      : { ...record, rules: await this.readRules(record.rulesSha256) };
  }

  private async readRules(hash: string): Promise<Rules> {
    const text = await readFile(this.rules, 'utf8').catch((cause: unknown) =>
      Promise.reject(rulesLost(this.rules, cause)),
    );
    if (sha256(text) !== hash) throw rulesLost(this.rules);
    return parseRules(text, this.rules);
  }

  /** @param screen the same for people; its file is there before the one that says that the run has ended */
  async writeSummary(summary: Summary, screen?: string): Promise<void> {
    if (screen !== undefined) await this.writeText('summary.txt', screen);
    await this.writeJson('summary.json', summary);
  }

  /** Undefined as long as the run has none: it goes on, or was killed. */
  async readSummary(): Promise<Summary | undefined> {
    const path = join(this.path, 'summary.json');
    try {
      // Written by this program alone, and whole or not at all. The exit code is the command's addition.
      const { exitCode: _, ...summary } = JSON.parse(await readFile(path, 'utf8'));
      return summary as Summary;
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT')) return undefined;
      throw unreadable(path, cause);
    }
  }

  /** A run that goes on has no summary. */
  async dropSummary(): Promise<void> {
    this.#fence?.check();
    for (const name of ['summary.json', 'summary.txt']) await removeFile(join(this.path, name));
    await syncFolder(this.path);
  }

  /** Takes away a copy of rows that is not, or not any more, what it should be. */
  async dropCopy(path: string): Promise<void> {
    this.#fence?.check();
    await removeFile(path);
  }

  async dropSpool(format: FileFormat): Promise<void> {
    this.#fence?.check();
    await removeFile(this.spool(format));
  }

  /**
   * @throws RunFolderError if another folder, or none, is at the path by now: nothing of the run belongs there;
   *   LockedError if the run does not hold its locks any more
   */
  async confirm(): Promise<void> {
    if (this.#identity === undefined || (await identityOf(this.path)) === this.#identity)
      return this.#fence?.check();
    throw new RunFolderError(
      `the run's folder ${printable(this.path)} was moved or deleted during the run`,
      'Put it back in its place and go on with `resumeRun`. The report in it says what became of each row.',
    );
  }

  /** Takes away a folder in which nothing happened. */
  async remove(): Promise<void> {
    await this.confirm();
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }

  private async writeJson(name: string, value: unknown): Promise<void> {
    await this.writeText(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  private async writeText(name: string, text: string): Promise<void> {
    await this.confirm();
    await replaceFile(join(this.path, name), (file) => file.appendFile(text));
  }
}

const ID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const RUN_FILE = new RegExp(
  `^(${[
    '(run|rules|summary|control|order-(stop|pause|tune))\\.json',
    'summary\\.txt',
    'report\\.html',
    '(report|failed|missing)\\.(csv|jsonl)',
    '(before|journal|metrics|plan)\\.jsonl',
    '(lookups|excluded|unlisted|untranslated)\\.csv',
    `input\\.(${fileFormats.join('|')})`,
    `lock(\\.${ID})?`,
  ].join('|')})(\\.${ID}\\.part)?$`,
);

/** Whether a file in a run's folder has a name that runs give, drafts with it; other files are somebody's own. */
export const isRunFile = (name: string): boolean => RUN_FILE.test(name);

/** Device and number; undefined if there is no folder. A symbolic link is none. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined);
  return found?.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
}

async function make(path: string): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw cannotBeMade(dirname(path), cause);
  }
  try {
    await mkdir(path, { mode: 0o700 });
    await syncFolder(dirname(path));
    return path;
  } catch (cause) {
    throw isSystemError(cause, 'EEXIST') ? existsAlready(path, cause) : cannotBeMade(path, cause);
  }
}

const existsAlready = (path: string, cause?: unknown) =>
  new RunFolderError(
    `${printable(path)} exists already`,
    'A run never writes into a folder that exists: name another with `folder`.',
    { cause, code: 'RUN_FOLDER_EXISTS' },
  );

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const rulesLost = (path: string, cause?: unknown) =>
  new RunFolderError(
    `${printable(path)} is missing or is not as the run wrote it: it says which rows are meant, and what their values are`,
    'Put the file back. Without it, run the rows that the report does not have as a new run, with the same `where` and rules.',
    { cause },
  );

const noRun = (path: string, cause: unknown) =>
  isSystemError(cause, 'ENOENT', 'ENOTDIR')
    ? new RunFolderError(
        `${printable(dirname(path))} is not the folder of a run: there is no run.json in it`,
        'Name a folder that `updateUsers` has made. A run that was killed before it wrote run.json has sent nothing: start it again.',
        { cause, code: 'NOT_A_RUN' },
      )
    : unreadable(path, cause);

const cannotBeMade = (path: string, cause: unknown) =>
  new RunFolderError(
    `the folder ${printable(path)} cannot be made (${(cause as NodeJS.ErrnoException).code})`,
    'Name a folder that you may write to with `folder`.',
    { cause },
  );
