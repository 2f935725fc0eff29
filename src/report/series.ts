/** The time series of a run: a line of `metrics.jsonl` for each second in which rows are sent. */
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { isSystemError, NO_FOLLOW, unreadable } from '../disk.js';

/** `waiting`: nothing was sent and nothing was in flight; `down`: the service does not answer. */
export const runStates = ['running', 'waiting', 'paused', 'down'] as const;
export type RunState = (typeof runStates)[number];

const whole = z.int().nonnegative();
const amount = z.number().nonnegative();
/** Characters of a worker's name. */
const LONGEST_NAME = 300;

const sample = z.object({
  at: z.iso.datetime(),
  seconds: z.number().positive(),
  done: whole,
  updated: whole,
  failed: whole,
  requests: whole,
  accepted: whole,
  throttled: whole,
  retried: whole,
  reads: whole,
  rate: amount,
  limit: amount.nullable(),
  inFlight: whole,
  latency: z.object({ p50: amount, p95: amount, p99: amount }).nullable(),
  state: z.enum(runStates),
  sharedBy: z.exactOptional(whole),
  worker: z.exactOptional(z.string().max(LONGEST_NAME)),
});

/** ms from a request to its answer, of the requests of one interval; each to within 5 %. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a run did in one interval. */
export interface Sample {
  /** The end of the interval, ISO 8601 UTC with ms. */
  readonly at: string;
  /** The interval's length in s. What lies between two intervals is time in which no process worked on the run. */
  readonly seconds: number;
  /** Rows of the whole run that have their outcome by then. */
  readonly done: number;
  /** How many of them were updated. */
  readonly updated: number;
  /** How many ended with another status than updated, unchanged or skipped. */
  readonly failed: number;
  /** Requests of this interval that were answered or failed: updates and reads. */
  readonly requests: number;
  /** How many of them the service took: a final no is one as well. */
  readonly accepted: number;
  /** How many met a throttle (HTTP 429). */
  readonly throttled: number;
  /** How many were not the first attempt. */
  readonly retried: number;
  /** How many changed nobody: lookups and looks at users. */
  readonly reads: number;
  /** Requests/s that the run allowed itself; 0 while the service is down. */
  readonly rate: number;
  /** Requests/s that the service was found to accept; null until that is known. */
  readonly limit: number | null;
  /** Requests that had no answer yet. */
  readonly inFlight: number;
  /** Null if no request was answered. */
  readonly latency: Latency | null;
  readonly state: RunState;
  /**
   * Runs that drew on one rate together, this one included: `rate` is its part, and `limit` what all of them have found.
   * 0 while it went on by itself, as Redis was away. Absent if the rate is its own.
   */
  readonly sharedBy?: number;
  /** The worker of the queue whose process did it; absent if somebody else started it. */
  readonly worker?: string;
}

/** Undefined if it is no line of a time series. Members that are not known here are left out. */
export function parseSample(line: string): Sample | undefined {
  try {
    return sample.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export const formatSample = (it: Sample): string => `${JSON.stringify(it)}\n`;

/** A time series read back. */
export interface Series {
  readonly samples: readonly Sample[];
  /** Bytes of the file's whole lines: what follows was being written when the process was killed. */
  readonly bytes: number;
  /** Whether a whole line is none of a time series: something else has written into the file. Such lines are left out. */
  readonly isDamaged: boolean;
}

/** Several times what a run lets the file become. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Undefined if there is none, as in the folders of older versions. @throws RunFolderError if it cannot be read */
export async function readSeries(path: string): Promise<Series | undefined> {
  try {
    if ((await stat(path)).size > MOST_BYTES) return { samples: [], bytes: 0, isDamaged: true };
    return seriesIn(await readFile(path));
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined;
    throw unreadable(path, cause);
  }
}

/** Bytes; several lines. */
const TAIL = 4096;
/** Without waiting: somebody could have put a named pipe there. */
const READ = constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0);

/** The last whole line, without a look at all the others; undefined if there is none, whatever the reason. */
export async function readLastSample(path: string): Promise<Sample | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, READ);
    const block = Buffer.alloc(TAIL);
    const { size } = await file.stat();
    const { bytesRead } = await file.read(block, 0, TAIL, Math.max(0, size - TAIL));
    return seriesIn(block.subarray(0, bytesRead)).samples.at(-1);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

function seriesIn(content: Buffer): Series {
  const whole = content.subarray(0, content.lastIndexOf('\n') + 1);
  // After a power cut a file system shows what it had not written as zeros; nothing behind that counts.
  const zero = whole.indexOf(0);
  const kept = zero === -1 ? whole : whole.subarray(0, whole.lastIndexOf('\n', zero) + 1);
  const read = kept.toString('utf8').split('\n').slice(0, -1).map(parseSample);
  const samples = read.filter((it) => it !== undefined);
  return { samples, bytes: kept.length, isDamaged: samples.length < read.length };
}
