import type { Sample } from '../../src/report/series.js';

const START = Date.parse('2026-03-01T00:00:00.000Z');

/** A second of a run. @param end s from the run's start */
export const anySample = (end: number, changes: Partial<Sample> = {}): Sample => ({
  at: new Date(START + 1000 * end).toISOString(),
  seconds: 1,
  done: end,
  updated: end,
  failed: 0,
  requests: 1,
  accepted: 1,
  throttled: 0,
  retried: 0,
  reads: 0,
  rate: 20,
  limit: null,
  inFlight: 1,
  latency: { p50: 61, p95: 90, p99: 120 },
  state: 'running',
  ...changes,
});

/** So many seconds of a run. */
export const seconds = (count: number, from = 0): Sample[] =>
  Array.from({ length: count }, (_, i) => anySample(from + i + 1));
