/** What a queue keeps of a run: where its files are and how it is to be started. No value of a file, no credentials. */
import * as z from 'zod';

/** The jobs that can be put on the queue. */
export const queueable = ['update', 'reconcile', 'apply'] as const;
export type QueueableVerb = (typeof queueable)[number];

const argument = z.string().max(10_000).startsWith('--');

const shape = z.object({
  verb: z.enum(queueable),
  /** Absolute. */
  input: z.string().startsWith('/'),
  /** The folder for run folders, absolute. */
  runsDir: z.string().startsWith('/'),
  /** What the run's folder is called behind its time. */
  name: z.string().regex(/^[\w.-]{1,200}$/),
  /** Absent if the file or the plan says it. */
  networkId: z.string().optional(),
  /** Flags of the command, each as `--flag` or `--flag=value`. */
  args: z.array(argument),
  /** Those of them that the run's folder does not remember, for `resume`. */
  again: z.array(argument),
});

/** A run on the queue. */
export type QueuedRun = z.infer<typeof shape>;

/** Undefined if it is not what this program, or one of this version, has put there. */
export function parseQueuedRun(data: unknown): QueuedRun | undefined {
  const { success, data: run } = shape.safeParse(data);
  return success ? run : undefined;
}

/** What became of a run that has ended: counts alone. */
export interface QueuedResult {
  /** Of the command that ran it. */
  readonly exitCode: number;
  /** The run's folder. */
  readonly folder: string;
  readonly rows?: number;
  /** How many rows have which status. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Why it ended before its last row, if it did. */
  readonly reason?: string;
}

const SCHEDULED = /^repeat:.*:(\d{10,16})$/;

/**
 * When a job is due, epoch ms: a part of the ID of a job that a schedule has made, so that whoever takes it over finds
 * the same folder.
 *
 * @param id of the job
 * @param addedAt epoch ms
 */
export const dueAt = (id: string, addedAt: number): number => Number(SCHEDULED.exec(id)?.[1] ?? addedAt);

/** The name of a time as folders of runs begin with it: `2026-01-31T120000Z`. @param at epoch ms */
export const timeName = (at: number): string =>
  new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(':', '');
