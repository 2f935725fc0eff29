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
  hint: 'Resume the run to go on.',
};

/** The error of somebody who waited for what now will not come. */
export function errorOf(reason: StopReason): WickrBulkError {
  const { code, message, hint } = reason;
  if (reason instanceof WickrBulkError) return reason;
  if (code === 'CREDENTIALS') return new CredentialsError(message, hint);
  if (code === 'INTERRUPTED') return new InterruptedError(reason);
  return new ReadError(message, hint, { code });
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
