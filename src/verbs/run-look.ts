/** How a run stands, from its files beside its report. */
import { basename, join } from 'node:path';
import type { Summary } from '../model.js';
import { readLastSample, type Sample } from '../report/series.js';
import { addUp, type Tally } from '../report/summary.js';
import { type ControlState, tunedBy } from '../run/control/order.js';
import { readControl } from '../run/control/order-files.js';
import { lookAtLock, type Seen } from '../run/lock/lock.js';
import type { RunFolder } from '../run/state/run-folder.js';
import type { RunRecord } from '../run/state/run-record.js';
import type { RunStatus } from './run-status.js';

/** ms; rows that ended no longer ago say how fast the run is. */
export const LATELY = 10_000;

/** What a run's files say of it beside its report, at one moment. */
export interface RunLook {
  readonly folder: RunFolder;
  readonly record: RunRecord;
  readonly seen: Seen | undefined;
  readonly control: ControlState | undefined;
  /** Of a run that nobody works on. */
  readonly summary: Summary | undefined;
  /** What the process that works on it, or did so last, has told last of its course; undefined if it has told nothing yet. */
  readonly last: Sample | undefined;
  /** Epoch ms of the look, and of what counts as the present rate: rows that ended later than that. */
  readonly now: number;
  readonly from: number;
}

/** Looks at a run's folder. @throws RunFolderError if it is not a run's */
export async function lookAtRun(folder: RunFolder): Promise<RunLook> {
  const record = await folder.readRecord();
  const seen = await lookAtLock(folder.lock);
  const control = seen && (await readControl(folder, seen.holder.owner));
  const summary = seen ? undefined : await folder.readSummary();
  const told = await readLastSample(folder.series);
  // An earlier process may have shared another rate, or none.
  const last = seen && (told?.at ?? '') < seen.holder.since ? undefined : told;
  const now = Date.now();
  // What was sent before it was paused says nothing about how fast it is.
  const from = Math.max(now - LATELY, Date.parse(control?.since ?? '') || 0);
  return { folder, record, seen, control, summary, last, now, from };
}

/** @param lately rows of the report that have ended later than `from` */
export function statusOf(look: RunLook, tally: Tally, lately: number): RunStatus {
  const { folder, record, seen, control, summary, last, now, from } = look;
  const { input, networkId, startedAt } = record;
  const isRunning = seen?.state === 'alive' && !control?.isPaused;
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
    ...(last?.worker !== undefined && { worker: last.worker }),
    ...sharedRateOf(last),
    networkId,
    startedAt,
    ...{ ...counts, rows: input.rows, done, statuses, rowsPerSecond: rate },
    ...(isRunning && rate > 0 && { secondsLeft: Math.round(left / rate) }),
    ...(summary && { finishedAt: summary.finishedAt }),
    ...(summary?.stopped && { stopped: summary.stopped }),
    ...(summary && { summary: whereItIs(summary, look) }),
  };
}

function sharedRateOf(last: Sample | undefined): Pick<RunStatus, 'sharedRate'> {
  if (last?.sharedBy === undefined) return {};
  return { sharedRate: { runs: last.sharedBy, limit: last.limit, share: last.rate } };
}

/** The run's folder may have been moved since. */
function whereItIs(summary: Summary, { folder, record }: RunLook): Summary {
  const { failed } = summary;
  return {
    ...summary,
    folder: folder.path,
    report: folder.report(record.options.reportFormat ?? 'csv'),
    ...(failed !== undefined && { failed: join(folder.path, basename(failed)) }),
  };
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
