import { setMaxListeners } from 'node:events';
import { CredentialsError, ExitCode, InterruptedError, ReadError, WickrBulkError } from '../../errors.js';

/** Why a run ends before its last row. */
export interface StopReason {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly hint: string;
  /** Whether the caller wanted it: then nothing went wrong. */
  readonly byCaller?: boolean;
}

/** Why a caller's signal was aborted: its reason, where that is one of ours. */
export function stopReasonOf({ reason }: AbortSignal): StopReason {
  const isOurs = typeof reason === 'object' && reason !== null && 'exitCode' in reason && 'hint' in reason;
  return isOurs ? (reason as StopReason) : aborted;
}

const aborted: StopReason = {
  exitCode: ExitCode.fatal,
  message: 'the run was aborted',
  hint: 'Resume the run to go on.',
};

/** The error of somebody who waited for what now will not come. */
export function errorOf(reason: StopReason): WickrBulkError {
  const { exitCode, message, hint } = reason;
  if (reason instanceof WickrBulkError) return reason;
  if (exitCode === ExitCode.credentials) return new CredentialsError(message, hint);
  const isCallers =
    reason.byCaller || reason === aborted || exitCode === ExitCode.sigint || exitCode === ExitCode.sigterm;
  return isCallers ? new InterruptedError(exitCode) : new ReadError(message, hint, { exitCode });
}

/** The run's one switch: once it is set, no row is begun or tried again; attempts under way come to their end. */
export class Stop {
  reason: StopReason | undefined;
  private readonly controller = new AbortController();

  constructor() {
    // Every row that waits for its next attempt listens.
    setMaxListeners(0, this.controller.signal);
  }

  /** Sets the switch. Only the first reason counts. */
  because(reason: StopReason): void {
    this.reason ??= reason;
    this.controller.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }
}
