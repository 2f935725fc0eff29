/** The file of `--metrics-file` of a job: how its runs went, and how the one that goes on stands. */
import type { RunSample } from '../../index.js';
import { JobMetrics } from './job-metrics.js';
import { Textfile } from './textfile.js';

/** ms from one write to the next while a run goes on: a scrape each 15 s sees each of them or nearly so. */
const INTERVAL = 10_000;

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
  const metricsFrom = (before: string) => new JobMetrics(command, before, Date.now(), network);
  current = new MetricsFile(await Textfile.open(path, metricsFrom));
}

class MetricsFile {
  readonly #file: Textfile<JobMetrics>;

  constructor(file: Textfile<JobMetrics>) {
    this.#file = file;
  }

  setNetwork(network: string): void {
    this.#file.metrics.setNetwork(network);
  }

  add(sample: RunSample): void {
    this.#file.metrics.add(sample);
    if (this.#file.age >= INTERVAL) void this.#file.write();
  }

  /** The run has ended, or there was none. Resolves when the file says so, or cannot. */
  async end(exitCode: number): Promise<void> {
    this.#file.metrics.end(exitCode, Date.now());
    await this.#file.write();
  }
}
