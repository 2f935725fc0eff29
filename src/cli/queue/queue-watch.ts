/** The metrics file of a worker, kept up to date from when it has begun until it is closed. */
import { basename } from 'node:path';
import { RunQueue } from '../../queue/run-queue.js';
import type { RedisSettings } from '../../redis/connection.js';
import { Textfile } from '../metrics/textfile.js';
import { WorkerMetrics } from '../metrics/worker-metrics.js';

/** ms from one look at the queue to the next, and for its answer: the file is written without it too. */
const INTERVAL = 10_000;
const PATIENCE = 3000;

export class QueueWatch {
  readonly #queue: RunQueue;
  readonly #file: Textfile<WorkerMetrics>;
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  private constructor(queue: RunQueue, file: Textfile<WorkerMetrics>) {
    this.#queue = queue;
    this.#file = file;
  }

  /**
   * Writes the file, without a look at the queue yet. The name of the file tells the worker from others on its machine.
   *
   * @throws UsageError if the file cannot be written, or is something else; RedisError if Redis cannot be reached
   */
  static async open(path: string, settings: RedisSettings): Promise<QueueWatch> {
    const name = basename(path, '.prom');
    const file = await Textfile.open(path, (before) => new WorkerMetrics(name, before));
    return new QueueWatch(await RunQueue.open(settings), file);
  }

  /** The worker is one of the queue's from now on. */
  begin(): void {
    this.#timer = setInterval(() => this.#look(), INTERVAL).unref();
    void this.#look();
  }

  /** @param exitCode null if the run's process was killed */
  readonly runEnded = (exitCode: number | null): void => {
    this.#file.metrics.ended(exitCode);
    void this.#look();
  };

  /** Leaves the runs in the file, and nothing of the queue, which goes on without this worker. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#queue.close();
    this.#file.metrics.see(undefined);
    await this.#file.write();
  }

  /** One look after the other. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      this.#file.metrics.see(await this.#depth());
      await this.#file.write();
    });
    return this.#looking;
  }

  /** Undefined if Redis does not answer in time. */
  #depth() {
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), PATIENCE).unref();
    });
    return Promise.race([this.#queue.depth().catch(() => undefined), late]);
  }
}
