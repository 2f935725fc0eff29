/** What a monitoring system is told of a job that comes again and again: a pure function of its runs. */
import type { RunSample } from '../../index.js';
import type { Status } from '../../model.js';
import { statuses } from '../../row-status.js';
import { version } from '../../version.js';
import { exposition, type Labels, type Metric, parseExposition, seriesKey } from './exposition.js';

const NETWORK = /^wickr_bulk_last_run_timestamp_seconds\{command="(\w+)",network="(\d+)"\}/;

/** One run of the job, and what the runs before it have left in the file. Times are epoch ms. */
export class JobMetrics {
  readonly #command: string;
  #network: string | undefined;
  readonly #before: ReadonlyMap<string, number>;
  readonly #startedAt: number;
  #last: RunSample | undefined;
  readonly #requests = { accepted: 0, throttled: 0, failed: 0 };
  #retried = 0;
  #reads = 0;
  #end: { readonly at: number; readonly exitCode: number } | undefined;

  /**
   * @param before the text of the file, empty if there is none
   * @param network undefined as long as it is not known: then it is that of the run before
   */
  constructor(command: string, before: string, startedAt: number, network?: string) {
    this.#command = command;
    this.#before = parseExposition(before);
    this.#startedAt = startedAt;
    this.#network = network ?? networkIn(this.#before, command);
  }

  setNetwork(network: string): void {
    this.#network = network;
  }

  add(sample: RunSample): void {
    this.#last = sample;
    this.#requests.accepted += sample.accepted;
    this.#requests.throttled += sample.throttled;
    this.#requests.failed += sample.requests - sample.accepted - sample.throttled;
    this.#retried += sample.retried;
    this.#reads += sample.reads;
  }

  end(exitCode: number, at: number): void {
    this.#end = { at, exitCode };
  }

  text(): string {
    return exposition([
      ...this.#counters(),
      ...this.#presentState(),
      ...this.#sharedRate(),
      ...this.#lastRun(),
    ]);
  }

  #labels(more: Labels = {}): Labels {
    const network = this.#network === undefined ? {} : { network: this.#network };
    return { command: this.#command, ...network, ...more };
  }

  /** They go on from run to run, so that Prometheus' `increase` sees each of them. */
  #counters(): Metric[] {
    const counter = (name: string, help: string, counts: readonly (readonly [Labels, number])[]): Metric => ({
      name,
      type: 'counter',
      help,
      values: counts.map(([more, count]) => {
        const labels = this.#labels(more);
        return { labels, value: (this.#before.get(seriesKey(name, labels)) ?? 0) + count };
      }),
    });
    const rows = (Object.keys(statuses) as Status[]).map(
      (status) => [{ status }, this.#last?.ended[status] ?? 0] as const,
    );
    const requests = Object.entries(this.#requests).map(([result, count]) => [{ result }, count] as const);
    return [
      counter('wickr_bulk_rows_total', 'Rows that ended, by status, over all runs.', rows),
      counter('wickr_bulk_requests_total', 'Requests to the service, by result.', requests),
      counter('wickr_bulk_retried_requests_total', 'Requests that were not the first attempt.', [
        [{}, this.#retried],
      ]),
      counter('wickr_bulk_read_requests_total', 'Requests that changed nobody.', [[{}, this.#reads]]),
    ];
  }

  #gauge(name: string, help: string, value: number | null | undefined, more: Labels = {}): Metric {
    const labels = this.#labels(more);
    const values = value === null || value === undefined ? [] : [{ labels, value }];
    return { name, type: 'gauge', help, values };
  }

  #presentState(): Metric[] {
    const going = this.#end ? undefined : this.#last;
    const { latency } = going ?? {};
    return [
      this.#gauge('wickr_bulk_run_in_progress', 'Whether a run goes on: 1 or 0.', this.#end ? 0 : 1),
      this.#gauge(
        'wickr_bulk_rate_requests_per_second',
        'Requests a second that are allowed now.',
        going?.rate,
      ),
      this.#gauge('wickr_bulk_limit_requests_per_second', 'The limit that was found.', going?.limit),
      this.#gauge('wickr_bulk_in_flight_requests', 'Requests without an answer.', going?.inFlight),
      this.#gauge(
        'wickr_bulk_latency_median_seconds',
        'Median latency, last second.',
        inSeconds(latency?.p50),
      ),
      this.#gauge('wickr_bulk_latency_p99_seconds', '99th percentile of it.', inSeconds(latency?.p99)),
      {
        name: 'wickr_bulk_build_info',
        type: 'gauge',
        help: 'The version, as a label.',
        values: [{ labels: this.#labels({ version }), value: 1 }],
      },
    ];
  }

  /** Of a run that shares its rate. By itself, as Redis is away, it has neither a part nor a common limit. */
  #sharedRate(): Metric[] {
    const { sharedBy, rate, limit } = (this.#end ? undefined : this.#last) ?? {};
    const isShared = sharedBy !== undefined && sharedBy > 0;
    const perSecond = (name: string, help: string, value: number | null | undefined) =>
      this.#gauge(`wickr_bulk_shared_rate_${name}_requests_per_second`, help, isShared ? value : undefined);
    return [
      this.#gauge(
        'wickr_bulk_shared_rate_runs',
        'Runs that share the rate; 0 while Redis is away.',
        sharedBy,
      ),
      perSecond('limit', 'The limit that all of them have found.', limit),
      perSecond('share', 'The part of this run.', rate),
    ];
  }

  /** Of the run that ended last: while one goes on, that is the one before. */
  #lastRun(): Metric[] {
    const last = (name: string, help: string, now: number | undefined): Metric => {
      const before = this.#before.get(seriesKey(name, this.#labels()));
      return this.#gauge(name, help, now ?? before);
    };
    const { at, exitCode } = this.#end ?? {};
    const seconds = at === undefined ? undefined : Math.round(at) / 1000;
    const success = exitCode === 0 ? seconds : undefined;
    const took = at === undefined ? undefined : Math.round(at - this.#startedAt) / 1000;
    return [
      last('wickr_bulk_last_run_timestamp_seconds', 'When the last run ended, however it did.', seconds),
      last('wickr_bulk_last_success_timestamp_seconds', 'When a run last ended with exit code 0.', success),
      last('wickr_bulk_last_exit_code', 'Exit code of the last run.', exitCode),
      last('wickr_bulk_last_run_duration_seconds', 'How long the last run took.', took),
    ];
  }
}

const inSeconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

/** The network of the command's runs, if the file knows just one. */
function networkIn(before: ReadonlyMap<string, number>, command: string): string | undefined {
  const found = [...before.keys()].flatMap((key) => {
    const [, of, network] = NETWORK.exec(key) ?? [];
    return of === command && network !== undefined ? [network] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}
