import pLimit from 'p-limit';
import { Traffic } from '../../metrics/traffic.js';
import type { Pace } from '../../pace/limiter.js';
import { createLimiters } from '../../pace/limiters.js';
import { Outage } from '../../pace/outage.js';
import { Standstill } from '../../pace/standstill.js';
import { version } from '../../version.js';
import { createClient } from '../../wickr/client.js';
import type { CredentialGate } from '../../wickr/credential-gate.js';
import { createSender } from '../../wickr/send.js';
import { createSigner } from '../../wickr/sign.js';
import type { SessionStages } from '../options/parsed-options.js';
import type { Service } from './attempt-loop.js';
import { watchedLimiters } from './watched-limiters.js';

/** A pace that is not this run's alone. It is closed with the service. */
export interface SharedPace extends Pace {
  /** How many runs it is shared by, this one included; 0 while they cannot be reached. */
  readonly runs: number;
  close(): Promise<void>;
}

/** What stands between a run and the service: one client, its limiters, a bounded number of slots. The caller closes it. */
export function openService(
  { service, pace, control }: SessionStages,
  rate: Parameters<typeof createLimiters>[1],
  gate: CredentialGate,
  { stop, fence, shared }: Pick<Service, 'stop' | 'fence'> & { readonly shared?: SharedPace | undefined },
): Service & { close(): Promise<void> } {
  const { endpoint, region, timeoutMs, route } = service;
  const { concurrency, retry, outagePatienceMs } = pace;
  const userAgent = `wickr-bulk/${version}`;
  const mayGo = () => fence.lost === undefined;
  const sender = createSender(
    { endpoint, connections: concurrency, timeout: timeoutMs, route, userAgent, mayGo },
    createSigner(endpoint, region, gate.latest),
  );
  const outage = new Outage(outagePatienceMs);
  const waits = { ...rate, longestWait: retry.throttlePatience };
  const limiters = watchedLimiters(createLimiters(pace.scope, waits, concurrency, outage, shared), control);
  stop.signal.addEventListener('abort', () => limiters.stop(), { once: true });
  return {
    client: createClient(sender),
    gate,
    limiters,
    outage,
    standstill: new Standstill(),
    traffic: new Traffic(),
    slot: pLimit(limiters.rowsInFlight),
    retry,
    stop,
    fence,
    logger: control.logger,
    random: Math.random,
    close: async () => {
      limiters.stop();
      await sender.close();
      await shared?.close();
    },
  };
}
