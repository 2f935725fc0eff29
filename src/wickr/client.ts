import type { Attempt, Command, Failure, Group, Member } from '../model.js';
import { steadyNow } from '../steady-clock.js';
import type { UsersCount } from '../wire-types.js';
import { correctedOffset } from './clock-skew.js';
import { unreachable } from './connection-errors.js';
import { readFailure } from './error-answer.js';
import {
  type Page,
  readGroups,
  readNetworkName,
  readUser,
  readUsers,
  readUsersCount,
} from './list-answers.js';
import type { PersonalValues } from './personal-values.js';
import { redactId } from './redact.js';
import { type HttpAnswer, type HttpRequest, headerOf, type NoAnswer, type Sender } from './send.js';
import { readUpdateUserAnswer } from './update-answer.js';

/** A filter for ListUsers; a member that is absent filters nothing. */
export interface UsersQuery {
  readonly username?: string;
  readonly groupId?: string;
  /** 1 pending, 2 active. */
  readonly status?: 1 | 2;
  /** The page to read, as the page before it said. */
  readonly nextToken?: string;
}

/** Each call makes one attempt; the caller decides on another. */
export interface Client {
  /** @param former what the user was before, as far as that is known: it is kept out of a failure as the new values are */
  updateUser(command: Command, former?: PersonalValues['former']): Promise<Attempt>;
  /** A page of up to 100 users, by username. */
  listUsers(networkId: string, query: UsersQuery): Promise<Attempt<Page<Member>>>;
  getUser(networkId: string, userId: string): Promise<Attempt<Member>>;
  /** A page of up to 100 groups, by name. */
  listSecurityGroups(networkId: string, nextToken?: string): Promise<Attempt<Page<Group>>>;
  /** @param within ms after which there is no answer, however patient other requests are */
  getNetworkName(networkId: string, within: number): Promise<Attempt<string>>;
  getUsersCount(networkId: string): Promise<Attempt<Pick<UsersCount, 'active' | 'pending'>>>;
}

/** Reads the body of a 200: the answer to the request, or what is wrong with it. */
type ParseAnswer<Expected, Answer> = (
  body: string,
  expected: Expected,
) => { answer: Answer } | { wrong: string };

/** A client whose requests go through `sender`. */
export function createClient(sender: Sender): Client {
  let offset = 0;
  let isReached = false;

  /** @param sent the values in the request and those they replace, none of which may appear in a failure */
  async function attempt<Expected, Answer>(
    request: HttpRequest,
    sent: PersonalValues,
    read: ParseAnswer<Expected, Answer>,
    expected: Expected,
  ): Promise<Attempt<Answer>> {
    // Also what it is signed with: nobody who sets the clock meanwhile makes a signature void.
    const sentAt = steadyNow();
    const signedWith = offset;
    const answer = await sender.send(request, new Date(sentAt + signedWith));
    const now = steadyNow();
    const result = resultOf(answer, sent, now + signedWith, isReached, read, expected);
    // A redirect does not show that there is a way to the service.
    isReached ||= 'status' in answer && !('failure' in result && result.failure.kind === 'unreachable');
    if ('status' in answer && 'failure' in result && result.failure.kind === 'credentials') {
      const dated = { date: headerOf(answer, 'date'), age: headerOf(answer, 'age') };
      offset = correctedOffset(offset, dated, now);
    }
    return {
      sentAt,
      finishedAt: now,
      httpStatus: 'status' in answer ? answer.status : 0,
      requestId: 'status' in answer ? redactId(headerOf(answer, 'x-amzn-requestid'), sent) : '',
      result,
      // Also true if another attempt corrected it meanwhile: this one was signed with the wrong time all the same.
      clockCorrected: offset !== signedWith,
    };
  }

  const get = <Expected, Answer>(
    path: string,
    query: Readonly<Record<string, string>>,
    sent: PersonalValues,
    read: ParseAnswer<Expected, Answer>,
    expected: Expected,
  ) => attempt({ method: 'GET', path, query }, sent, read, expected);

  return {
    updateUser: (command, former) => {
      const values = former === undefined ? command.details : { ...command.details, former };
      return attempt(updateUserRequest(command), values, readUpdateUserAnswer, command);
    },
    listUsers: (networkId, { username, status, ...rest }) => {
      const name = username === undefined ? {} : { username };
      const query = { ...paging('username'), ...name, ...(status && { status: String(status) }), ...rest };
      return get(`${pathOf(networkId)}/users`, query, name, readUsers, status);
    },
    getUser: (networkId, userId) =>
      get(`${pathOf(networkId)}/users/${encodeURIComponent(userId)}`, {}, {}, readUser, userId),
    listSecurityGroups: (networkId, nextToken) => {
      const query = { ...paging('name'), ...(nextToken === undefined ? {} : { nextToken }) };
      return get(`${pathOf(networkId)}/security-groups`, query, {}, readGroups, undefined);
    },
    getNetworkName: (networkId, within) =>
      attempt({ method: 'GET', path: pathOf(networkId), within }, {}, readNetworkName, networkId),
    getUsersCount: (networkId) => get(`${pathOf(networkId)}/users/count`, {}, {}, readUsersCount, undefined),
  };
}

/** The largest page there is, in an order that is stable as long as nobody is renamed. */
const paging = (sortFields: string) => ({ maxResults: '100', sortFields, sortDirection: 'ASC' });

const pathOf = (networkId: string) => `/networks/${encodeURIComponent(networkId)}`;

/** The request that UpdateUser is, as the service model defines it. */
export function updateUserRequest({ networkId, userId, details }: Command) {
  return {
    method: 'PATCH',
    path: `/networks/${networkId}/users`,
    body: JSON.stringify({ userId, userDetails: details }),
  } as const;
}

function resultOf<Expected, Answer>(
  answer: HttpAnswer | NoAnswer,
  sent: PersonalValues,
  now: number,
  isReached: boolean,
  read: ParseAnswer<Expected, Answer>,
  expected: Expected,
): Attempt<Answer>['result'] {
  if (!('status' in answer)) {
    const { code, message } = answer;
    return {
      failure: passing(
        { ...missing(code, message), kind: unreachable(code) ? 'unreachable' : 'transient' },
        isReached,
      ),
    };
  }
  if (answer.status !== 200) return { failure: passing(readFailure(answer, sent, now), isReached) };
  const result = read(answer.body, expected);
  return 'answer' in result ? result : { failure: missing('BadAnswer', result.wrong) };
}

/** If the service has answered before, an unknown host, a wrong certificate or a redirect is a passing fault of the network. */
const passing = (failure: Failure, isReached: boolean): Failure =>
  isReached && failure.kind === 'unreachable' ? { ...failure, kind: 'transient' } : failure;

const missing = (code: string, message: string): Failure => ({
  kind: 'transient',
  code,
  message,
  fields: [],
  infrastructure: true,
});
