/** The queue of runs, in Redis: BullMQ's. */
import type { Job, Queue } from 'bullmq';
import { openClient, type RedisSettings } from '../redis/connection.js';
import type { QueuedResult, QueuedRun } from './queued-run.js';

export const QUEUE = 'runs';
/** Jobs that are kept when they have ended, of each kind. */
const KEPT = { count: 1000 };
/** Times that a run is begun or gone on with in all, if the process that runs it is killed each time. */
const MOST_CRASHES = 3;

/** What stands before the keys of the queue. */
export const queuePrefix = ({ prefix }: RedisSettings): string => `${prefix}queue`;

/** A job on the queue. */
export interface QueuedJob {
  readonly id: string;
  /** `ended` if the run came to a result, whatever that is; `failed` if it could not be run. */
  readonly state: 'waiting' | 'running' | 'ended' | 'failed';
  readonly run: QueuedRun;
  /** When it was put there, epoch ms. */
  readonly addedAt: number;
  /** When it is due or looked at again, epoch ms; absent if at once. */
  readonly dueAt?: number;
  readonly finishedAt?: number;
  /** Which worker has it, or had it last. */
  readonly worker?: string;
  readonly result?: QueuedResult;
  /** Why it failed, or was put back. */
  readonly reason?: string;
}

/** A run that is started again and again. */
export interface Schedule {
  readonly id: string;
  readonly cron: string;
  readonly timeZone: string;
  /** Epoch ms. */
  readonly next?: number;
  readonly run?: QueuedRun;
}

/** How much there is on the queue. */
export interface QueueDepth {
  /** `delayed`: due later, as the next run of a schedule is, or put back. Of those that have failed at most 1,000 are kept. */
  readonly jobs: Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>;
  /** Undefined if Redis does not tell. */
  readonly workers: number | undefined;
}

export class RunQueue {
  readonly #queue: Queue;
  readonly #close: () => void;

  private constructor(queue: Queue, close: () => void) {
    this.#queue = queue;
    this.#close = close;
  }

  /** @throws RedisError if Redis cannot be reached or refuses */
  static async open(settings: RedisSettings): Promise<RunQueue> {
    const client = await openClient(settings);
    const { Queue } = await import('bullmq');
    const queue = new Queue(QUEUE, { connection: client, prefix: queuePrefix(settings) });
    queue.on('error', () => {});
    return new RunQueue(queue, () => client.disconnect());
  }

  /** @param id of the job, which nothing else on the queue has */
  async add(run: QueuedRun, id: string): Promise<void> {
    await this.#queue.add(run.verb, run, { ...jobOptions, jobId: id });
  }

  /**
   * Has a run start again and again. A schedule of the same ID is replaced.
   *
   * @param cron five fields, or six with seconds
   * @param timeZone an IANA name
   */
  async schedule(run: QueuedRun, id: string, cron: string, timeZone: string): Promise<void> {
    const template = { name: run.verb, data: run, opts: jobOptions };
    await this.#queue.upsertJobScheduler(id, { pattern: cron, tz: timeZone }, template);
  }

  /** Takes a schedule, or a job that nobody works on, off the queue. @returns false if there is none */
  async remove(id: string): Promise<boolean> {
    if (await this.#queue.removeJobScheduler(id)) return true;
    return (await this.#queue.remove(id)) > 0;
  }

  /** All jobs that Redis still has, the last one first. */
  async jobs(): Promise<QueuedJob[]> {
    const jobs: QueuedJob[] = [];
    for (const [state, types] of states)
      for (const job of await this.#queue.getJobs([...types])) if (job) jobs.push(described(job, state));
    return jobs.sort((a, b) => b.addedAt - a.addedAt);
  }

  async schedules(): Promise<Schedule[]> {
    const found = await this.#queue.getJobSchedulers(0, -1, true);
    return found.map(({ key, pattern, tz, next, template }) => ({
      id: key,
      cron: pattern ?? '',
      timeZone: tz ?? 'UTC',
      ...(next !== undefined && { next }),
      ...(template?.data && { run: template.data as QueuedRun }),
    }));
  }

  /** Names of the workers that are there; undefined if Redis does not tell. */
  async workers(): Promise<string[] | undefined> {
    const found = await this.#queue.getWorkers().catch(() => undefined);
    return found?.map(({ rawname = '', name = '' }) => /:w:(.*)$/.exec(rawname)?.[1] ?? name).sort();
  }

  async depth(): Promise<QueueDepth> {
    const counts = this.#queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
    const [found, workers] = await Promise.all([counts, this.workers()]);
    const of = (...types: string[]) => types.reduce((sum, type) => sum + (found[type] ?? 0), 0);
    const waiting = of('wait', 'paused', 'prioritized');
    const jobs = { waiting, active: of('active'), delayed: of('delayed'), failed: of('failed') };
    return { jobs, workers: workers?.length };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#close();
  }
}

const jobOptions = {
  attempts: MOST_CRASHES,
  backoff: { type: 'fixed', delay: 1000 },
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
};

const states = [
  ['waiting', ['wait', 'delayed', 'prioritized']],
  ['running', ['active']],
  ['ended', ['completed']],
  ['failed', ['failed']],
] as const;

function described(job: Job, state: QueuedJob['state']): QueuedJob {
  const { id = '', data, timestamp, delay, finishedOn, processedBy, returnvalue, failedReason } = job;
  const putBack = typeof job.progress === 'object' ? (job.progress as { reason?: string }).reason : undefined;
  const reason = failedReason || (state === 'waiting' ? putBack : undefined);
  return {
    ...{ id, state, run: data as QueuedRun, addedAt: timestamp },
    ...(state === 'waiting' && delay > 0 && { dueAt: timestamp + delay }),
    ...(finishedOn !== undefined && { finishedAt: finishedOn }),
    ...(processedBy !== undefined && { worker: processedBy }),
    ...(state === 'ended' && returnvalue && { result: returnvalue as QueuedResult }),
    ...(reason && { reason }),
  };
}
