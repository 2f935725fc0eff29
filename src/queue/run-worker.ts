/** Takes runs from the queue, one after the other, and tells the queue what became of each. */
import type { Job, Worker } from 'bullmq';
import { openClient, type RedisSettings } from '../redis/connection.js';
import type { QueuedResult } from './queued-run.js';
import { QUEUE, queuePrefix } from './run-queue.js';

/** What became of an attempt to carry out a job. */
export type JobEnd =
  /** The run has a result, be it a good one or not. */
  | { readonly kind: 'ended'; readonly result: QueuedResult }
  /** It goes on later, here or elsewhere. */
  | { readonly kind: 'later'; readonly delayMs: number; readonly reason: string }
  /** It cannot be run, and trying again would not help. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The process that ran it was killed. It is tried again some times. */
  | { readonly kind: 'crashed'; readonly reason: string };

/** A job that is to be carried out. */
export interface TakenJob {
  readonly id: string;
  readonly data: unknown;
  /** Epoch ms. */
  readonly addedAt: number;
}

export interface WorkerTerms {
  /** What the queue calls it. */
  readonly name: string;
  /** ms without a sign of life after which another worker takes over its job. */
  readonly leaseMs: number;
  readonly carryOut: (job: TakenJob) => Promise<JobEnd>;
  /** Told that another worker may have a job by now. */
  readonly onLost: (id: string) => void;
  /** Told that Redis does not answer. */
  readonly onError: (error: Error) => void;
}

/** Times that a job may lose its worker. */
const MOST_STALLS = 10;

/**
 * Begins to take jobs.
 *
 * @throws RedisError if Redis cannot be reached or refuses
 */
export async function startWorker(
  settings: RedisSettings,
  { name, leaseMs, carryOut, onLost, onError }: WorkerTerms,
): Promise<{ close(): Promise<void> }> {
  const client = await openClient(settings);
  const bull = await import('bullmq');
  const process = async (job: Job, token?: string): Promise<QueuedResult> => {
    const { id = '', data, timestamp } = job;
    const end = await carryOut({ id, data, addedAt: timestamp });
    if (end.kind === 'ended') return end.result;
    if (end.kind === 'failed') throw new bull.UnrecoverableError(end.reason);
    if (end.kind === 'crashed') throw new Error(end.reason);
    await job.updateProgress({ reason: end.reason });
    await job.moveToDelayed(Date.now() + end.delayMs, token);
    throw new bull.DelayedError();
  };
  const worker: Worker = new bull.Worker(QUEUE, process, {
    ...{ connection: client, prefix: queuePrefix(settings), name, concurrency: 1 },
    ...{ lockDuration: leaseMs, stalledInterval: Math.ceil(leaseMs / 2), maxStalledCount: MOST_STALLS },
  });
  worker.on('error', onError);
  worker.on('lockRenewalFailed', (ids: string[]) => {
    for (const id of ids) onLost(id);
  });
  return {
    async close() {
      await worker.close();
      client.disconnect();
    },
  };
}
