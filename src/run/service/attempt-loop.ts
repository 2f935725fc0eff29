/** The life of one request, from its first attempt to the service's answer, its final no, or the end of the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import { CredentialsError, type StopReason } from '../../errors.js';
import type { Attempt, Failure, FailureKind } from '../../model.js';
import type { Verdict as Heard, Limiter } from '../../pace/limiter.js';
import type { Outage } from '../../pace/outage.js';
import { decideRetry, freshRetryState, type RetryOptions, type RetryState } from '../../pace/retry-policy.js';
import type { Client } from '../../wickr/client.js';
import type { CredentialGate } from '../../wickr/credential-gate.js';
import type { Logger } from '../options/logger.js';
import { lastingOutage, noSuchService } from './stop-reasons.js';
import type { Stop } from './stop-switch.js';

/** What all requests of a run share. */
export interface Service {
  readonly client: Client;
  readonly gate: CredentialGate;
  readonly limiter: Limiter;
  /** Whether the service is down; the limiter tells it of every request. */
  readonly outage: Outage;
  /** Holds how many requests are in flight; one that waits for its next attempt is not. */
  readonly slot: LimitFunction;
  readonly retry: RetryOptions;
  readonly stop: Stop;
  readonly logger: Logger;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** How it came to its end: `answered` and `refused` by its last attempt, `stopped` with the run. */
export type End =
  | { readonly end: 'answered' | 'stopped' }
  | { readonly end: 'refused'; readonly because: string };

/** How a turn in a slot ended: for good, or with a wait until the next turn. */
type Turn = End | { readonly end: 'wait'; readonly ms: number; readonly state: RetryState };

/** One request and what its attempts came to so far. A class, so that an attempt costs no closure. */
export abstract class Errand<Answer, Result> {
  attempts = 0;
  /** How many of the attempts met RateLimitError. */
  throttled = 0;
  /** Epoch ms of the first attempt; 0 before it. */
  startedAt = 0;
  last: Attempt<Answer> | undefined;

  /** The service model's name of the operation, which is also that of its IAM action. */
  abstract readonly operation: string;
  /** The input's row that it is for; undefined where it is for no single one. */
  abstract readonly row: number | undefined;
  /** Whether the run does without it where the caller may not ask: then his credentials are not in doubt. */
  abstract readonly optional: boolean;
  /** How to go on once whatever stopped it is put right, as a clause in the middle of a sentence. */
  abstract readonly goOn: string;
  abstract send(client: Client): Promise<Attempt<Answer>>;
  /** What it comes to. */
  abstract conclude(end: End): Result;
}

/** Sends until the service has said yes or its final no, or the run stops. Rejects by a mistake of ours, or as `conclude` throws. */
export async function carryOut<Answer, Result>(
  errand: Errand<Answer, Result>,
  service: Service,
): Promise<Result> {
  const { slot, stop } = service;
  let state = freshRetryState;
  for (;;) {
    const turn = await slot(() => takeTurn(errand, state, service));
    if (turn.end !== 'wait') return errand.conclude(turn);
    state = turn.state;
    const rested = await sleep(turn.ms, true, { signal: stop.signal }).catch(() => false);
    if (!rested) return errand.conclude({ end: 'stopped' });
  }
}

/** Attempts that follow each other without a wait of the errand's own: throttles wait in the limiter, as everyone does. */
async function takeTurn<Answer>(
  errand: Errand<Answer, unknown>,
  before: RetryState,
  service: Service,
): Promise<Turn> {
  const { client, gate, limiter, slot, stop } = service;
  let state = before;
  let leads = false;
  for (let urgent = false; ; urgent = true) {
    const permit = stop.signal.aborted ? undefined : await limiter.acquire(urgent);
    const generation = leads || gate.isOpen ? gate.present : await gate.enter();
    if (permit === undefined || generation === undefined || stop.signal.aborted) {
      if (leads) gate.unheard(gate.present);
      return { end: 'stopped' };
    }
    const attempt = await errand.send(client).catch(stopWithoutCredentials(stop));
    if (!attempt) {
      gate.unheard(generation);
      return { end: 'stopped' };
    }
    record(errand, attempt, service);
    hear(attempt, errand.goOn, permit, state, service);
    if (slot.concurrency !== limiter.rowsInFlight) slot.concurrency = limiter.rowsInFlight;
    if ('answer' in attempt.result) {
      gate.passed(generation);
      return { end: 'answered' };
    }
    const { failure } = attempt.result;
    if (failure.kind === 'unreachable') {
      stop.because(noSuchService(failure));
      return { end: 'stopped' };
    }
    const isRefused = failure.kind === 'credentials' && !attempt.clockCorrected;
    if (isRefused && !errand.optional) {
      const verdict = await gate.refused(generation);
      if (verdict === 'stop') {
        stop.because(refusedCredentials(failure, errand));
        return { end: 'stopped' };
      }
      leads = verdict === 'lead';
      continue;
    }
    leads = false;
    const kind = kindFor(failure.kind, isRefused);
    if (kind === 'transient' || isRefused) gate.unheard(generation);
    else gate.passed(generation);
    // Its patience may be over as well, but it was the run's that counted.
    if (kind === 'throttle' && stop.signal.aborted) return { end: 'stopped' };
    const decision = decideRetry(
      state,
      { ...failure, kind, excused: service.outage.isOn },
      service.retry,
      performance.now(),
      service.random(),
    );
    if (decision.next === 'give-up') return { end: 'refused', because: decision.because };
    if (decision.next === 'after') return { end: 'wait', ms: decision.wait, state: decision.state };
    state = decision.state;
  }
}

/** A signature of the wrong time is no fault of the request's, but may not be met for ever either. */
const kindFor = (kind: FailureKind, isRefused: boolean): FailureKind =>
  kind !== 'credentials' ? kind : isRefused ? 'final' : 'transient';

function record<Answer>(
  errand: Errand<Answer, unknown>,
  attempt: Attempt<Answer>,
  { logger }: Service,
): void {
  errand.attempts += 1;
  errand.startedAt ||= attempt.sentAt;
  errand.last = attempt;
  const failure = 'failure' in attempt.result ? attempt.result.failure : undefined;
  if (failure?.kind === 'throttle') errand.throttled += 1;
  logger.trace(
    {
      operation: errand.operation,
      row: errand.row,
      attempt: errand.attempts,
      httpStatus: attempt.httpStatus,
      errorCode: failure?.code,
      requestId: attempt.requestId,
      ms: attempt.finishedAt - attempt.sentAt,
    },
    'attempt',
  );
}

/** Tells the limiter of an attempt, and ends the run where the service has been down for too long. */
function hear(
  { result }: Attempt<unknown>,
  goOn: string,
  permit: number,
  state: RetryState,
  { limiter, outage, stop, logger }: Service,
): void {
  const failure = 'failure' in result ? result.failure : undefined;
  const wasOn = outage.isOn;
  limiter.answered(verdicts[failure?.kind ?? 'none'], permit, failure?.retryAfter, state.failures > 0);
  if (outage.isLasting && failure) stop.because(lastingOutage(failure, outage.isFromTheStart, goOn));
  else if (outage.isOn && !wasOn) logger.warn({ errorCode: failure?.code }, 'service down: probing');
  else if (wasOn && !outage.isOn) logger.info({}, 'service back');
}

/** A final no is an answer that the service took the time to give. */
const verdicts: Readonly<Record<FailureKind | 'none', Heard>> = {
  none: 'accepted',
  final: 'accepted',
  throttle: 'throttled',
  transient: 'failed',
  unreachable: 'failed',
  credentials: 'void',
};

/** Credentials that ran out and cannot be had again end the run like refused ones. */
const stopWithoutCredentials = (stop: Stop) => (error: unknown) => {
  if (!(error instanceof CredentialsError)) throw error;
  stop.because(error);
  return undefined;
};

const refusedCredentials = (
  { code }: Failure,
  { operation, goOn }: Pick<Errand<never, unknown>, 'operation' | 'goOn'>,
): StopReason => ({
  code: 'CREDENTIALS',
  message: `the service refused the credentials (${code})`,
  hint: `Renew them ("aws sso login", a fresh session token), check that they may call wickr:${operation} on this network, and ${goOn}.`,
});
