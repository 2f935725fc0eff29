import { setMaxListeners } from 'node:events';
import {
  CredentialsError,
  InterruptedError,
  ReadError,
  type StopReason,
  WickrBulkError,
} from '../../errors.js';

/** Why a caller's signal was aborted: in the words of its reason, if that has a message and a hint. */
export function stopReasonOf({ reason }: AbortSignal): StopReason {
  if (typeof reason !== 'object' || reason === null) return aborted;
  const { message, hint, signal } = reason as Record<string, unknown>;
  if (typeof message !== 'string' || typeof hint !== 'string') return aborted;
  return { code: 'INTERRUPTED', message, hint, ...(typeof signal === 'string' && { signal }) };
}

const aborted: StopReason = {
  code: 'INTERRUPTED',
  message: 'the run was aborted',
  hint: 'Resume the run to continue it.',
};

/** The error for a caller whose result will not come any more. */
export function errorOf(reason: StopReason): WickrBulkError {
  const { code, message, hint } = reason;
  if (reason instanceof WickrBulkError) return reason;
  if (code === 'CREDENTIALS') return new CredentialsError(message, hint);
  if (code === 'INTERRUPTED') return new InterruptedError(reason);
  return new ReadError(message, hint, { code });
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
