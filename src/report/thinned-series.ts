/** A time series in bounded space: old lines are merged, so that a run of days keeps as many as one of an hour. */
import type { Latency, RunState, Sample } from './series.js';

/** Lines that a series has at the most. */
export const MOST_SAMPLES = 4000;
/** s; so much of the newest end keeps its lines as they are. */
const NEWEST = 600;

/** Two neighbours further apart than this, in s, have time between them in which no process worked on the run. */
const GAP = 2;

/**
 * Merges neighbours until there are well below `most`, and keeps what there is if there are fewer than that. All but the
 * newest ten minutes is cut into intervals of about one length. What lies before and behind a gap stays apart, unless
 * there are so many gaps that only they make the series too long.
 */
export function thinned(samples: readonly Sample[], most = MOST_SAMPLES): readonly Sample[] {
  if (samples.length < most) return samples;
  const kept = newestOf(samples, Math.floor(most / 4));
  const old = samples.slice(0, samples.length - kept);
  const total = old.reduce((sum, { seconds }) => sum + seconds, 0);
  let length = 1;
  while (total / length > most / 4) length *= 2;
  const merged = mergedUpTo(old, length, isNext);
  const few = merged.length + kept <= (3 * most) / 4;
  return [...(few ? merged : mergedInto(merged, most / 4)), ...samples.slice(samples.length - kept)];
}

/** How many lines at the end stay as they are. */
function newestOf(samples: readonly Sample[], most: number): number {
  let [seconds, kept] = [0, 0];
  for (; kept < most && seconds < NEWEST; kept += 1) seconds += samples.at(-1 - kept)?.seconds ?? NEWEST;
  return kept;
}

/** Merges runs of lines of about equal numbers, whatever lies between them. */
function mergedInto(samples: readonly Sample[], parts: number): Sample[] {
  const size = Math.ceil(samples.length / parts);
  let inPart = 0;
  return mergedUpTo(samples, Number.POSITIVE_INFINITY, () => {
    inPart = (inPart + 1) % size;
    return inPart !== 0;
  });
}

/** Merges neighbours that belong together into lines of about so many seconds. */
function mergedUpTo(
  samples: readonly Sample[],
  seconds: number,
  belongs: (before: Sample, after: Sample) => boolean,
): Sample[] {
  const merged: Sample[] = [];
  for (const sample of samples) {
    const last = merged.at(-1);
    // Timers are late: four lines of 1.003 s make one of four seconds.
    const fits = last !== undefined && last.seconds + sample.seconds / 2 <= seconds;
    if (last && belongs(last, sample) && fits) merged[merged.length - 1] = together(last, sample);
    else merged.push(sample);
  }
  return merged;
}

const isNext = (before: Sample, after: Sample): boolean =>
  Date.parse(after.at) - Date.parse(before.at) < 1000 * (after.seconds + GAP);

/**
 * Two neighbours as one. Counts add up and the rate is the mean over the time. The median latency is the mean over the
 * requests; of the 95th and 99th percentile the larger one stays, which is a bound: quantiles do not add up.
 */
export function together(before: Sample, after: Sample): Sample {
  const seconds = before.seconds + after.seconds;
  const sum = (name: 'requests' | 'accepted' | 'throttled' | 'retried' | 'reads') =>
    before[name] + after[name];
  return {
    ...after,
    seconds: rounded(seconds, 3),
    requests: sum('requests'),
    accepted: sum('accepted'),
    throttled: sum('throttled'),
    retried: sum('retried'),
    reads: sum('reads'),
    rate: rounded((before.rate * before.seconds + after.rate * after.seconds) / seconds, 1),
    limit: after.limit ?? before.limit,
    inFlight: Math.max(before.inFlight, after.inFlight),
    latency: latencyOf(before, after),
    state: stateOf(before, after),
  };
}

function latencyOf(before: Sample, after: Sample): Latency | null {
  const [a, b] = [before.latency, after.latency];
  if (!a || !b) return a ?? b;
  const all = before.requests + after.requests;
  return {
    p50: Math.round((a.p50 * before.requests + b.p50 * after.requests) / Math.max(1, all)),
    p95: Math.max(a.p95, b.p95),
    p99: Math.max(a.p99, b.p99),
  };
}

/** From the usual to what is most worth to be seen. */
const order: readonly RunState[] = ['running', 'waiting', 'paused', 'down'];

/** That of the longer interval; of two equal ones what is more worth to be seen. */
function stateOf(before: Sample, after: Sample): RunState {
  if (before.seconds > 1.5 * after.seconds) return before.state;
  if (after.seconds > 1.5 * before.seconds) return after.state;
  return order.indexOf(before.state) > order.indexOf(after.state) ? before.state : after.state;
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
