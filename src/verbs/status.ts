/** How a run stands, from its files alone: another process may work on it meanwhile. */
import { stat } from 'node:fs/promises';
import type { StopReason } from '../errors.js';
import type { Summary } from '../model.js';
import { readReport } from '../report/read.js';
import { addUp, count, emptyTally } from '../report/summary.js';
import { lookAtLock, type Seen } from '../run/state/lock.js';
import { RunFolder } from '../run/state/run-folder.js';

/** Where a run stands. Times are ISO 8601 UTC. */
export interface RunStatus {
  readonly folder: string;
  /**
   * `running`: a process that is alive works on it. `unknown`: one did, elsewhere, and gives no sign of life; it may have
   * died, and is taken to be dead after `takeOverMs` without one. `stopped`: no process works on it, and rows are left;
   * it can be resumed.
   */
  readonly state: 'running' | 'unknown' | 'stopped' | 'ended';
  /** The process that works on it, or may. `renewedAt`: its last sign of life, by its own clock. */
  readonly process?: {
    readonly pid: number;
    readonly host: string;
    readonly since: string;
    readonly renewedAt: string;
    /** ms */
    readonly takeOverMs: number;
  };
  readonly networkId: string;
  readonly startedAt: string;
  /** Data rows of the input. */
  readonly rows: number;
  /** How many of them have their outcome, rows that are `unprocessed` not counted. */
  readonly done: number;
  readonly statuses: Summary['statuses'];
  readonly errors: Summary['errors'];
  readonly attempts: number;
  readonly throttled: number;
  /** Rows/s: of the last 10 s while the run goes on, else of the whole. */
  readonly rowsPerSecond: number;
  /** Seconds until the last row at that rate; absent if the run does not go on or nothing is known yet. */
  readonly secondsLeft?: number;
  /** Of a run that has ended or was stopped in good order; absent if it is still running or was killed. */
  readonly finishedAt?: string;
  /** Why it ended before its last row, if it did. */
  readonly stopped?: StopReason;
}

/** ms; what counts as the present rate. */
const LATELY = 10_000;

/**
 * Reads how a run stands, also while it goes on. That takes up to a third of its `takeOverMs` if the process that works
 * on it is of another machine or container: it waits for a sign of life.
 *
 * @param path the run's folder
 * @throws RunFolderError if the folder is not a run's, or its report was damaged
 */
export async function readRunStatus(path: string): Promise<RunStatus> {
  const folder = RunFolder.at(path);
  const { input, networkId, startedAt, options } = await folder.readRecord();
  const seen = await lookAtLock(folder.lock);
  const isRunning = seen?.state === 'alive';
  const summary = seen ? undefined : await folder.readSummary();
  const format = options.reportFormat ?? 'csv';
  const now = Date.now();
  const tally = emptyTally();
  let lately = 0;
  // A run that was killed at its very start has no report yet.
  if (await stat(folder.report(format)).catch(() => undefined)) {
    for await (const outcome of readReport(folder.report(format), format)) {
      count(tally, outcome);
      if (outcome.finishedAt !== undefined && outcome.finishedAt > now - LATELY) lately += 1;
    }
  }
  const { statuses, rowsPerSecond, ...counts } = addUp(tally);
  const done = counts.rows - statuses.unprocessed;
  // The clock may have been set back since.
  const seconds = Math.max(1, Math.min(LATELY, now - tally.firstSentAt)) / 1000;
  const rate = isRunning ? Math.round((10 * lately) / seconds) / 10 : rowsPerSecond;
  const left = input.rows - done;
  return {
    folder: folder.path,
    state: stateOf(seen, summary !== undefined && left === 0),
    ...(seen && { process: processOf(seen) }),
    networkId,
    startedAt,
    ...{ ...counts, rows: input.rows, done, statuses, rowsPerSecond: rate },
    ...(isRunning && rate > 0 && { secondsLeft: Math.round(left / rate) }),
    ...(summary && { finishedAt: summary.finishedAt }),
    ...(summary?.stopped && { stopped: summary.stopped }),
  };
}

function stateOf(seen: Seen | undefined, hasEnded: boolean): RunStatus['state'] {
  if (seen) return seen.state === 'alive' ? 'running' : 'unknown';
  return hasEnded ? 'ended' : 'stopped';
}

function processOf({ holder }: Seen): NonNullable<RunStatus['process']> {
  const { pid, host, since, renewedAt, takeOverMs } = holder;
  return { pid, host, since, renewedAt, takeOverMs };
}
