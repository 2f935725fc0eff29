import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../src/cli/metrics/exposition.js';
import { JobMetrics } from '../../../src/cli/metrics/job-metrics.js';
import type { RunSample, Status } from '../../../src/index.js';
import { statuses } from '../../../src/row-status.js';
import { anySample } from '../../report/any-sample.js';
import { hasPromtool, promtool } from './promtool.js';

const isChecked = await hasPromtool();
const NIGHT = Date.parse('2026-03-01T03:15:00Z');
const DAY = 86_400_000;
const none = Object.fromEntries(Object.keys(statuses).map((status) => [status, 0])) as Record<Status, number>;

const sample = (ended: Partial<Record<Status, number>>, changes: Partial<RunSample> = {}): RunSample => ({
  ...anySample(1, { requests: 12, accepted: 9, throttled: 2, retried: 3, reads: 4, limit: 19.5 }),
  ended: { ...none, ...ended },
  ...changes,
});

/** A run of the job that takes a minute. @returns the text while it goes on, and at its end */
function night(before: string, exitCode: number, updated: number, n = 0) {
  const job = new JobMetrics('reconcile', before, NIGHT + n * DAY, '12345678');
  job.add(sample({ updated: 1 }));
  job.add(sample({ updated }));
  const going = job.text();
  job.end(exitCode, NIGHT + n * DAY + 60_000);
  return { going, ended: job.text() };
}

/** The values by name, of the labels all but those of the job. */
const valuesIn = (text: string) =>
  Object.fromEntries(
    [...parseExposition(text)].map(([key, value]) => [
      key
        .replace('command="reconcile",network="12345678",', '')
        .replace('{command="reconcile",network="12345678"}', '')
        .replace('wickr_bulk_', ''),
      value,
    ]),
  );

describe("a job's metrics", () => {
  it('say how a run stands while it goes on', () => {
    expect(valuesIn(night('', 0, 5).going)).toMatchObject({
      'rows_total{status="updated"}': 5,
      'rows_total{status="failed"}': 0,
      'requests_total{result="accepted"}': 18,
      'requests_total{result="throttled"}': 4,
      'requests_total{result="failed"}': 2,
      retried_requests_total: 6,
      read_requests_total: 8,
      run_in_progress: 1,
      rate_requests_per_second: 20,
      limit_requests_per_second: 19.5,
      in_flight_requests: 1,
      latency_median_seconds: 0.061,
      latency_p99_seconds: 0.12,
    });
  });

  it('say how a run shares its rate, while it goes on and Redis is there', () => {
    const job = new JobMetrics('reconcile', '', NIGHT, '12345678');
    const shared = () =>
      Object.entries(valuesIn(job.text())).filter(([name]) => name.startsWith('shared_rate'));
    job.add(sample({}));
    expect(shared()).toEqual([]);
    job.add(sample({}, { sharedBy: 3, rate: 6.5 }));
    expect(Object.fromEntries(shared())).toEqual({
      shared_rate_runs: 3,
      shared_rate_limit_requests_per_second: 19.5,
      shared_rate_share_requests_per_second: 6.5,
    });
    job.add(sample({}, { sharedBy: 0 }));
    expect(shared()).toEqual([['shared_rate_runs', 0]]);
    job.end(0, NIGHT);
    expect(shared()).toEqual([]);
  });

  it('of two networks on one machine have no series in common', () => {
    const keysOf = (network: string) => [
      ...parseExposition(new JobMetrics('reconcile', '', NIGHT, network).text()).keys(),
    ];
    const others = keysOf('87654321');
    expect(keysOf('12345678').filter((key) => others.includes(key))).toEqual([]);
  });

  it('say how the last one ended', () => {
    const { going, ended } = night('', 0, 5);
    expect(Object.keys(valuesIn(going)).filter((name) => name.startsWith('last_'))).toEqual([]);
    const values = valuesIn(ended);
    expect(values).toMatchObject({
      run_in_progress: 0,
      last_run_timestamp_seconds: NIGHT / 1000 + 60,
      last_success_timestamp_seconds: NIGHT / 1000 + 60,
      last_exit_code: 0,
      last_run_duration_seconds: 60,
    });
    expect(values).not.toHaveProperty('rate_requests_per_second');
  });

  it('count on from run to run, and keep the last success if one fails', () => {
    const first = night('', 0, 5).ended;
    const { going, ended } = night(first, 3, 7, 1);
    expect(valuesIn(going)).toMatchObject({
      last_exit_code: 0,
      last_run_timestamp_seconds: NIGHT / 1000 + 60,
    });
    expect(valuesIn(ended)).toMatchObject({
      'rows_total{status="updated"}': 12,
      'requests_total{result="accepted"}': 36,
      last_run_timestamp_seconds: (NIGHT + DAY) / 1000 + 60,
      last_success_timestamp_seconds: NIGHT / 1000 + 60,
      last_exit_code: 3,
    });
  });

  it('belong to the network of before if a run fails before it knows its own', () => {
    const job = new JobMetrics('reconcile', night('', 0, 5).ended, NIGHT);
    job.end(2, NIGHT + 1000);
    expect(valuesIn(job.text())).toMatchObject({
      'rows_total{status="updated"}': 5,
      last_exit_code: 2,
      last_success_timestamp_seconds: NIGHT / 1000 + 60,
    });
  });

  it('of another network or command begin anew', () => {
    const before = night('', 0, 5).ended;
    for (const [command, network] of [
      ['reconcile', '87654321'],
      ['update', '12345678'],
    ] as const) {
      const text = new JobMetrics(command, before, NIGHT, network).text();
      expect(text).not.toContain('last_success');
      expect(text).not.toMatch(/ 5$/m);
    }
  });

  it('come through although the file was damaged', () => {
    const text = night(
      '# HELP wickr_bulk_x\nwickr_bulk_rows_total{status="updated"} NaN\n}{\n\0',
      0,
      5,
    ).ended;
    expect(valuesIn(text)).toMatchObject({ 'rows_total{status="updated"}': 5 });
  });

  it.runIf(isChecked)('are what Prometheus takes', async () => {
    const { going, ended } = night('', 0, 5);
    const shared = new JobMetrics('update', '', NIGHT);
    shared.add(sample({}, { sharedBy: 3 }));
    for (const text of [going, ended, shared.text(), new JobMetrics('update', '', NIGHT).text()])
      expect(await promtool(['check', 'metrics'], text)).toBe('exit 0\n');
    // It does find what is wrong.
    expect(await promtool(['check', 'metrics'], ended.replaceAll('_total', ''))).toMatch(/^exit [13]\n/);
  });
});
