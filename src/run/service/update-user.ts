/** The life of one row from its first attempt to its outcome. */
import type { Attempt, Before, Command, FailureKind, Field, Outcome, Place, Turn } from '../../model.js';
import type { Client } from '../../wickr/client.js';
import { differingFields } from '../../wickr/update-answer.js';
import type { UpdateUserAnswer } from '../../wire-types.js';
import { ApiRequest, type Completion } from './api-request.js';
import { type Service, sendWithRetries } from './attempt-loop.js';

type CommandRow = Place & { readonly command: Command; readonly before?: Before; readonly turn?: Turn };

/** Sends the command until the service has said yes or its final no, or the run stops. Rejects only because of a bug. */
export const updateUser = (row: CommandRow, service: Service): Promise<Outcome> =>
  sendWithRetries(new UpdateUserRequest(row), service);

class UpdateUserRequest extends ApiRequest<UpdateUserAnswer, Outcome> {
  readonly operation = 'UpdateUser';
  readonly isOptional = false;
  readonly remedy = 'resume the run';
  private readonly target: CommandRow;

  constructor(target: CommandRow) {
    super();
    this.target = target;
  }

  get row(): number {
    return this.target.row;
  }

  send(client: Client): Promise<Attempt> {
    const { command, before, turn } = this.target;
    return client.updateUser(command, turn?.from === undefined ? before : { ...before, username: turn.from });
  }

  complete(completion: Completion): Outcome {
    return outcomeOf(this.target, this, completion);
  }
}

function outcomeOf(
  { row, line, command }: CommandRow,
  { attempts, throttled, startedAt, last }: UpdateUserRequest,
  completion: Completion,
): Outcome {
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
    changed: attempts === 0 ? [] : (Object.keys(command.details) as Field[]),
    ...statusOf(command, last, completion),
  } as Outcome;
}

type StatusColumns = Pick<Outcome, 'status' | 'errorCode' | 'errorFields' | 'message'>;

const updated: StatusColumns = { status: 'updated' };

function statusOf(command: Command, last: Attempt | undefined, completion: Completion): StatusColumns {
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
  const message = [failure?.message, completion.reason].filter(Boolean).join('; ') || undefined;
  return { status: 'failed', errorCode, errorFields, message };
}

/** A user may have been changed even if no answer came: an answer can be lost on its way back. */
const stoppedMessage = (last: Attempt | undefined, kind: FailureKind | undefined) =>
  last === undefined || kind === 'unreachable'
    ? 'the run stopped before this row'
    : last.httpStatus === 0 || last.httpStatus >= 500 || last.httpStatus === 200
      ? 'the run stopped while this row was being retried; the change may have been made'
      : 'the run stopped while this row was being retried';
