import { setMaxListeners } from 'node:events';
import { CredentialsError, ExitCode, InterruptedError, ReadError, WickrBulkError } from '../../errors.js';

/** Why a run ends before its last row. */
export interface StopReason {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly hint: string;
}

/** Why a caller's signal was aborted: the signal's own reason, if that is a StopReason. */
export function stopReasonOf({ reason }: AbortSignal): StopReason {
  const isOurs = typeof reason === 'object' && reason !== null && 'exitCode' in reason && 'hint' in reason;
  return isOurs ? (reason as StopReason) : aborted;
}

const aborted: StopReason = {
  exitCode: ExitCode.fatal,
  message: 'the run was aborted',
  hint: 'Resume the run to continue it.',
};

/** The error for a caller whose result will not come any more. */
export function errorOf(reason: StopReason): WickrBulkError {
  const { exitCode, message, hint } = reason;
  if (reason instanceof WickrBulkError) return reason;
  if (exitCode === ExitCode.credentials) return new CredentialsError(message, hint);
  const isCallers = reason === aborted || exitCode === ExitCode.sigint || exitCode === ExitCode.sigterm;
  return isCallers ? new InterruptedError(exitCode) : new ReadError(message, hint, { exitCode });
}

/** The run's one switch. Once it is set, no row is started or tried again; the attempts in flight end by themselves. */
export class Stop {
  reason: StopReason | undefined;
  private readonly controller = new AbortController();

  constructor() {
    // Every row that waits for its next attempt listens.
    setMaxListeners(0, this.controller.signal);
  }

  /** Sets the switch. Only the first reason counts. */
  abort(reason: StopReason): void {
    this.reason ??= reason;
    this.controller.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }
}
