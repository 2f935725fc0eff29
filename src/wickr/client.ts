import type { Attempt, Command, Failure } from '../model.js';
import { readUpdateUserAnswer } from './answer.js';
import { correctedOffset } from './clock.js';
import { readFailure } from './failure.js';
import { redactId } from './redact.js';
import { type HttpAnswer, headerOf, type NoAnswer, type Sender } from './send.js';
import { unreachable } from './unreachable.js';

/** One attempt at an UpdateUser, never more: who asks decides on another. */
export interface Client {
  updateUser(command: Command): Promise<Attempt>;
}

/** A client whose requests go through `sender`. */
export function createClient(sender: Sender): Client {
  let offset = 0;
  let isReached = false;
  return {
    async updateUser(command) {
      const sentAt = Date.now();
      const signedWith = offset;
      const answer = await sender.send(updateUserRequest(command), new Date(sentAt + signedWith));
      const finishedAt = Date.now();
      isReached ||= 'status' in answer;
      const result = read(answer, command, finishedAt, isReached);
      if ('status' in answer && 'failure' in result && result.failure.kind === 'credentials') {
        const dated = { date: headerOf(answer, 'date'), age: headerOf(answer, 'age') };
        offset = correctedOffset(offset, dated, finishedAt);
      }
      return {
        sentAt,
        finishedAt,
        httpStatus: 'status' in answer ? answer.status : 0,
        requestId: 'status' in answer ? redactId(headerOf(answer, 'x-amzn-requestid'), command.details) : '',
        result,
        // Also where another attempt corrected it meanwhile: this one was still signed with the wrong time.
        clockCorrected: offset !== signedWith,
      };
    },
  };
}

/** The request that UpdateUser is, as the service model defines it. */
export function updateUserRequest({ networkId, userId, details }: Command) {
  return {
    method: 'PATCH',
    path: `/networks/${networkId}/users`,
    body: JSON.stringify({ userId, userDetails: details }),
  } as const;
}

function read(
  answer: HttpAnswer | NoAnswer,
  command: Command,
  now: number,
  isReached: boolean,
): Attempt['result'] {
  if (!('status' in answer)) {
    // Where the service has answered before, a name that is unknown or a wrong certificate is the network's hiccup.
    const kind = !isReached && unreachable(answer.code) ? 'unreachable' : 'transient';
    return { failure: { ...transient(answer.code, answer.message), kind } };
  }
  if (answer.status !== 200) return { failure: readFailure(answer, command.details, now) };
  const read = readUpdateUserAnswer(answer.body, command);
  return 'answer' in read ? read : { failure: transient('BadAnswer', read.wrong) };
}

const transient = (code: string, message: string): Failure => ({
  kind: 'transient',
  code,
  message,
  fields: [],
});
