/** A look at a run once a second: for its time series, for whoever wants to know, and for the log. */
import { rateChange } from '../metrics/rate-change.js';
import type { Interval } from '../metrics/traffic.js';
import type { Status } from '../model.js';
import type { RunState, Sample } from '../report/series.js';
import { SeriesFile } from '../report/series-file.js';
import { steadyNow } from '../steady-clock.js';
import { defined } from './options/parse-options.js';
import { logEvent } from './options/table/log-events.js';
import type { Progress, RunSample } from './options/table/run-events.js';
import type { RunParts } from './run-parts.js';

/** ms from one look to the next. */
const LOOK = 1000;

/** What of a run is looked at. */
type Looked = Pick<RunParts, 'parsed' | 'session' | 'orders' | 'folder' | 'fence' | 'past'>;

/** Looks from when it is made until it is closed. */
export class Sampler {
  readonly #parts: Looked;
  readonly #progress: () => Progress;
  readonly #file: SeriesFile;
  readonly #looking: NodeJS.Timeout;
  /** Rows by status that had ended before. */
  readonly #before: Readonly<Record<Status, number>>;
  /** ms, monotonic, of the last look. */
  #lookedAt = performance.now();
  /** Requests/s that the log has told last. */
  #toldRate: number | undefined;

  constructor(parts: Looked, progress: () => Progress) {
    this.#parts = parts;
    this.#progress = progress;
    this.#before = { ...parts.past.tally.statuses };
    const { folder, fence, session, parsed } = parts;
    this.#file = new SeriesFile(folder.series, {
      guard: () => fence.check(),
      confirm: () => folder.confirm(),
      onTrouble: (what) => {
        logEvent(parsed.control.logger, 'time series', { reason: what });
        // Why a run stops it says itself, and that is reason enough.
        if (!session.stop.signal.aborted) parsed.batch.onNotice(what);
      },
    });
    // What was read before the first row is sent was sent by no second of the series.
    session.service.traffic.take();
    this.#looking = setInterval(() => this.#look(), LOOK).unref();
  }

  /** Looks for the last time. Resolves when the file has all lines, or cannot have them. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#look();
    await this.#file.close();
  }

  #look(): void {
    const at = performance.now();
    const seconds = Math.round(at - this.#lookedAt) / 1000;
    // The end may come right behind a look.
    if (seconds <= 0) return;
    this.#lookedAt = at;
    const { session, parsed, fence } = this.#parts;
    const { limiters, traffic } = session.service;
    const limiter = limiters.of('writes');
    const interval = traffic.take();
    const limit = limiter.found;
    const sample = {
      ...sampleOf(interval, this.#progress(), { seconds, limit, state: this.#state(interval) }),
      ...defined({ sharedBy: session.sharedBy, worker: parsed.report.worker }),
    };
    this.#file.add(sample);
    if (fence.lost === undefined) parsed.batch.onSample({ ...sample, ended: this.#ended() });
    const change = rateChange(this.#toldRate, limit);
    if (!change) return;
    logEvent(parsed.control.logger, change.from === undefined ? 'rate found' : 'rate changed', change);
    this.#toldRate = limit;
  }

  #ended(): RunSample['ended'] {
    const counts = Object.entries(this.#parts.past.tally.statuses) as [Status, number][];
    const ended = counts.map(([status, count]) => [status, count - this.#before[status]]);
    return Object.fromEntries(ended) as Record<Status, number>;
  }

  #state({ isIdle }: Interval): RunState {
    const { orders, session } = this.#parts;
    if (orders.isPaused) return 'paused';
    if (session.service.outage.isOn) return 'down';
    return isIdle ? 'waiting' : 'running';
  }
}

interface Look {
  readonly seconds: number;
  readonly limit: number | undefined;
  readonly state: RunState;
}

function sampleOf(
  { isIdle: _, latency, inFlight, ...counts }: Interval,
  { done, updated, failed, rate }: Progress,
  { seconds, limit, state }: Look,
): Sample {
  return {
    at: new Date(steadyNow()).toISOString(),
    seconds,
    done,
    updated,
    failed,
    ...counts,
    rate: rounded(rate),
    limit: limit === undefined ? null : rounded(limit),
    inFlight,
    latency,
    state,
  };
}

const rounded = (rate: number): number => Math.round(10 * rate) / 10;
