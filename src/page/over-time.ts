/** A time series made of the report alone, for a run that has kept none: pure, and of a size that has a bound. */
import type { Outcome } from '../model.js';
import { succeeded } from '../row-status.js';
import { LatencyBins } from './latency-bins.js';
import type { SeriesPoint } from './view/page-data.js';

/** Stretches of time that are told apart. */
const MOST = 300;

interface Stretch {
  done: number;
  failed: number;
  throttled: number;
  readonly latency: LatencyBins;
}

/** Outcomes by the second; by two, four, eight seconds once the run is so long. Time in which nothing ended has no point. */
export class OverTime {
  /** s */
  #width = 1;
  #stretches = new Map<number, Stretch>();

  /** A row that was not sent has no time, and counts nowhere. */
  add(outcome: Outcome): void {
    const { startedAt, finishedAt, attempts, throttled } = outcome;
    if (startedAt === undefined || finishedAt === undefined) return;
    const stretch = this.#at(Math.floor(finishedAt / 1000 / this.#width));
    stretch.done += 1;
    if (!succeeded(outcome)) stretch.failed += 1;
    stretch.throttled += throttled;
    // Of several attempts the time tells how long it was waited.
    if (attempts === 1) stretch.latency.add(finishedAt - startedAt);
    if (this.#stretches.size > MOST) this.#widen();
  }

  /** In the order of time. */
  points(): SeriesPoint[] {
    const seconds = this.#width;
    return [...this.#stretches]
      .sort(([a], [b]) => a - b)
      .map(([at, { done, failed, throttled, latency }]) => ({
        at: (at + 1) * seconds * 1000,
        seconds,
        done,
        failed,
        throttled,
        p50: latency.quantile(0.5),
        p95: latency.quantile(0.95),
        rate: null,
        limit: null,
      }));
  }

  #at(index: number): Stretch {
    const known = this.#stretches.get(index);
    if (known) return known;
    const stretch = { done: 0, failed: 0, throttled: 0, latency: new LatencyBins() };
    this.#stretches.set(index, stretch);
    return stretch;
  }

  #widen(): void {
    const before = this.#stretches;
    this.#stretches = new Map();
    this.#width *= 2;
    for (const [index, { done, failed, throttled, latency }] of before) {
      const stretch = this.#at(Math.floor(index / 2));
      stretch.done += done;
      stretch.failed += failed;
      stretch.throttled += throttled;
      stretch.latency.addAll(latency);
    }
  }
}
