/** Reads the users that the rows need, with as few requests as possible. */

import { steadyNow } from '../../steady-clock.js';
import { hasExactly } from '../../text/username.js';
import { type FetchStrategy, needsCount, strategyFor } from './fetch-strategy.js';
import type { LookupRequests } from './lookup-requests.js';
import type { NetworkReads, UserFilter } from './network-reads.js';
import type { UnlistedUsers } from './unlisted-users.js';
import type { UserIndex } from './user-index.js';

/** How many single reads are under way at a time; the run's limiter paces them. */
const CONCURRENCY = 8;

/** A filter that gives more pages than these for one username narrows too little to be of use. */
const MOST_PAGES = 3;

/** What else is done with the users. */
export interface FetchOptions {
  /** Told after each page of the list of all users how many there were so far. */
  readonly onUsers?: ((users: number) => void) | undefined;
  /** Takes in the users of the list of all users. */
  readonly unlisted?: UnlistedUsers | undefined;
  /** All users are listed, however few are asked for. */
  readonly listsAll?: boolean | undefined;
}

/** Fills an index with the users of a network. */
export class UserFetcher {
  /** Requests so far: one for each page, each user and the count. */
  requests = 0;
  /** Whether every user has been listed: then nobody is missing in the index. */
  listedAll = false;
  /** Pages of the list of all users; 0 if they were not listed. */
  pages = 0;
  /** Epoch ms just before the first request: what is known of the users is no older. */
  readonly startedAt = steadyNow();
  /** The same in ms, monotonic. */
  readonly seenAt = performance.now();
  readonly #reads: NetworkReads;
  readonly #index: UserIndex;
  readonly #options: FetchOptions;
  /** Whether the filter has found a username once: only then does it mean something if it finds none. */
  #filterWorks = false;
  /** Whether there is a question that only the list of all users answers. */
  #needsList: boolean;
  /** A user whose username is known, so that the filter can be tried with it. */
  #knownUser: { readonly username: string; readonly pending: boolean } | undefined;

  constructor(reads: NetworkReads, index: UserIndex, options: FetchOptions = {}) {
    this.#reads = reads;
    this.#index = index;
    this.#options = options;
    this.#needsList = options.listsAll === true;
  }

  /** Reads the users that the requests name, whose names are forgotten then: in a large input they take much memory. */
  async fetch(requests: LookupRequests): Promise<void> {
    let singleReads = requests.lookupUsernames.size + requests.userIds.size + requests.presentUsernames;
    for (const name of requests.newUsernames.keys())
      if (!requests.lookupUsernames.has(name)) singleReads += 1;
    const isSingle = singleReads > 0 && !this.#needsList;
    if (isSingle && (await this.#strategy(singleReads)) === 'one-by-one') await this.#fetchSingly(requests);
    requests.forgetNames();
    if (this.#needsList) await this.#listAll();
  }

  async #fetchSingly({ lookupUsernames, newUsernames, userIds }: LookupRequests): Promise<void> {
    const wanted = [...newUsernames].filter(([key]) => !lookupUsernames.has(key)).map(([, name]) => name);
    await this.#forEach(lookupUsernames.values(), (name) => this.#fetchByUsername(name));
    await this.#forEach(userIds.keys(), (userId) => this.#fetchById(userId));
    // Most holders are known by now: the users of the rows have these usernames already.
    const unknown = wanted.filter((name) => this.#index.hasNoHolder(name));
    if (!this.#needsList) await this.fetchHolders(unknown);
  }

  /** Reads who has these usernames, most of which are probably free. */
  async fetchHolders(names: Iterable<string>): Promise<void> {
    if (this.listedAll) return;
    const free: string[] = [];
    await this.#forEach(names, async (name) => {
      this.#index.watch(name);
      if (!(await this.#find(name))) free.push(name);
    });
    if (free.length > 0 && !this.#filterWorks) await this.#probeFilter();
    if (free.length > 0 && !this.#filterWorks) this.#needsList = true;
    if (this.#needsList) await this.#listAll();
  }

  async #strategy(singleReads: number): Promise<FetchStrategy> {
    if (!needsCount(singleReads)) return 'one-by-one';
    this.requests++;
    const strategy = strategyFor(singleReads, await this.#reads.count());
    this.#needsList = strategy === 'list-all';
    return strategy;
  }

  /** Lists all users once more: a list that shifted while it was read has left some out. */
  async listAgain(): Promise<void> {
    this.listedAll = false;
    await this.#listAll();
  }

  /** Sees that there is such a network: of one that there is not, each user is said not to be there. */
  async confirmNetwork(): Promise<void> {
    this.requests++;
    for await (const _ of this.#reads.users({ pending: false })) return;
  }

  async #listAll(): Promise<void> {
    if (this.listedAll) return;
    const { onUsers, unlisted } = this.#options;
    unlisted?.beginList();
    let users = 0;
    let pages = 0;
    for await (const page of this.#reads.users()) {
      this.requests++;
      for (const member of page) {
        this.#index.add(member, pages);
        unlisted?.add(member);
      }
      users += page.length;
      pages += 1;
      onUsers?.(users);
    }
    this.pages = pages;
    this.listedAll = true;
    this.#needsList = false;
  }

  async #fetchByUsername(name: string): Promise<void> {
    if (!(await this.#find(name)) && this.#index.find(name) === 'none') this.#needsList = true;
  }

  /** Whether anybody has the username. Active users come first, as most users are active. */
  async #find(name: string): Promise<boolean> {
    for (const pending of [false, true]) {
      if (await this.#filter({ username: name, pending }, name)) return true;
      if (this.#needsList) return false;
    }
    return this.#index.holders(name).length > 0;
  }

  /** Whether the filter gives a user who has exactly this username. */
  async #filter(filter: UserFilter, name: string): Promise<boolean> {
    let pages = 0;
    for await (const page of this.#reads.users(filter)) {
      this.requests++;
      for (const member of page) this.#index.add(member);
      if (page.some((member) => hasExactly(member, name))) {
        this.#filterWorks = true;
        return true;
      }
      if (++pages === MOST_PAGES) {
        this.#needsList = true;
        return false;
      }
    }
    return false;
  }

  async #fetchById(userId: string): Promise<void> {
    this.requests++;
    const member = await this.#reads.user(userId);
    if (!member) return;
    this.#index.add(member);
    if (member.username !== undefined)
      this.#knownUser ??= { username: member.username, pending: member.pending };
  }

  async #probeFilter(): Promise<void> {
    if (this.#knownUser && !this.#needsList) await this.#filter(this.#knownUser, this.#knownUser.username);
  }

  /** Reads each item, several at a time, until only the list of all users can help. */
  async #forEach(items: Iterable<string>, read: (item: string) => Promise<void>): Promise<void> {
    const rest = items[Symbol.iterator]();
    let failed = false;
    const worker = async () => {
      for (let next = rest.next(); !next.done && !failed && !this.#needsList; next = rest.next()) {
        try {
          await read(next.value);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }
}
