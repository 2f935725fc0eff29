/** The life of one request, from its first attempt to the service's answer, its final no, or the end of the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import { CredentialsError } from '../../errors.js';
import type { Traffic } from '../../metrics/traffic.js';
import type { Attempt, Failure, FailureKind } from '../../model.js';
import type { AttemptResult } from '../../pace/limiter.js';
import type { Limiters } from '../../pace/limiters.js';
import type { Outage } from '../../pace/outage.js';
import { decideRetry, type RetryOptions } from '../../pace/retry-policy.js';
import type { Standstill } from '../../pace/standstill.js';
import type { Client } from '../../wickr/client.js';
import type { CredentialGate, CredentialToken } from '../../wickr/credential-gate.js';
import type { Fence } from '../lock/fence.js';
import { logEvent } from '../options/table/log-events.js';
import type { Logger } from '../options/table/logger.js';
import type { ApiRequest, Completion } from './api-request.js';
import { lastingOutage, noSuchService, refusedCredentials } from './stop-reasons.js';
import type { Stop } from './stop-switch.js';

/** What all requests of a run share. */
export interface Service {
  readonly client: Client;
  readonly gate: CredentialGate;
  readonly limiters: Limiters;
  /** Whether the service is down; the limiters tell it of every attempt. */
  readonly outage: Outage;
  /** Time in which nothing is to be sent: no request's patience runs out in it. */
  readonly standstill: Standstill;
  /** Counts the requests and their answers. */
  readonly traffic: Traffic;
  /** Bounds the requests in flight. A request that waits for its next attempt is not in flight. */
  readonly slot: LimitFunction;
  /** Whether its requests go before those that wait for a permit. Default: false. */
  readonly goesFirst?: boolean;
  readonly retry: RetryOptions;
  readonly stop: Stop;
  /** Sets the switch when the run has lost what it holds; asked before each attempt. */
  readonly fence: Fence;
  readonly logger: Logger;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const answered: Completion = { kind: 'answered' };
const stopped: Completion = { kind: 'stopped' };
const withheld: Completion = { kind: 'withheld' };
const refused: Completion = { kind: 'refused', reason: '' };

/** The request leaves its slot and comes back after `ms`. */
interface RetryLater {
  readonly kind: 'wait';
  readonly ms: number;
}

/**
 * Sends a request until the service has said yes or its final no, or the run stops. Rejects only because of a bug, or
 * with what `complete` throws.
 */
export async function sendWithRetries<Answer, Result>(
  request: ApiRequest<Answer, Result>,
  service: Service,
): Promise<Result> {
  const { slot, stop } = service;
  for (;;) {
    const next = await slot(attemptInSlot, request, service);
    if (next.kind !== 'wait') return request.complete(next);
    const hasWaited = await sleep(next.ms, true, { signal: stop.signal }).catch(() => false);
    if (!hasWaited) return request.complete(stopped);
  }
}

/**
 * Makes attempts that follow each other without a wait of the request's own. A throttled request waits in the limiter,
 * as all others do, and keeps its slot.
 */
async function attemptInSlot(
  request: ApiRequest<unknown, unknown>,
  service: Service,
): Promise<Completion | RetryLater> {
  for (let urgent = service.goesFirst === true; ; urgent = true) {
    const admission = await admit(request, service, urgent);
    if ('kind' in admission) return admission;
    const { permit, token } = admission;
    service.traffic.sent();
    const attempt = await request.send(service.client);
    request.record(attempt);
    note(request, attempt, service);
    adjustPace(request, attempt, permit, service);
    if ('answer' in attempt.result) {
      token.accepted();
      return answered;
    }
    const next = await afterFailure(request, attempt.result.failure, attempt.clockCorrected, token, service);
    if (next) return next;
  }
}

/** What a request needs for one attempt: the moment at which it may go, and the leave to use the credentials. */
interface Admission {
  readonly permit: number;
  readonly token: CredentialToken;
}

/**
 * Waits until an attempt may be made. The request's precondition is judged last, with the credentials at hand: nothing
 * is waited for between that and the attempt.
 */
async function admit(
  request: ApiRequest<unknown, unknown>,
  service: Service,
  urgent: boolean,
): Promise<Admission | Completion | RetryLater> {
  const limiter = service.limiters.of(request.requestKind);
  if (isOver(service)) return stopped;
  let permit = await limiter.acquire(urgent);
  let entered: CredentialToken | undefined;
  let looked = false;
  for (;;) {
    if (permit === undefined || isOver(service)) return stopped;
    if (!isFresh(request, looked)) {
      // The look takes a permit of its own; an outage must not wait for the answer to this one meanwhile.
      limiter.unused(permit);
      const refusal = await look(request, service);
      if (refusal) return refusal;
      looked = true;
      permit = limiter.reuse();
      if (permit === undefined) {
        // A throttle has come meanwhile. What the look has shown may be too old when that is over.
        permit = await limiter.acquire(true);
        continue;
      }
    }
    const token = await enter(service, entered);
    if (!token) return stopped;
    if (isFresh(request, looked)) return { permit, token };
    token.unknown();
    entered = token;
  }
}

/**
 * Waits for the leave to use the credentials, and for those. Undefined if the run is stopped.
 *
 * @param before the leave that the request had a moment ago: its credentials are not asked for again
 */
async function enter(
  service: Service,
  before: CredentialToken | undefined,
): Promise<CredentialToken | undefined> {
  const { gate } = service;
  const token = gate.token ?? (await gate.enter());
  if (!token) return undefined;
  if ((token === before || (await hasCredentials(service))) && !isOver(service)) return token;
  token.unknown();
  return undefined;
}

/** Whether there are credentials to sign with; if not, the run is stopped. */
async function hasCredentials({ gate, stop }: Service): Promise<boolean> {
  try {
    await gate.provider();
    return true;
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    stop.abort(error);
    return false;
  }
}

/** Whether the run is stopped, or has lost what it holds. */
const isOver = ({ stop, fence }: Service): boolean => stop.signal.aborted || fence.lost !== undefined;

const isFresh = ({ precondition }: ApiRequest<unknown, unknown>, looked: boolean): boolean =>
  precondition?.isFresh(looked) ?? true;

/** Looks again at the request's precondition; undefined if it holds. */
async function look(
  { precondition }: ApiRequest<unknown, unknown>,
  service: Service,
): Promise<Completion | RetryLater | undefined> {
  const verdict = (await precondition?.look()) ?? 'holds';
  if (isOver(service)) return stopped;
  if (verdict === 'holds') return undefined;
  return verdict === 'withhold' ? withheld : { kind: 'wait', ms: verdict.wait };
}

/** Counts an attempt and logs it. */
function note(
  { operation, row, attempts }: ApiRequest<unknown, unknown>,
  { httpStatus, requestId, sentAt, finishedAt, result }: Attempt<unknown>,
  { logger, traffic }: Service,
): void {
  const errorCode = 'failure' in result ? result.failure.code : undefined;
  const ms = finishedAt - sentAt;
  const fields = { operation, row, attempt: attempts, httpStatus, errorCode, requestId, ms };
  logEvent(logger, 'attempt', fields);
  traffic.ended({
    result: trafficResults['failure' in result ? result.failure.kind : 'none'],
    isRetry: attempts > 1,
    isRead: row === undefined,
    ms,
  });
}

/** Tells the limiter of an attempt, and stops the run if the service has been down for too long. */
function adjustPace(
  { remedy, retryState, requestKind }: ApiRequest<unknown, unknown>,
  { result }: Attempt<unknown>,
  permit: number,
  { limiters, outage, slot, stop, logger }: Service,
): void {
  const failure = 'failure' in result ? result.failure : undefined;
  const wasOn = outage.isOn;
  const limiter = limiters.of(requestKind);
  limiter.answered(
    paceResults[failure?.kind ?? 'none'],
    permit,
    failure?.retryAfter,
    retryState.failures > 0,
  );
  if (outage.isLasting && failure) stop.abort(lastingOutage(failure, outage.isFromTheStart, remedy));
  else if (outage.isOn && !wasOn) logEvent(logger, 'service down: probing', { errorCode: failure?.code });
  else if (wasOn && !outage.isOn) logEvent(logger, 'service back', {});
  const { rowsInFlight } = limiters;
  if (slot.concurrency !== rowsInFlight) slot.concurrency = rowsInFlight;
}

/** A final no is an answer that the service took the time to give. */
const paceResults: Readonly<Record<FailureKind | 'none', AttemptResult>> = {
  none: 'accepted',
  final: 'accepted',
  throttle: 'throttled',
  transient: 'failed',
  unreachable: 'failed',
  credentials: 'void',
};

const trafficResults: Readonly<Record<FailureKind | 'none', 'accepted' | 'throttled' | 'failed'>> = {
  none: 'accepted',
  final: 'accepted',
  throttle: 'throttled',
  transient: 'failed',
  unreachable: 'failed',
  credentials: 'failed',
};

/** What comes after a failed attempt; undefined if it is another one at once. */
async function afterFailure(
  request: ApiRequest<unknown, unknown>,
  failure: Failure,
  clockCorrected: boolean,
  token: CredentialToken,
  service: Service,
): Promise<Completion | RetryLater | undefined> {
  const { stop } = service;
  switch (classify(failure, clockCorrected, request.isOptional)) {
    case 'unreachable':
      token.unknown();
      stop.abort(noSuchService(failure));
      return stopped;
    case 'credentials':
      if (await token.refused()) return undefined;
      stop.abort(refusedCredentials(failure, request.operation, request.remedy, service.gate.problem));
      return stopped;
    case 'throttle':
      token.accepted();
      // The request's own patience may be over as well, but the run has ended first.
      return stop.signal.aborted ? stopped : retry(request, failure, 'throttle', service);
    case 'transient':
      token.unknown();
      return retry(request, failure, 'transient', service);
    case 'denied':
      token.unknown();
      return refused;
    case 'final':
      token.accepted();
      return refused;
  }
}

/**
 * What a failure means for the request. If the request was signed by a wrong clock, the credentials are not at fault: it
 * is tried again, but not forever. An optional request is `denied`.
 */
function classify({ kind }: Failure, clockCorrected: boolean, isOptional: boolean): FailureKind | 'denied' {
  if (kind !== 'credentials') return kind;
  if (clockCorrected) return 'transient';
  return isOptional ? 'denied' : 'credentials';
}

/** Asks the retry policy for another attempt. */
function retry(
  request: ApiRequest<unknown, unknown>,
  { retryAfter }: Failure,
  kind: 'throttle' | 'transient',
  { outage, standstill, retry: options, random }: Service,
): Completion | RetryLater | undefined {
  const failed = { kind, ...(retryAfter !== undefined && { retryAfter }), excused: outage.isOn };
  const now = standstill.worked(performance.now());
  const decision = decideRetry(request.retryState, failed, options, now, random());
  if (decision.next === 'give-up') return { kind: 'refused', reason: decision.reason };
  request.retryState = decision.state;
  return decision.next === 'after' ? { kind: 'wait', ms: decision.wait } : undefined;
}
