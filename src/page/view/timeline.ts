/** What a chart draws of a run's time series: pure. */
import type { SeriesPoint } from './page-data.js';

/** Points that are drawn; more are put together. */
const MOST_POINTS = 300;
/** s; a longer time without a point, in which nobody worked on the run, is left out. */
const PAUSE = 30;

/** A value for each point; null if there is none. */
type Values = (number | null)[];

export interface Timeline {
  /** Seconds of work since the start. */
  readonly x: number[];
  /** Rows/s that came to their end. */
  readonly done: Values;
  readonly rate: Values;
  readonly limit: Values;
  /** Throttles a second; null for none, so that no mark is drawn. */
  readonly throttled: Values;
  readonly p50: Values;
  readonly p95: Values;
  /** Where on the axis the run went on after it had been stopped. */
  readonly resumed: number[];
}

/** Whether there is anything that a chart can show. */
export const isTimed = (series: readonly SeriesPoint[]): boolean => series.length >= 2;

/** Seconds of work in the place of the time of day: hours in which the run was stopped would leave nothing to see. */
export function timelineOf(series: readonly SeriesPoint[]): Timeline {
  const line: Timeline = {
    x: [],
    done: [],
    rate: [],
    limit: [],
    throttled: [],
    p50: [],
    p95: [],
    resumed: [],
  };
  let worked = 0;
  let before: SeriesPoint | undefined;
  for (const point of condensed(series, MOST_POINTS)) {
    const gap = before ? (point.at - before.at) / 1000 - point.seconds : 0;
    if (gap > PAUSE + (before?.seconds ?? 0)) {
      line.resumed.push(worked);
      pushGap(line, worked);
    } else worked += Math.max(0, gap);
    worked += point.seconds;
    line.x.push(worked);
    line.done.push(rounded(point.done / point.seconds));
    line.rate.push(point.rate);
    line.limit.push(point.limit);
    line.throttled.push(point.throttled > 0 ? rounded(point.throttled / point.seconds) : null);
    line.p50.push(point.p50);
    line.p95.push(point.p95);
    before = point;
  }
  return line;
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** A point without values, at which lines break. */
function pushGap(line: Timeline, at: number): void {
  line.x.push(at);
  for (const values of [line.done, line.rate, line.limit, line.throttled, line.p50, line.p95])
    values.push(null);
}

/** The series with at most so many points: neighbours become one. So does a moment with what comes before it, such as the last one of a run. */
export function condensed(all: readonly SeriesPoint[], most: number): readonly SeriesPoint[] {
  const series = withoutMoments(all);
  if (series.length <= most) return series;
  const together = Math.ceil(series.length / most);
  const points: SeriesPoint[] = [];
  for (let at = 0; at < series.length; at += together) points.push(merged(series.slice(at, at + together)));
  return points;
}

/** Share of the length of the point before; over a shorter time a rate says nothing. */
const MOMENT = 0.5;

function withoutMoments(series: readonly SeriesPoint[]): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  for (const point of series) {
    const before = points.at(-1);
    if (before && point.seconds < MOMENT * before.seconds && point.at - before.at <= 1000 * before.seconds)
      points[points.length - 1] = merged([before, point]);
    else points.push(point);
  }
  return points;
}

/** Several points as one. Of quantiles the largest stays: a slow moment must not vanish. */
function merged(points: readonly SeriesPoint[]): SeriesPoint {
  const sum = (of: (point: SeriesPoint) => number) => points.reduce((total, point) => total + of(point), 0);
  const last = (of: (point: SeriesPoint) => number | null) =>
    points.map(of).findLast((value) => value !== null) ?? null;
  const most = (of: (point: SeriesPoint) => number | null) => {
    const values = points.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : Math.max(...values);
  };
  return {
    at: points.at(-1)?.at ?? 0,
    seconds: sum(({ seconds }) => seconds),
    done: sum(({ done }) => done),
    failed: sum(({ failed }) => failed),
    throttled: sum(({ throttled }) => throttled),
    p50: most(({ p50 }) => p50),
    p95: most(({ p95 }) => p95),
    rate: last(({ rate }) => rate),
    limit: last(({ limit }) => limit),
  };
}
