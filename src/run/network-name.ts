/** What the network is called: a run can do without it, and does if the answer is not there in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { logEvent } from './options/table/log-events.js';
import type { Service } from './service/attempt-loop.js';

/** ms for the answer, and ms that a run waits for it at most once it has all else. */
const ANSWER_WITHIN = 3000;
const PATIENCE = 500;

/** Requests/s below which the name is not asked for: the first row would wait more than a second for it. */
const LEAST_RATE = 1;

/**
 * Asks for it, once: no failure is tried again, stops the run or says anything about the service's health.
 *
 * @returns what to ask for the name when it is needed; the name itself is for the screen alone
 */
export function askNetworkName(networkId: string, service: Service): () => Promise<string | undefined> {
  const asking = nameOf(networkId, service);
  return async () => {
    const given = new AbortController();
    const late = sleep(PATIENCE, undefined, { signal: given.signal }).catch(() => undefined);
    return Promise.race([asking, late]).finally(() => given.abort());
  };
}

/** It has a permit as every request has. A throttle of it is not the run's: nothing depends on the answer. */
async function nameOf(
  networkId: string,
  { client, limiters, stop, fence, logger }: Service,
): Promise<string | undefined> {
  const limiter = limiters.of('reads');
  if (limiter.rate < LEAST_RATE) return undefined;
  const permit = await limiter.acquire();
  if (permit === undefined || stop.signal.aborted || fence.lost !== undefined) return undefined;
  const attempt = await client.getNetworkName(networkId, ANSWER_WITHIN);
  const { result, httpStatus, requestId } = attempt;
  const failure = 'failure' in result ? result.failure : undefined;
  if (failure === undefined) limiter.answered('accepted', permit);
  else limiter.unused(permit);
  const ms = attempt.finishedAt - attempt.sentAt;
  const fields = { operation: 'GetNetwork', httpStatus, errorCode: failure?.code, requestId, ms };
  logEvent(logger, 'attempt', fields);
  return 'answer' in result ? result.answer : undefined;
}
