/** The life of one row from its first attempt to its outcome. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import { CredentialsError, ExitCode } from '../errors.js';
import type { Attempt, Command, Failure, FailureKind, Field, Outcome, Place } from '../model.js';
import type { Verdict as Heard, Limiter } from '../pace/limiter.js';
import type { Outage } from '../pace/outage.js';
import { decideRetry, freshRetryState, type RetryOptions, type RetryState } from '../pace/retry.js';
import { differingFields } from '../wickr/answer.js';
import type { Client } from '../wickr/client.js';
import type { CredentialGate } from '../wickr/credentials.js';
import { lastingOutage, noSuchService } from './breaker.js';
import type { Logger } from './logger.js';
import type { Stop } from './stop.js';

/** What all rows of a run share. */
export interface UpdateContext {
  readonly client: Client;
  readonly gate: CredentialGate;
  readonly limiter: Limiter;
  /** Whether the service is down; the limiter tells it of every request. */
  readonly outage: Outage;
  /** Holds how many rows are in flight; a row that waits for its next attempt is not. */
  readonly slot: LimitFunction;
  readonly retry: RetryOptions;
  readonly stop: Stop;
  readonly logger: Logger;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** A row's attempts so far, as its outcome will tell them. */
interface Story {
  attempts: number;
  throttled: number;
  startedAt: number;
  last: Attempt | undefined;
}

/** How a turn in a slot ended: with the row's end, or with a wait until its next turn. */
type Turn =
  | { readonly end: 'answered' | 'stopped' }
  | { readonly end: 'refused'; readonly because: string }
  | { readonly end: 'wait'; readonly ms: number; readonly state: RetryState };

/** Sends the command until the service has said yes or its final no, or the run stops. Rejects by a mistake of ours alone. */
export async function updateUser(
  row: Place & { command: Command },
  context: UpdateContext,
): Promise<Outcome> {
  const { slot, stop } = context;
  const story: Story = { attempts: 0, throttled: 0, startedAt: 0, last: undefined };
  let state = freshRetryState;
  for (;;) {
    const turn = await slot(() => takeTurn(row, story, state, context));
    if (turn.end !== 'wait') return outcomeOf(row, story, turn);
    state = turn.state;
    const rested = await sleep(turn.ms, true, { signal: stop.signal }).catch(() => false);
    if (!rested) return outcomeOf(row, story, { end: 'stopped' });
  }
}

/** Attempts that follow each other without a wait of the row's own: throttles wait in the limiter, as everyone does. */
async function takeTurn(
  row: Place & { command: Command },
  story: Story,
  before: RetryState,
  context: UpdateContext,
): Promise<Turn> {
  const { client, gate, limiter, slot, stop } = context;
  let state = before;
  let leads = false;
  for (let urgent = false; ; urgent = true) {
    const permit = stop.signal.aborted ? undefined : await limiter.acquire(urgent);
    const generation = leads || gate.isOpen ? gate.present : await gate.enter();
    if (permit === undefined || generation === undefined || stop.signal.aborted) {
      if (leads) gate.unheard(gate.present);
      return { end: 'stopped' };
    }
    const attempt = await client.updateUser(row.command).catch(stopWithoutCredentials(stop));
    if (!attempt) {
      gate.unheard(generation);
      return { end: 'stopped' };
    }
    record(story, attempt, row, context);
    hear(attempt, permit, state, context);
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
    if (failure.kind === 'credentials' && !attempt.clockCorrected) {
      const verdict = await gate.refused(generation);
      if (verdict === 'stop') {
        stop.because(refusedCredentials(failure));
        return { end: 'stopped' };
      }
      leads = verdict === 'lead';
      continue;
    }
    leads = false;
    // A signature of the wrong time is no fault of the row's, but may not be met for ever either.
    const kind = failure.kind === 'credentials' ? 'transient' : failure.kind;
    if (kind === 'transient') gate.unheard(generation);
    else gate.passed(generation);
    // Its patience may be over as well, but it was the run's that counted.
    if (kind === 'throttle' && stop.signal.aborted) return { end: 'stopped' };
    const decision = decideRetry(
      state,
      { ...failure, kind, excused: context.outage.isOn },
      context.retry,
      performance.now(),
      context.random(),
    );
    if (decision.next === 'give-up') return { end: 'refused', because: decision.because };
    if (decision.next === 'after') return { end: 'wait', ms: decision.wait, state: decision.state };
    state = decision.state;
  }
}

function record(story: Story, attempt: Attempt, row: Place, { logger }: UpdateContext): void {
  story.attempts += 1;
  story.startedAt ||= attempt.sentAt;
  story.last = attempt;
  const failure = 'failure' in attempt.result ? attempt.result.failure : undefined;
  if (failure?.kind === 'throttle') story.throttled += 1;
  logger.trace(
    {
      row: row.row,
      attempt: story.attempts,
      httpStatus: attempt.httpStatus,
      errorCode: failure?.code,
      requestId: attempt.requestId,
      ms: attempt.finishedAt - attempt.sentAt,
    },
    'attempt',
  );
}

/** Tells the limiter of an attempt, and ends the run where the service has been down for too long. */
function hear({ result }: Attempt, permit: number, state: RetryState, context: UpdateContext): void {
  const { limiter, outage, stop, logger } = context;
  const failure = 'failure' in result ? result.failure : undefined;
  const wasOn = outage.isOn;
  limiter.answered(verdicts[failure?.kind ?? 'none'], permit, failure?.retryAfter, state.failures > 0);
  if (outage.isLasting && failure) stop.because(lastingOutage(failure, outage.isFromTheStart));
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

const refusedCredentials = (failure: Failure) => ({
  exitCode: ExitCode.credentials,
  message: `the service refused the credentials (${failure.code})`,
  hint: 'Renew them ("aws sso login", a fresh session token), check that they may call wickr:UpdateUser on this network, and resume the run.',
});

function outcomeOf(
  { row, line, command }: Place & { command: Command },
  { attempts, throttled, startedAt, last }: Story,
  turn: Exclude<Turn, { end: 'wait' }>,
): Outcome {
  return {
    row,
    line,
    userId: command.userId,
    httpStatus: last?.httpStatus ?? 0,
    attempts,
    throttled,
    requestId: last?.requestId ?? '',
    startedAt,
    finishedAt: last?.finishedAt ?? 0,
    changed: attempts === 0 ? [] : (Object.keys(command.details) as Field[]),
    ...verdictOn(command, last, turn),
  };
}

type Verdict = Pick<Outcome, 'status' | 'errorCode' | 'errorField' | 'message'>;

const updated: Verdict = { status: 'updated', errorCode: '', errorField: '', message: '' };

function verdictOn(
  command: Command,
  last: Attempt | undefined,
  turn: Exclude<Turn, { end: 'wait' }>,
): Verdict {
  if (last && 'answer' in last.result) {
    const differing = differingFields(command, last.result.answer);
    if (differing.length === 0) return updated;
    const message = 'the service said yes but shows another value than the one sent';
    return { status: 'mismatch', errorCode: 'Mismatch', errorField: differing.join(';'), message };
  }
  const failure = last && 'failure' in last.result ? last.result.failure : undefined;
  const errorCode = failure?.code ?? '';
  const errorField = failure?.fields.join(';') ?? '';
  if (turn.end !== 'refused')
    return { status: 'unprocessed', errorCode, errorField, message: stoppedMessage(last, failure?.kind) };
  const message = [failure?.message, turn.because].filter(Boolean).join('; ');
  return { status: 'failed', errorCode, errorField, message };
}

/** A row that got no verdict may still have been changed: an answer can be lost on its way back. */
const stoppedMessage = (last: Attempt | undefined, kind: FailureKind | undefined) =>
  last === undefined || kind === 'unreachable'
    ? 'the run stopped before this row'
    : last.httpStatus === 0 || last.httpStatus >= 500 || last.httpStatus === 200
      ? 'the run stopped while this row was being retried; the change may have been made'
      : 'the run stopped while this row was being retried';
