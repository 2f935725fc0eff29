/** The service at hand, for as long as one command needs it. */
import type { CredentialGate } from '../../wickr/credential-gate.js';
import type { SessionStages } from '../options/parsed-options.js';
import { openRateMemory } from '../state/remembered.js';
import type { Service } from './attempt-loop.js';
import { openService } from './open-service.js';
import { Stop, stopReasonOf } from './stop-switch.js';

/** One switch and one pace for everything that is sent, reads as well as updates. `close` it. */
export interface Session {
  readonly stop: Stop;
  readonly service: Service;
  /** Requests a second that are asked for, or that the last run found; undefined where neither is known. */
  readonly knownRate: number | undefined;
  /** Lets go of what is in flight, listens to no signal any more, and keeps the rate that was found. Once is enough. */
  close(): Promise<void>;
}

/**
 * Opens the way to the service; nothing is sent.
 *
 * @param rows updates that are to be sent, undefined where it is not about updates; with none the credentials are not
 *   asked for
 * @throws CredentialsError where there are none
 */
export async function openSession(
  { service: reach, pace, control }: SessionStages,
  networkId: string,
  gate: CredentialGate,
  rows?: number,
): Promise<Session> {
  const stop = new Stop();
  const memory =
    rows === 0
      ? undefined
      : openRateMemory(pace.rateMemory, reach.endpoint, networkId, await gate.provider());
  const recalled = await memory?.recall();
  const rate = { ...pace.rate, ...(rows !== undefined && { rows }), ...recalled };
  const service = openService({ service: reach, pace, control }, rate, gate, stop);
  const unfollow = [
    follow(control.signal, (signal) => stop.abort(stopReasonOf(signal))),
    follow(control.abandon, (signal) => {
      stop.abort(stopReasonOf(signal));
      void service.close();
    }),
  ];
  const close = async () => {
    for (const end of unfollow) end();
    await service.close();
    await memory?.remember(service.limiter.found);
  };
  let closing: Promise<void> | undefined;
  return {
    stop,
    service,
    knownRate: pace.rate.fixed ?? recalled?.start,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Tells of a signal's abort, also of an earlier one. Gives the function that ends this. */
function follow(signal: AbortSignal | undefined, tell: (signal: AbortSignal) => void): () => void {
  if (signal === undefined) return () => {};
  const onAbort = () => tell(signal);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return () => signal.removeEventListener('abort', onAbort);
}
