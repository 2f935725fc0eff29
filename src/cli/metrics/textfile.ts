/** A file for the textfile collector of Prometheus' node_exporter. */
import { lstat, readFile } from 'node:fs/promises';
import { isSystemError, replaceFile } from '../../disk.js';
import { UsageError, type WickrBulkError } from '../../errors.js';
import { plain } from '../../screen/plain.js';
import { notice } from '../process/notices.js';
import { BEGINNING } from './exposition.js';

/** The collector runs as another user, and nothing in the file is anybody's secret. */
const READABLE_BY_ALL = 0o644;

/** What is in the file: asked for its text whenever that is written. */
interface Metrics {
  text(): string;
}

/** Is replaced as a whole, again and again. What cannot be written later is told once, and is no reason to end. */
export class Textfile<M extends Metrics> {
  readonly metrics: M;
  readonly #path: string;
  readonly #mode: number;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing = Promise.resolve();
  #hasFailed = false;

  private constructor(path: string, mode: number, metrics: M) {
    this.#path = path;
    this.#mode = mode;
    this.metrics = metrics;
  }

  /**
   * Writes it for the first time.
   *
   * @param metricsFrom is given the text of the file as it was, empty if there was none
   * @throws UsageError if it is something else, or cannot be written for another reason than a full disk
   */
  static async open<M extends Metrics>(
    path: string,
    metricsFrom: (before: string) => M,
  ): Promise<Textfile<M>> {
    const { text, mode } = await before(path);
    const file = new Textfile(path, mode, metricsFrom(text));
    try {
      await file.#replace();
    } catch (error) {
      if (!isSystemError(causeOf(error), 'ENOSPC', 'EDQUOT')) throw refused(path, causeOf(error));
      file.#tell(error);
    }
    return file;
  }

  /** ms since it was written, or that was begun. */
  get age(): number {
    return performance.now() - this.#writtenAt;
  }

  /** Resolves when the file is as the metrics are, or cannot be. */
  write(): Promise<void> {
    this.#writtenAt = performance.now();
    this.#writing = this.#writing.then(() => this.#replace().catch((error: unknown) => this.#tell(error)));
    return this.#writing;
  }

  async #replace(): Promise<void> {
    this.#writtenAt = performance.now();
    await replaceFile(this.#path, async (file) => {
      await file.appendFile(this.metrics.text());
      await file.chmod(this.#mode);
    });
  }

  #tell(error: unknown): void {
    if (!this.#hasFailed)
      notice(`${plain(`--metrics-file: ${(error as Error).message}; all else goes on`)}\n`);
    this.#hasFailed = true;
  }
}

/** What runs before have left: an owner who has changed the file's mode keeps it. */
async function before(path: string): Promise<{ text: string; mode: number }> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink())
      throw new UsageError(
        `the metrics file ${plain(path)} is a symbolic link`,
        'Name the file that it leads to, if that is meant.',
      );
    const text = found.isFile() ? await readFile(path, 'utf8') : undefined;
    if (text === undefined || (text !== '' && !text.startsWith(BEGINNING)))
      throw new UsageError(
        `${plain(path)} exists and is no metrics file of wickr-bulk`,
        'Nothing was written to it. Name a file that does not exist yet, or one that --metrics-file has made.',
      );
    return { text, mode: found.mode & 0o777 };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { text: '', mode: READABLE_BY_ALL };
    throw isSystemError(error) ? refused(path, error) : error;
  }
}

const causeOf = (error: unknown): unknown => (error as WickrBulkError).cause;

const refused = (path: string, cause: unknown) =>
  new UsageError(
    `the metrics file ${plain(path)} cannot be written (${(cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown reason'})`,
    'Name a file in a folder that exists and that you may write to; node_exporter reads those that end in .prom.',
    { cause },
  );
