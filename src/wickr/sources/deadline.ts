/** A wait for somebody else's process or service, which ends in any case. */

/** The wait was over before the answer came. */
export class DeadlineError extends Error {
  readonly code = 'Deadline';

  /** @param ms that were waited */
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
    this.name = new.target.name;
  }
}

/** The caller stopped before the answer came. */
export class StoppedError extends Error {
  readonly code = 'Stopped';

  constructor() {
    super('stopped while waiting for credentials');
    this.name = new.target.name;
  }
}

/** How long to wait, and what ends the wait before that. */
export interface Patience {
  /** ms */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/**
 * The result of a task, or an error once the deadline is over or the caller stops, whatever the task does.
 *
 * @param task gets a signal that says when nobody waits for it any more
 * @throws DeadlineError, StoppedError, or what the task throws
 */
export function within<T>(
  { deadline, signal }: Patience,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const given = new AbortController();
    const giveUp = (error: Error) => {
      reject(error);
      given.abort(error);
    };
    const timer = setTimeout(() => giveUp(new DeadlineError(deadline)), deadline);
    const onStop = () => giveUp(new StoppedError());
    signal.addEventListener('abort', onStop);
    if (signal.aborted) onStop();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
    };
    (signal.aborted ? Promise.reject(new StoppedError()) : task(given.signal)).then(
      (result) => {
        end();
        resolve(result);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
    given.signal.addEventListener('abort', end, { once: true });
  });
}
