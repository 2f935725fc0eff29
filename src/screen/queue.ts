/** The queue of runs as people read it. */
import { basename } from 'node:path';
import type { QueuedJob, Schedule } from '../queue/run-queue.js';
import { count } from '../text/count.js';
import { printable } from '../text/printable.js';

export interface QueueLook {
  readonly jobs: readonly QueuedJob[];
  readonly schedules: readonly Schedule[];
  /** Undefined if Redis does not tell. */
  readonly workers: readonly string[] | undefined;
}

/** Two lines a job: how it stands and its ID; what it is and what it came to. Then schedules and workers. */
export function renderQueue({ jobs, schedules, workers }: QueueLook): string {
  const lines = [
    ...jobs.flatMap((job) => [`${job.state.padEnd(9)}${job.id}`, `${INDENT}${textOf(job)}`]),
    ...schedules.flatMap(({ id, cron, timeZone, next, run }) => [
      `schedule ${id}`,
      `${INDENT}${run ? `${run.verb} of ${basename(run.input)}: ` : ''}${cron} (${timeZone})${next === undefined ? '' : `, next ${time(next)}`}`,
    ]),
    workers
      ? `workers: ${workers.length === 0 ? 'none' : workers.join(', ')}`
      : 'workers: Redis does not tell',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const INDENT = ' '.repeat(9);
const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+/, '');

function textOf({ run, state, worker, result, reason, dueAt }: QueuedJob): string {
  const network = run.networkId === undefined ? '' : ` in network ${run.networkId}`;
  const facts = [
    state === 'waiting' && dueAt !== undefined && `not before ${time(dueAt)}`,
    result && `exit ${result.exitCode}`,
    ...statuses(result?.statuses),
    result?.reason ?? reason,
    worker && `worker ${worker}`,
    result?.folder,
  ].filter(Boolean);
  const title = `${run.verb} of ${basename(run.input)}${network}`;
  return facts.length === 0 ? title : `${title}: ${facts.join(', ')}`;
}

const statuses = (counts: Readonly<Record<string, number>> = {}): string[] =>
  Object.entries(counts)
    .filter(([, rows]) => rows > 0)
    .map(([status, rows]) => `${count(rows)} ${status}`);
