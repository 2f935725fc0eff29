/** How a run stands, from its files alone: another process may work on it meanwhile. */
import { exists } from '../disk.js';
import type { StopReason } from '../errors.js';
import type { Summary } from '../model.js';
import type { Bounds } from '../pace/limiters.js';
import type { ReportFormat } from '../report/line.js';
import { readReport } from '../report/read.js';
import { addUp, count, emptyTally, type Tally } from '../report/summary.js';
import { tunedBy } from '../run/control/order.js';
import { readControl } from '../run/control/order-files.js';
import { lookAtLock, type Seen } from '../run/lock/lock.js';
import { RunFolder } from '../run/state/run-folder.js';

/** Where a run stands. Times are ISO 8601 UTC. */
export interface RunStatus {
  readonly folder: string;
  /**
   * `running`: a process that is alive works on it. `paused`: so it does, and sends nothing until `continueRun`. `unknown`: one did, elsewhere, and gives no sign of life; it may have
   * died, and is taken to be dead after `takeOverMs` without one. `stopped`: no process works on it, and rows are left;
   * it can be resumed.
   */
  readonly state: 'running' | 'paused' | 'unknown' | 'stopped' | 'ended';
  /** The process that works on it, or may. `renewedAt`: its last sign of life, by its own clock. */
  readonly process?: {
    readonly pid: number;
    readonly host: string;
    readonly since: string;
    readonly renewedAt: string;
    /** ms */
    readonly takeOverMs: number;
  };
  /** What `tuneRun` has set for the process that works on it; absent if nothing. */
  readonly tuned?: Bounds;
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
  /** Rows whose users have, or may have, a temporary username, as the report says; absent if there is none. */
  readonly temporaryNames?: NonNullable<Summary['temporaryNames']>;
  /** Rows/s: of the last 10 s in which it was not paused, while the run goes on, else as the summary has it. */
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
  const control = seen && (await readControl(folder, seen.holder.owner));
  const isRunning = seen?.state === 'alive' && !control?.isPaused;
  const summary = seen ? undefined : await folder.readSummary();
  const format = options.reportFormat ?? 'csv';
  const now = Date.now();
  // What was sent before it was paused says nothing about how fast it is.
  const from = Math.max(now - LATELY, Date.parse(control?.since ?? '') || 0);
  const { tally, lately } = await countReport(folder.report(format), format, from);
  const { statuses, rowsPerSecond, ...counts } = addUp(tally);
  const done = counts.rows - statuses.unprocessed;
  // The clock may have been set back since.
  const seconds = Math.max(1, Math.min(now - from, now - tally.firstSentAt)) / 1000;
  const rate = isRunning
    ? Math.round((10 * lately) / seconds) / 10
    : (summary?.rowsPerSecond ?? rowsPerSecond);
  const left = input.rows - done;
  return {
    folder: folder.path,
    state: stateOf(seen, control?.isPaused ?? false, summary !== undefined && left === 0),
    ...(seen && { process: processOf(seen) }),
    ...(control && tunedBy(control)),
    networkId,
    startedAt,
    ...{ ...counts, rows: input.rows, done, statuses, rowsPerSecond: rate },
    ...(isRunning && rate > 0 && { secondsLeft: Math.round(left / rate) }),
    ...(summary && { finishedAt: summary.finishedAt }),
    ...(summary?.stopped && { stopped: summary.stopped }),
  };
}

/** What the report adds up to, and how many rows of it have ended later than `from` (epoch ms). */
async function countReport(
  path: string,
  format: ReportFormat,
  from: number,
): Promise<{ tally: Tally; lately: number }> {
  const tally = emptyTally();
  let lately = 0;
  // A run that was killed at its very start has no report yet.
  if (await exists(path)) {
    for await (const outcome of readReport(path, format)) {
      count(tally, outcome);
      if (outcome.finishedAt !== undefined && outcome.finishedAt > from) lately += 1;
    }
  }
  return { tally, lately };
}

function stateOf(seen: Seen | undefined, isPaused: boolean, hasEnded: boolean): RunStatus['state'] {
  if (seen?.state === 'silent') return 'unknown';
  if (seen) return isPaused ? 'paused' : 'running';
  return hasEnded ? 'ended' : 'stopped';
}

function processOf({ holder }: Seen): NonNullable<RunStatus['process']> {
  const { pid, host, since, renewedAt, takeOverMs } = holder;
  return { pid, host, since, renewedAt, takeOverMs };
}
