/** A run's own time series as a page shows it: pure. */
import type { Sample } from '../report/series.js';
import type { SeriesPoint } from './view/page-data.js';
import { condensed } from './view/timeline.js';

/** Points of a page. */
const MOST = 300;

export function seriesPoints(samples: readonly Sample[]): readonly SeriesPoint[] {
  let before: Pick<Sample, 'done' | 'failed'> = { done: 0, failed: 0 };
  const points = samples.map((sample): SeriesPoint => {
    const { at, seconds, done, failed, throttled, latency, rate, limit } = sample;
    const point = {
      at: Date.parse(at),
      seconds,
      // A run that was resumed has fewer rows with an outcome than it had: those that are unprocessed are sent.
      done: Math.max(0, done - before.done),
      failed: Math.max(0, failed - before.failed),
      throttled,
      p50: latency?.p50 ?? null,
      p95: latency?.p95 ?? null,
      rate,
      limit,
    };
    before = sample;
    return point;
  });
  return condensed(points, MOST);
}
