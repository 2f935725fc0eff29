/** What a monitoring system is told by a worker: its runs, and the queue that it takes them from. Pure. */
import type { QueueDepth } from '../../queue/run-queue.js';
import { exposition, type Metric, parseExposition, seriesKey } from './exposition.js';

const RUNS = 'wickr_bulk_worker_runs_total';
/** Prometheus sees a counter grow only if it was there before: these end codes are there from the beginning. */
const USUAL = ['0', '1', '2', '3', '4', '5', '6', '143', 'killed'];

export class WorkerMetrics {
  readonly #worker: string;
  readonly #before: ReadonlyMap<string, number>;
  readonly #ended = new Map(USUAL.map((exitCode) => [exitCode, 0]));
  #queue: QueueDepth | undefined;

  /**
   * @param worker tells it from others on its machine, and stays when it is started again
   * @param before the text of the file, empty if there is none
   */
  constructor(worker: string, before: string) {
    this.#worker = worker;
    this.#before = parseExposition(before);
    for (const key of this.#before.keys()) {
      const exitCode = /^wickr_bulk_worker_runs_total\{.*exit_code="(\w+)"\}$/.exec(key)?.[1];
      if (exitCode !== undefined && key === this.#runsKey(exitCode)) this.#ended.set(exitCode, 0);
    }
  }

  /** A run's process has ended. @param exitCode null if it was killed */
  ended(exitCode: number | null): void {
    const label = exitCode === null ? 'killed' : String(exitCode);
    this.#ended.set(label, (this.#ended.get(label) ?? 0) + 1);
  }

  /** How the queue is; undefined if nobody knows. */
  see(queue: QueueDepth | undefined): void {
    this.#queue = queue;
  }

  text(): string {
    const worker = this.#worker;
    const { jobs, workers } = this.#queue ?? {};
    const metrics: Metric[] = [
      {
        name: RUNS,
        type: 'counter',
        help: 'Processes of runs that ended, by exit code.',
        values: [...this.#ended].map(([exitCode, count]) => ({
          labels: { worker, exit_code: exitCode },
          value: (this.#before.get(this.#runsKey(exitCode)) ?? 0) + count,
        })),
      },
      {
        name: 'wickr_bulk_queue_jobs',
        type: 'gauge',
        help: 'Jobs of the whole queue, by state.',
        values: Object.entries(jobs ?? {}).map(([state, value]) => ({ labels: { worker, state }, value })),
      },
      {
        name: 'wickr_bulk_queue_workers',
        type: 'gauge',
        help: 'Workers that take jobs from the queue.',
        values: workers === undefined ? [] : [{ labels: { worker }, value: workers }],
      },
    ];
    return exposition(metrics);
  }

  #runsKey(exitCode: string): string {
    return seriesKey(RUNS, { worker: this.#worker, exit_code: exitCode });
  }
}
