import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../src/cli/metrics/exposition.js';
import { WorkerMetrics } from '../../../src/cli/metrics/worker-metrics.js';
import { hasPromtool, promtool } from './promtool.js';

const isChecked = await hasPromtool();
const jobs = { waiting: 4, active: 2, delayed: 1, failed: 3 };
const key = (name: string, label = '') => `wickr_bulk_${name}{worker="one"${label}}`;

describe("a worker's metrics", () => {
  it('say how the queue is, as far as that is known', () => {
    const metrics = new WorkerMetrics('one', '');
    expect(metrics.text()).not.toContain('queue');
    metrics.see({ jobs, workers: 5 });
    const values = parseExposition(metrics.text());
    for (const [state, count] of Object.entries(jobs))
      expect(values.get(key('queue_jobs', `,state="${state}"`))).toBe(count);
    expect(values.get(key('queue_workers'))).toBe(5);
    metrics.see({ jobs, workers: undefined });
    expect(metrics.text()).not.toContain('queue_workers');
    metrics.see(undefined);
    expect(metrics.text()).not.toContain('queue');
  });

  it('count runs by exit code, on from when it was started before, and from 0 for all usual ones', () => {
    const counts = (metrics: WorkerMetrics) => {
      const values = parseExposition(metrics.text());
      return ['0', '3', '5', 'killed', '134'].map((code) =>
        values.get(key('worker_runs_total', `,exit_code="${code}"`)),
      );
    };
    const first = new WorkerMetrics('one', '');
    expect(counts(first)).toEqual([0, 0, 0, 0, undefined]);
    for (const exitCode of [0, 0, 3, null, 134]) first.ended(exitCode);
    expect(counts(first)).toEqual([2, 1, 0, 1, 1]);
    const second = new WorkerMetrics('one', first.text());
    expect(counts(second)).toEqual([2, 1, 0, 1, 1]);
    second.ended(0);
    expect(counts(second)).toEqual([3, 1, 0, 1, 1]);
    // What another one has counted is not this one's.
    expect(new WorkerMetrics('two', first.text()).text()).not.toMatch(/ [1-9]/);
  });

  it.runIf(isChecked)('are what Prometheus takes', async () => {
    const metrics = new WorkerMetrics('a "strange" name', '');
    metrics.see({ jobs, workers: 5 });
    expect(await promtool(['check', 'metrics'], metrics.text())).toBe('exit 0\n');
  });
});
