/** The life of one row from its first attempt to its outcome. */
import type { Attempt, Command, FailureKind, Field, Outcome, Place } from '../../model.js';
import type { Client } from '../../wickr/client.js';
import { differingFields } from '../../wickr/update-answer.js';
import type { UpdateUserAnswer } from '../../wire-types.js';
import { carryOut, type End, Errand, type Service } from './attempt-loop.js';

type CommandRow = Place & { readonly command: Command };

/** Sends the command until the service has said yes or its final no, or the run stops. Rejects by a mistake of ours alone. */
export const updateUser = (row: CommandRow, service: Service): Promise<Outcome> =>
  carryOut(new Update(row), service);

class Update extends Errand<UpdateUserAnswer, Outcome> {
  readonly operation = 'UpdateUser';
  readonly optional = false;
  readonly goOn = 'resume the run';
  private readonly asked: CommandRow;

  constructor(asked: CommandRow) {
    super();
    this.asked = asked;
  }

  get row(): number {
    return this.asked.row;
  }

  send(client: Client): Promise<Attempt> {
    return client.updateUser(this.asked.command);
  }

  conclude(end: End): Outcome {
    return outcomeOf(this.asked, this, end);
  }
}

function outcomeOf(
  { row, line, command }: CommandRow,
  { attempts, throttled, startedAt, last }: Update,
  end: End,
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
    ...verdictOn(command, last, end),
  } as Outcome;
}

type Verdict = Pick<Outcome, 'status' | 'errorCode' | 'errorFields' | 'message'>;

const updated: Verdict = { status: 'updated' };

function verdictOn(command: Command, last: Attempt | undefined, end: End): Verdict {
  if (last && 'answer' in last.result) {
    const differing = differingFields(command, last.result.answer);
    if (differing.length === 0) return updated;
    const message = 'the service said yes but shows another value than the one sent';
    return { status: 'mismatch', errorCode: 'Mismatch', errorFields: differing, message };
  }
  const failure = last && 'failure' in last.result ? last.result.failure : undefined;
  const errorCode = failure?.code;
  const errorFields = failure?.fields ?? [];
  if (end.end !== 'refused')
    return { status: 'unprocessed', errorCode, errorFields, message: stoppedMessage(last, failure?.kind) };
  const message = [failure?.message, end.because].filter(Boolean).join('; ') || undefined;
  return { status: 'failed', errorCode, errorFields, message };
}

/** A row that got no verdict may still have been changed: an answer can be lost on its way back. */
const stoppedMessage = (last: Attempt | undefined, kind: FailureKind | undefined) =>
  last === undefined || kind === 'unreachable'
    ? 'the run stopped before this row'
    : last.httpStatus === 0 || last.httpStatus >= 500 || last.httpStatus === 200
      ? 'the run stopped while this row was being retried; the change may have been made'
      : 'the run stopped while this row was being retried';
