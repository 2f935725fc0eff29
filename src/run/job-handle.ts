/** A job under way as its caller holds it: started by the call, iterated over or not, stopped or left alone. */
import type { Outcome, Summary } from '../model.js';

/** What a caller says of a stop. */
export interface StopRequest {
  /** Why, as `stopped.message` of the summary. */
  readonly message: string;
  /** What to do next, as `stopped.hint`. */
  readonly hint?: string | undefined;
  /** The process signal that led to it, such as `SIGINT`, as `stopped.signal`. */
  readonly signal?: string | undefined;
}

/**
 * A job that was started. It goes on by itself, whether or not anybody iterates over what it gives out.
 *
 * The loop (`for await`) has to begin in the turn of the event loop in which the job was started, and there can be
 * one: one that is too late throws a UsageError, since items would be missing from it. The job waits for a loop that
 * is slow, so nothing in the loop may wait for `summary`. To leave the loop early (`break`, `return`, an error) is to
 * `stop()` the job, and the loop's end waits for the job's.
 *
 * What goes wrong rejects `summary` and is thrown by the loop, after the items that there were until then.
 */
export interface JobHandle<Item, Result> extends AsyncIterable<Item> {
  /** What the job came to. Nothing is thrown elsewhere if nobody looks at it. */
  readonly summary: Promise<Result>;
  /**
   * Stops the job in good order: it sends nothing new and waits for what is in flight. Once is enough.
   *
   * @param reason what the summary's `stopped` says; a text is its `message`
   */
  stop(reason?: string | StopRequest): void;
  /** Stops the job without waiting for what is in flight, which may or may not have been carried out. */
  kill(): void;
}

/**
 * A run that was started: a job that changes users. It gives out the outcome of each row as soon as its line was
 * written to the report, in the report's order.
 *
 * After `stop()` the rows in flight come to their ends and the others are `unprocessed`; `kill()` lets go of the rows in
 * flight as well. `summary` is fulfilled all the same, and says so in `stopped`; only if nothing was sent yet it is
 * rejected with an InterruptedError. After the abort of the `signal` option the same happens as after `stop()`, but
 * then the loop throws, and `summary` is rejected with, the signal's reason.
 */
export interface RunHandle extends JobHandle<Outcome, Summary> {
  /** The run's folder, absolute. It is made once the input was checked and the network was read. */
  readonly folder: string;
}
