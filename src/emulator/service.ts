/** What happens to one request: it is authenticated, let through or throttled, executed, and answered. */
import type { UserDetails } from '../wire-types.js';
import { type Answer, invalid, notFound, refusal, throttled } from './api/answers.js';
import { HiddenFields } from './api/hidden-fields.js';
import { ReadOperations } from './api/read-operations.js';
import { parseRoute, type Route } from './api/route.js';
import { updateUser } from './api/update-user.js';
import type { Delivery } from './faults/delivery.js';
import { faultAnswer, type RequestValues } from './faults/fault-answer.js';
import { faultKinds } from './faults/fault-rule.js';
import { type Fault, FaultSchedule } from './faults/fault-schedule.js';
import { History } from './network/history.js';
import { type EmulatedUser, Network } from './network/network.js';
import { EmulatorOptionError } from './network/option-error.js';
import { Random } from './network/seeded-random.js';
import { Shifts } from './network/shifts.js';
import type { Settings } from './options.js';
import { limiterOf, ScopedLimiter } from './rate-limiter.js';
import { type Entry, Journal } from './request-log.js';
import { type SignatureRefusal, staleness } from './signature/authorization.js';
import type { WireRequest } from './signature/canonical-request.js';
import { SignatureCheck } from './signature/signature.js';

/** A request whose head has arrived, and whose body may still be on its way. */
export interface Arrival {
  readonly route: Route | undefined;
  readonly entry: Entry;
}

export class Service {
  readonly network: Network;
  readonly journal: Journal;
  readonly faults: FaultSchedule;
  readonly limiter: ScopedLimiter;
  readonly signatures: SignatureCheck;
  readonly #settings: Settings;
  readonly #reads: ReadOperations;
  readonly #requestIds: Random;
  readonly #latencies: Random;
  readonly #lags: Random;
  readonly #history: History;
  readonly #hidden: HiddenFields;

  constructor(settings: Settings) {
    const { networkId, users, groups, seed, region, credentials } = settings;
    this.#settings = settings;
    this.network = new Network(networkId, users, groups);
    this.journal = new Journal(settings.keepRequests);
    this.faults = new FaultSchedule(seed, settings.faults);
    const shards = new Random(seed, 'shards');
    this.limiter = new ScopedLimiter(settings.rateScope, () =>
      limiterOf(settings.limiter, settings.chargeRejected, () => shards.share()),
    );
    this.limiter.change(settings.steadyClock(), settings.rate, settings.burst);
    this.signatures = new SignatureCheck(region, 'wickr', credentials);
    this.#history = new History(settings.readLag);
    this.network.onReplaced = (userId, before) =>
      this.#history.record(settings.steadyClock(), userId, before);
    this.#hidden = new HiddenFields(seed, settings.hidden);
    const shifts = new Shifts(this.network, seed, settings.shifts);
    this.#reads = new ReadOperations({
      network: this.network,
      filterMatch: settings.filterMatch,
      users: () => this.#usersSeen(),
      unlisted: settings.unlisted,
      onPage: (userIds) => shifts.pageListed(userIds, settings.wallClock()),
    });
    this.#requestIds = new Random(seed, 'request IDs');
    this.#latencies = new Random(seed, 'latencies');
    this.#lags = new Random(seed, 'lags');
  }

  arrive(method: string, target: string): Arrival {
    const route = parseRoute(method, target);
    const at = this.#settings.steadyClock();
    const entry = this.journal.arrive(at, route?.operation ?? 'Unknown', this.#requestIds.uuid());
    if (route?.operation === 'GetUser') entry.userId = route.id;
    return { route, entry };
  }

  /** Changes a user as another administrator would. The details are not checked. */
  edit(userId: string, details: UserDetails): void {
    const user = this.network.users.get(userId);
    if (!user) throw new EmulatorOptionError(`there is no user ${userId}`, 'Name one of the users.');
    this.network.change(user, details, this.#settings.wallClock());
  }

  /** Deletes a user as another administrator would: the ID and the username are free for somebody else. */
  remove(userId: string): void {
    const user = this.network.users.get(userId);
    if (!user) throw new EmulatorOptionError(`there is no user ${userId}`, 'Name one of the users.');
    this.network.remove(user);
  }

  /** The users as a read sees them now. */
  #usersSeen(): ReadonlyMap<string, EmulatedUser> {
    const { readLag, steadyClock } = this.#settings;
    if (readLag === 0) return this.network.users;
    const at = steadyClock() - this.#lags.share() * readLag;
    return this.#history.usersAt(at, this.network.users, (userId) => this.network.placeOf(userId));
  }

  /** Executes the request and decides how to answer it. `body` is undefined if it was too large. */
  handle(arrival: Arrival, request: Omit<WireRequest, 'body'>, body: Buffer | undefined): Delivery {
    const { entry } = arrival;
    if (!body) return this.#answer(entry, refusal(413, 'RequestEntityTooLargeException', 'Request too long'));
    if (entry.operation === 'UpdateUser') readBody(entry, body);
    const signedAt = this.signatures.verify({ ...request, body });
    if (typeof signedAt !== 'number') return this.#answer(entry, forbidden(signedAt));
    const fault = this.faults.due(entry);
    const skewed = fault?.kind === 'skew' ? fault : undefined;
    const stale = staleness(signedAt, this.#now(skewed), skewed?.rule.code ?? 'InvalidSignatureException');
    if (stale) {
      if (skewed) this.faults.count(entry, skewed);
      return this.#answer(entry, forbidden(stale), skewed);
    }
    const limiter = this.limiter.of(entry.operation);
    const at = this.#settings.steadyClock();
    if (!limiter.take(at)) return this.#answer(entry, throttled(this.#settings.retryAfter));
    const { delay = 0 } = limiter;
    this.faults.count(entry, fault);
    const delivery = this.#answer(entry, this.#execute(arrival, fault), fault);
    limiter.ends?.(at + delivery.wait);
    return delay === 0 ? delivery : { ...delivery, wait: delivery.wait + delay };
  }

  #execute({ route, entry }: Arrival, fault: Fault | undefined): Answer {
    if (!fault) return this.#operate(route, entry);
    if (faultKinds[fault.kind] === 'yes') return this.#operate(route, entry);
    if (fault.applied) this.#operate(route, entry);
    return faultAnswer(fault, valuesOf(route, entry), this.#settings.retryAfter);
  }

  #operate(route: Route | undefined, entry: Entry): Answer {
    const answer = this.#dispatch(route, entry);
    return entry.operation === 'Unknown' ? answer : this.#hidden.remove(entry.operation, answer);
  }

  #dispatch(route: Route | undefined, entry: Entry): Answer {
    if (!route) return refusal(400, 'BadRequestError', 'The path or the query has a broken escape.');
    const { operation, networkId, id, query } = route;
    if (!operation) {
      const [status, what] = route.otherMethod ? [405, 'method'] : [404, 'path'];
      return refusal(
        status as number,
        'UnknownOperationException',
        `There is no operation under this ${what}.`,
      );
    }
    if (!/^[0-9]{8}$/.test(networkId)) return invalid([{ field: 'networkId', reason: 'must be 8 digits' }]);
    if (networkId !== this.network.id) return notFound('network');
    switch (operation) {
      case 'UpdateUser':
        return this.#update(entry);
      case 'GetUser':
        return this.#reads.getUser(id);
      case 'ListUsers':
        return this.#reads.listUsers(query);
      case 'GetUsersCount':
        return this.#reads.getUsersCount();
      case 'ListSecurityGroups':
        return this.#reads.listSecurityGroups(query);
      case 'ListSecurityGroupUsers':
        return this.#reads.listSecurityGroupUsers(id, query);
    }
  }

  #update(entry: Entry): Answer {
    const { singleGroup, wallClock } = this.#settings;
    const { answer, applied } = updateUser(this.network, entry.body, singleGroup, wallClock());
    entry.applied = applied;
    return answer;
  }

  /** Records the answer, and decides how it is delivered. */
  #answer(entry: Entry, answer: Answer, fault?: Fault): Delivery {
    const silent = fault?.kind === 'hang' || fault?.kind.startsWith('reset');
    this.journal.answer(entry, silent ? 0 : answer.status, answer.code);
    if (fault) entry.fault = fault.kind;
    const { ms, bytes } = fault?.rule ?? {};
    return {
      answer,
      requestId: entry.requestId,
      date: this.#now(fault),
      wait: this.#latency() + (fault?.kind === 'slow' ? (ms ?? 1000) : 0),
      ...(fault ? { fault: fault.kind } : {}),
      ...(ms === undefined ? {} : { pause: ms }),
      ...(bytes === undefined ? {} : { bytes }),
    };
  }

  /** The server's clock, which a fault can set wrong. */
  #now(fault: Fault | undefined): number {
    const now = this.#settings.wallClock();
    return fault?.kind === 'skew' ? now + (fault.rule.ms ?? 600_000) : now;
  }

  #latency(): number {
    const { latency, jitter } = this.#settings;
    return latency === 0 ? 0 : latency * (1 + jitter * (2 * this.#latencies.share() - 1));
  }
}

const forbidden = ({ code, message }: SignatureRefusal): Answer => refusal(403, code, message);

/** A body that is not JSON is not recorded; the operation refuses it. */
function readBody(entry: Entry, body: Buffer): void {
  try {
    entry.body = JSON.parse(body.toString());
  } catch {
    return;
  }
  const userId = (entry.body as { userId?: unknown } | null)?.userId;
  if (typeof userId === 'string') entry.userId = userId;
}

function valuesOf(route: Route | undefined, entry: Entry): RequestValues {
  const details =
    (entry.body as { userDetails?: RequestValues['details'] } | null | undefined)?.userDetails ?? {};
  return { networkId: route?.networkId ?? '', userId: entry.userId ?? '', details };
}
