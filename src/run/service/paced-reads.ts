/** Reads of the network, for planning and exporting, through the run's limiters and with its retries. */
import { hash } from 'node:crypto';
import pLimit from 'p-limit';
import { ReadError } from '../../errors.js';
import type { Attempt, Group, Member } from '../../model.js';
import type { NetworkReads, UserFilter } from '../../plan/lookup/network-reads.js';
import type { Client } from '../../wickr/client.js';
import type { Page } from '../../wickr/list-answers.js';
import { ApiRequest, type Completion } from './api-request.js';
import { type Service, sendWithRetries } from './attempt-loop.js';
import { causeOf, hintOn } from './stop-reasons.js';
import { errorOf, type Stop } from './stop-switch.js';

/** Most pages of a list: ten million users. A longer list is taken to be endless. */
const MOST_PAGES = 100_000;

/**
 * The reads of one network. If the service refuses one (401, 403), everything that shares the service stops, as after a
 * refused update. The exceptions are `count` and `groupsIfTold`, which the run can do without.
 */
export function networkReads(networkId: string, service: Service): NetworkReads {
  const listUsers = (filter: UserFilter, status: 1 | 2) => {
    const { username, groupId } = filter;
    const members = {
      ...(username !== undefined && { username }),
      ...(groupId !== undefined && { groupId }),
    };
    return pages((nextToken) => {
      const query = { ...members, status, ...(nextToken !== undefined && { nextToken }) };
      return read('ListUsers', (client) => client.listUsers(networkId, query), service);
    });
  };
  const groupPage = (nextToken: string | undefined) => (client: Client) =>
    client.listSecurityGroups(networkId, nextToken);
  return {
    async *users(filter = {}) {
      // It is not known whether a list without a status includes pending users.
      const all = filter.pending === undefined;
      for (const pending of all ? [false, true] : [filter.pending]) {
        for await (const page of listUsers(filter, pending ? 1 : 2)) {
          yield page.filter((member) => member.pending === pending && isIn(member, filter.groupId));
        }
      }
    },
    user: (userId) =>
      sendWithRetries(
        new GetUserRequest('GetUser', (client) => client.getUser(networkId, userId), service.stop),
        service,
      ),
    async groups() {
      const all: Group[] = [];
      const list = pages((nextToken) => read('ListSecurityGroups', groupPage(nextToken), service));
      for await (const page of list) all.push(...page);
      return all;
    },
    async groupsIfTold() {
      const all: Group[] = [];
      const none: Page<Group> = { items: [], nextToken: undefined };
      let isTold = true;
      const list = pages(async (nextToken) => {
        const request = new OptionalRequest('ListSecurityGroups', groupPage(nextToken), service.stop);
        const page = await sendWithRetries(request, service);
        isTold &&= page !== undefined;
        return page ?? none;
      });
      for await (const page of list) all.push(...page);
      return isTold ? all : undefined;
    },
    count: () =>
      sendWithRetries(
        new OptionalRequest('GetUsersCount', (client) => client.getUsersCount(networkId), service.stop),
        service,
      ),
  };
}

/** What a look at one user has shown. */
export interface Sight {
  /** Undefined if the network has no such user. */
  readonly user: Member | undefined;
  /** ms, monotonic: what was seen is no older. */
  readonly at: number;
}

/**
 * Reads a user for a request that has its slot and its permit already: the read waits for no slot, and goes before
 * whatever waits for a permit.
 *
 * @throws WickrBulkError if the service does not tell, or the run is stopped
 */
export async function lookAtUser(networkId: string, userId: string, service: Service): Promise<Sight> {
  const request = new GetUserRequest('GetUser', (client) => client.getUser(networkId, userId), service.stop);
  const user = await sendWithRetries(request, urgent(service));
  return { user, at: request.sentAt };
}

/** Reads the security groups likewise. @throws as `lookAtUser` does */
export const lookAtGroups = (networkId: string, service: Service): Promise<readonly Group[]> =>
  networkReads(networkId, urgent(service)).groups();

/** All users, in pages, read likewise. The pages reject as `lookAtUser` does. */
export const lookAtPages = (networkId: string, service: Service): AsyncIterable<readonly Member[]> =>
  networkReads(networkId, urgent(service)).users();

/** The reads wait for no slot, and go before whatever waits for a permit. */
const urgent = (service: Service): Service => ({
  ...service,
  slot: pLimit(Number.POSITIVE_INFINITY),
  goesFirst: true,
});

/** The service applies the filter, and it is not known how it compares. */
const isIn = ({ securityGroupIds }: Member, groupId: string | undefined) =>
  groupId === undefined || (securityGroupIds?.includes(groupId) ?? true);

/** All pages of a list, also empty ones. @throws ReadError if the list leads back to an earlier page or does not end */
async function* pages<Item>(
  page: (nextToken: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  // Tokens can be long; the hash of one is not.
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const { items, nextToken } = await page(token);
    yield items;
    token = nextToken;
    if (token === undefined) return;
    const mark = hash('sha256', token, 'base64');
    if (seen.has(mark) || seen.size >= MOST_PAGES) throw endless();
    seen.add(mark);
  } while (true);
}

const endless = () =>
  new ReadError(
    "the service's list does not end: a page led back to an earlier one, or there were too many pages",
    'Try again. If it happens again, something else may answer in place of the service: a proxy with a cache, or whatever `endpointUrl` names.',
  );

type Send<Answer> = (client: Client) => Promise<Attempt<Answer>>;

const read = <Answer>(operation: string, send: Send<Answer>, service: Service): Promise<Answer> =>
  sendWithRetries(new ReadRequest(operation, send, service.stop), service);

/** A read that the run cannot do without: it throws if there is no answer. */
class ReadRequest<Answer, Result = Answer> extends ApiRequest<Answer, Answer | Result> {
  readonly operation: string;
  readonly requestKind = 'reads';
  readonly row = undefined;
  readonly remedy = 'start again';
  readonly isOptional: boolean = false;
  private readonly ask: Send<Answer>;
  private readonly stop: Stop;

  constructor(operation: string, ask: Send<Answer>, stop: Stop) {
    super();
    this.operation = operation;
    this.ask = ask;
    this.stop = stop;
  }

  send(client: Client): Promise<Attempt<Answer>> {
    return this.ask(client);
  }

  complete(completion: Completion): Answer | Result {
    if (this.last && 'answer' in this.last.result && completion.kind === 'answered')
      return this.last.result.answer;
    if (completion.kind !== 'refused' && this.stop.reason) throw errorOf(this.stop.reason);
    return this.unanswered(completion);
  }

  /** The service's final no, or too many attempts that it did not answer. */
  protected unanswered(completion: Completion): Result {
    const failure = this.last && 'failure' in this.last.result ? this.last.result.failure : undefined;
    const code = failure?.code ?? 'NoAnswer';
    const reason = completion.kind === 'refused' ? completion.reason : '';
    const said = [failure?.message, reason].filter(Boolean).join('; ');
    throw new ReadError(
      `${causeOf(code) ?? 'the network could not be read'}: ${this.operation} met ${code}${said && `: ${said}`}`,
      hintOn(code) ?? 'Reading has changed nothing. Try again later.',
      failure?.infrastructure ? { code: 'OUTAGE' } : {},
    );
  }
}

class GetUserRequest extends ReadRequest<Member, undefined> {
  /** ms, monotonic, of the last attempt. */
  sentAt = 0;

  override send(client: Client): Promise<Attempt<Member>> {
    this.sentAt = performance.now();
    return super.send(client);
  }

  private isNotFound(): boolean {
    const failure = this.last && 'failure' in this.last.result ? this.last.result.failure : undefined;
    return this.last?.httpStatus === 404 && !failure?.infrastructure;
  }

  protected override unanswered(completion: Completion): undefined {
    return this.isNotFound() ? undefined : super.unanswered(completion);
  }
}

/** A read that the run can do without, whatever the reason for the service's no. */
class OptionalRequest<Answer> extends ReadRequest<Answer, undefined> {
  override readonly isOptional = true;

  protected override unanswered(): undefined {
    return undefined;
  }
}
