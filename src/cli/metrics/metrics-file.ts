/** The file of `--metrics-file`, for the textfile collector of Prometheus' node_exporter. */
import { lstat, readFile } from 'node:fs/promises';
import { isSystemError, replaceFile } from '../../disk.js';
import { UsageError, type WickrBulkError } from '../../errors.js';
import type { RunSample } from '../../index.js';
import { plain } from '../../screen/plain.js';
import { notice } from '../process/notices.js';
import { BEGINNING } from './exposition.js';
import { JobMetrics } from './job-metrics.js';

/** ms from one write to the next while a run goes on: a scrape each 15 s sees each of them or nearly so. */
const INTERVAL = 10_000;
/** The collector runs as another user, and nothing in the file is anybody's secret. */
const READABLE_BY_ALL = 0o644;

/** Of this process, if it keeps one. */
let current: MetricsFile | undefined;

/** The metrics file that the command line asks for; undefined without one. */
export const metricsFile = (): MetricsFile | undefined => current;

/**
 * Says that a run of the command begins.
 *
 * @throws UsageError if the file cannot be written, or is something else
 */
export async function openMetricsFile(path: string, command: string, network?: string): Promise<void> {
  const { text, mode } = await before(path);
  const file = new MetricsFile(path, mode, new JobMetrics(command, text, Date.now(), network));
  await file.begin();
  current = file;
}

export class MetricsFile {
  readonly #path: string;
  readonly #mode: number;
  readonly #job: JobMetrics;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing = Promise.resolve();
  #hasFailed = false;

  constructor(path: string, mode: number, job: JobMetrics) {
    this.#path = path;
    this.#mode = mode;
    this.#job = job;
  }

  /** @throws UsageError if the file cannot be written for another reason than a full disk */
  async begin(): Promise<void> {
    try {
      await this.#write();
    } catch (error) {
      if (!isSystemError(causeOf(error), 'ENOSPC', 'EDQUOT')) throw refused(this.#path, causeOf(error));
      this.#tell(error);
    }
  }

  setNetwork(network: string): void {
    this.#job.setNetwork(network);
  }

  add(sample: RunSample): void {
    this.#job.add(sample);
    if (performance.now() - this.#writtenAt >= INTERVAL) void this.#writeNext();
  }

  /** The run has ended, or there was none. Resolves when the file says so, or cannot. */
  async end(exitCode: number): Promise<void> {
    this.#job.end(exitCode, Date.now());
    await this.#writeNext();
  }

  #writeNext(): Promise<void> {
    this.#writtenAt = performance.now();
    this.#writing = this.#writing.then(() => this.#write().catch((error: unknown) => this.#tell(error)));
    return this.#writing;
  }

  async #write(): Promise<void> {
    this.#writtenAt = performance.now();
    await replaceFile(this.#path, async (file) => {
      await file.appendFile(this.#job.text());
      await file.chmod(this.#mode);
    });
  }

  #tell(error: unknown): void {
    if (!this.#hasFailed)
      notice(`${plain(`--metrics-file: ${(error as Error).message}; the run goes on`)}\n`);
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
