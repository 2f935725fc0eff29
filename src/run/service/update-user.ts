/** The life of one row from its first attempt to its outcome. */
import { WickrBulkError } from '../../errors.js';
import type {
  Attempt,
  Before,
  Command,
  Failure,
  FailureKind,
  Field,
  Outcome,
  Place,
  Turn,
} from '../../model.js';
import type { Client } from '../../wickr/client.js';
import { differingFields } from '../../wickr/update-answer.js';
import type { UpdateUserAnswer } from '../../wire-types.js';
import { ApiRequest, type Completion, type Precondition } from './api-request.js';
import { type Service, sendWithRetries } from './attempt-loop.js';
import type { UserGuard, WithheldRow } from './user-guard.js';

type CommandRow = Place & {
  readonly command: Command;
  readonly before?: Before;
  readonly turn?: Turn;
  readonly inDoubt?: true;
};

/**
 * Sends the command until the service has said yes or its final no, the guard has, or the run stops. Rejects only
 * because of a bug.
 *
 * @param precondition what has to hold for it beside what is known of the user
 */
export const updateUser = (
  row: CommandRow,
  service: Service,
  precondition?: Precondition,
): Promise<Outcome> => sendWithRetries(new UpdateUserRequest(row, undefined, precondition), service);

/** The same for a row that is sent only as long as its guard lets it. */
export const updateGuarded = (guard: UserGuard, service: Service): Promise<Outcome> =>
  sendWithRetries(new UpdateUserRequest(guard.row, guard, guard), service);

class UpdateUserRequest extends ApiRequest<UpdateUserAnswer, Outcome> {
  readonly operation = 'UpdateUser';
  readonly requestKind = 'writes';
  readonly isOptional = false;
  readonly remedy = 'resume the run';
  /** Whether the service may have carried out an attempt to which it did not say yes. */
  mayHaveSet: boolean;
  /** The fields that any of the attempts has sent. */
  readonly sent = new Set<Field>();
  readonly #row: CommandRow;
  readonly guard: UserGuard | undefined;
  override readonly precondition: Precondition | undefined;

  constructor(row: CommandRow, guard?: UserGuard, precondition?: Precondition) {
    super();
    this.#row = row;
    this.mayHaveSet = row.inDoubt === true;
    this.guard = guard;
    this.precondition = precondition;
  }

  /** What is sent; a guard may have taken fields out of it since the last attempt. */
  get target(): CommandRow {
    return this.guard?.row ?? this.#row;
  }

  get row(): number {
    return this.#row.row;
  }

  send(client: Client): Promise<Attempt> {
    const { command, before, turn } = this.target;
    for (const field of Object.keys(command.details) as Field[]) this.sent.add(field);
    return client.updateUser(command, turn?.from === undefined ? before : { ...before, username: turn.from });
  }

  override record(attempt: Attempt): void {
    super.record(attempt);
    const { result } = attempt;
    this.mayHaveSet ||= 'failure' in result && result.failure.kind === 'transient';
  }

  complete(completion: Completion): Outcome {
    return outcomeOf(this.target, this, completion);
  }
}

function outcomeOf(
  { row, line, command }: CommandRow,
  request: UpdateUserRequest,
  completion: Completion,
): Outcome {
  const { attempts, throttled, startedAt, last, sent, guard } = request;
  // Which members go together is known to those who read an outcome; here they come from two sides.
  return {
    row,
    line,
    userId: command.userId,
    httpStatus: last?.httpStatus || undefined,
    attempts,
    throttled,
    requestId: last?.requestId || undefined,
    startedAt: startedAt || undefined,
    finishedAt: last?.finishedAt,
    changed: attempts === 0 ? [] : [...sent],
    ...(completion.kind === 'withheld' && guard?.withheld
      ? withheldStatus(guard.withheld, request)
      : statusOf(command, last, completion, request.mayHaveSet)),
  } as Outcome;
}

type StatusColumns = Pick<Outcome, 'status' | 'errorCode' | 'errorFields' | 'message'>;

const updated: StatusColumns = { status: 'updated' };

function statusOf(
  command: Command,
  last: Attempt | undefined,
  completion: Completion,
  mayHaveSet: boolean,
): StatusColumns {
  if (last && 'answer' in last.result) {
    const differing = differingFields(command, last.result.answer);
    if (differing.length === 0) return updated;
    const message = 'the service accepted the change, but its answer shows another value than the one sent';
    return { status: 'mismatch', errorCode: 'Mismatch', errorFields: differing, message };
  }
  const failure = last && 'failure' in last.result ? last.result.failure : undefined;
  const errorCode = failure?.code;
  const errorFields = failure?.fields ?? [];
  if (completion.kind !== 'refused')
    return { status: 'unprocessed', errorCode, errorFields, message: stoppedMessage(last, failure?.kind) };
  const doubt = doubtAbout(failure, last, mayHaveSet);
  const message = [failure?.message, completion.reason, doubt].filter(Boolean).join('; ') || undefined;
  // Only the service can say no to a row.
  return { status: failure?.infrastructure ? 'unprocessed' : 'failed', errorCode, errorFields, message };
}

/** What is not known of a row that did not go through. */
function doubtAbout(
  failure: Failure | undefined,
  last: Attempt | undefined,
  mayHaveSet: boolean,
): string | undefined {
  if (failure?.infrastructure)
    return mayHaveSet || mayBeMade(last) ? 'the change may have been made' : undefined;
  return mayHaveSet && failure?.kind === 'final' ? lostAnswer : undefined;
}

/** The status of a row that its guard has held back, maybe after attempts that came to nothing. */
function withheldStatus(
  withheld: WithheldRow,
  { attempts, mayHaveSet }: Pick<UpdateUserRequest, 'attempts' | 'mayHaveSet'>,
): StatusColumns {
  if (withheld instanceof WickrBulkError) {
    const message = `${attempts === 0 ? 'not sent' : 'not sent again'}: ${withheld.message}`;
    const isUnanswered = withheld.code === 'OUTAGE';
    return {
      status: isUnanswered ? 'unprocessed' : 'failed',
      errorCode: 'NotRead',
      errorFields: [],
      message,
    };
  }
  if ('unchanged' in withheld)
    return mayHaveSet ? { status: 'updated', message: seenAfterLostAnswer } : { status: 'unchanged' };
  const { conflict = '', conflicts = [] } = 'conflict' in withheld ? withheld : {};
  const message = mayHaveSet ? `${conflict}; ${lostAnswer}` : conflict;
  return { status: 'conflict', errorCode: 'Conflict', errorFields: conflicts, message };
}

const lostAnswer = 'an earlier attempt, whose answer was lost, may have been carried out before that';
const seenAfterLostAnswer = 'the answer was lost; read back, the user has the values';

/** A user may have been changed even if no answer came: an answer can be lost on its way back. */
const stoppedMessage = (last: Attempt | undefined, kind: FailureKind | undefined) =>
  last === undefined || kind === 'unreachable'
    ? 'the run stopped before this row'
    : mayBeMade(last)
      ? 'the run stopped while this row was being retried; the change may have been made'
      : 'the run stopped while this row was being retried';

const mayBeMade = (last: Attempt | undefined): boolean =>
  last !== undefined && (last.httpStatus === 0 || last.httpStatus >= 500 || last.httpStatus === 200);
