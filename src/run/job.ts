/** A job under way, between its handle and what it does. */
import { basename, resolve } from 'node:path';
import { InterruptedError, type StopReason, UsageError } from '../errors.js';
import type { Outcome, Summary } from '../model.js';
import { ItemStream } from './item-stream.js';
import type { JobHandle, RunHandle, StopRequest } from './job-handle.js';
import { refuseUnknown } from './options/parse-options.js';
import type { ControlStage } from './options/parsed-options.js';
import { loggerOfRun } from './options/table/log-events.js';
import type { Verb } from './options/table/option.js';

/** What a job is told by its handle, and what it gives out through it. */
export interface JobControl<Item> {
  /** Aborted when the job is to stop; its reason is a StopReason. */
  readonly signal: AbortSignal;
  /** Aborted when it is to let go of what is in flight. */
  readonly abandon: AbortSignal;
  readonly items: ItemStream<Item>;
}

type Task<Item, Result> = (control: JobControl<Item>) => Promise<Result>;

/** What its caller may say of a job beside what it is to do. */
interface JobOptions {
  readonly signal: AbortSignal | undefined;
  /** Items that may wait for the loop before the job has to wait. */
  readonly mostAhead: number;
}

class Job<Item, Result> implements JobHandle<Item, Result> {
  readonly summary: Promise<Result>;
  readonly #items: ItemStream<Item>;
  readonly #stopping = new AbortController();
  readonly #abandoning = new AbortController();

  constructor(task: Task<Item, Result>, { signal, mostAhead }: JobOptions) {
    this.#items = new ItemStream(mostAhead, () => this.stop(loopLeft));
    this.summary = this.#run(task, signal);
    this.summary.then(
      () => this.#items.end(),
      (error: unknown) => this.#items.end({ error }),
    );
  }

  stop(reason?: string | StopRequest): void {
    if (this.#stopping.signal.aborted) return;
    const request: StopRequest = typeof reason === 'string' ? { message: reason } : (reason ?? stopped);
    this.#stopping.abort(stopReasonFor(request));
  }

  kill(): void {
    this.stop();
    this.#abandoning.abort(this.#stopping.signal.reason);
  }

  [Symbol.asyncIterator](): AsyncIterator<Item> {
    return this.#items.read();
  }

  async #run(task: Task<Item, Result>, signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    const onAbort = () => this.stop();
    signal?.addEventListener('abort', onAbort, { once: true });
    const control = { signal: this.#stopping.signal, abandon: this.#abandoning.signal, items: this.#items };
    try {
      return await task(control);
    } catch (error) {
      if (error instanceof InterruptedError) signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

const stopped: StopRequest = { message: 'the run was stopped by its caller' };

const stopReasonFor = ({ message, hint = 'Go on with `resumeRun`.', signal }: StopRequest): StopReason => ({
  code: 'INTERRUPTED',
  message,
  hint,
  ...(signal !== undefined && { signal }),
});

const loopLeft = 'the loop over its outcomes was left';

/** Starts a job. */
export const startJob = <Item, Result>(
  task: Task<Item, Result>,
  options: JobOptions,
): JobHandle<Item, Result> => new Job(task, options);

/** Outcomes that may wait for the loop before rows have to wait; rows that are open by then may each bring one more. */
const MOST_AHEAD = 256;

class RunJob extends Job<Outcome, Summary> implements RunHandle {
  readonly folder: string;

  constructor(task: Task<Outcome, Summary>, folder: string, signal: AbortSignal | undefined) {
    super(task, { signal, mostAhead: MOST_AHEAD });
    this.folder = folder;
  }
}

/**
 * Starts a run.
 *
 * @param verb the job whose options these are; others are refused
 * @param folder the run's
 */
export function startRunJob(
  verb: Verb,
  options: { readonly signal?: AbortSignal },
  folder: string,
  task: Task<Outcome, Summary>,
): RunHandle {
  const { signal } = options;
  const isNamed = typeof folder === 'string' && folder !== '';
  const run: Task<Outcome, Summary> = async (control) => {
    refuseUnknown(options, verb);
    if (!isNamed) throw noFolder;
    const summary = await task(control);
    if (summary.stopped) signal?.throwIfAborted();
    return summary;
  };
  return new RunJob(run, isNamed ? resolve(folder) : '', signal);
}

const noFolder = new UsageError(
  "the run's folder has to be given as a path",
  'Choose a new `folder` for each run: the report, and what is needed to resume and to undo the run, are kept there.',
);

/**
 * Options with the signals of a job in the place of its caller's, which the job listens to.
 *
 * @param folder of the run, if it is one: its name stands in each line of the log
 */
export const controlledBy = <Options extends { readonly control: ControlStage }>(
  { signal, abandon }: Pick<JobControl<never>, 'signal' | 'abandon'>,
  parsed: Options,
  folder?: string,
): Options => {
  const { logger: given } = parsed.control;
  const logger = folder === undefined ? given : loggerOfRun(given, basename(resolve(folder)));
  return { ...parsed, control: { ...parsed.control, logger, signal, abandon } };
};
