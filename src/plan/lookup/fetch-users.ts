/** Reads the users whom the rows need, with as few requests as it can. */

import { hasExactly } from '../../text/username.js';
import { needsCount, strategyFor } from './fetch-strategy.js';
import type { Needs } from './lookup-requests.js';
import type { NetworkReads, UserFilter } from './network-reads.js';
import type { Directory } from './user-index.js';

/** How many single reads are under way at a time; the run's limiter paces them. */
const AT_ONCE = 8;

/** A filter that gives more pages than these for one username narrows too little to be of use. */
const MOST_PAGES = 3;

/** The users of a network, read into a directory. */
export class Survey {
  /** Requests made so far: a page, a user or the count each. */
  requests = 0;
  /** Whether every user has been listed: the directory lacks nobody then. */
  swept = false;
  /** Epoch ms at which the first user was asked for: what is known of the users is no older. */
  readonly begunAt = Date.now();
  readonly #reads: NetworkReads;
  readonly #directory: Directory;
  /** Whether the filter has been seen to find a username: only then does it mean something that it finds none. */
  #filterWorks = false;
  /** Whether single reads have come to a question that only a sweep answers. */
  #needsSweep = false;

  readonly #onUsers: (users: number) => void;

  /** @param onUsers told after each page of the list of all users how many there were so far */
  constructor(reads: NetworkReads, directory: Directory, onUsers: (users: number) => void = () => {}) {
    this.#reads = reads;
    this.#onUsers = onUsers;
    this.#directory = directory;
  }

  /** Reads what the directory was made for. The names of `needs` are forgotten: of a large file they are much to keep. */
  async read(needs: Needs): Promise<void> {
    let singles = needs.lookups.size + needs.userIds.size;
    for (const name of needs.wanted.keys()) if (!needs.lookups.has(name)) singles += 1;
    if (singles > 0 && (await this.#strategy(singles)) === 'singles') await this.#readSingly(needs);
    needs.forgetNames();
    if (this.#needsSweep) await this.#sweep();
  }

  async #readSingly(needs: Needs): Promise<void> {
    const wanted = [...needs.wanted].filter(([key]) => !needs.lookups.has(key)).map(([, name]) => name);
    await this.#each(needs.lookups.values(), (name) => this.#lookUp(name));
    await this.#each(needs.userIds.keys(), (userId) => this.#user(userId));
    // Of most it is known by now: the user of the row has it already.
    const unsure = wanted.filter((name) => this.#directory.isUnsure(name));
    if (!this.#needsSweep) await this.whoHas(unsure);
  }

  /** Reads who has these usernames; that nobody has one of them is likely. */
  async whoHas(names: Iterable<string>): Promise<void> {
    if (this.swept) return;
    const free: string[] = [];
    await this.#each(names, async (name) => {
      this.#directory.ask(name);
      if (!(await this.#find(name))) free.push(name);
    });
    if (free.length > 0 && !this.#filterWorks) await this.#tryFilter();
    if (free.length > 0 && !this.#filterWorks) this.#needsSweep = true;
    if (this.#needsSweep) await this.#sweep();
  }

  async #strategy(singles: number) {
    if (!needsCount(singles)) return 'singles';
    this.requests++;
    const strategy = strategyFor(singles, await this.#reads.count());
    this.#needsSweep = strategy === 'sweep';
    return strategy;
  }

  async #sweep(): Promise<void> {
    if (this.swept) return;
    let users = 0;
    for await (const page of this.#reads.users()) {
      this.requests++;
      for (const member of page) this.#directory.add(member);
      users += page.length;
      this.#onUsers(users);
    }
    this.swept = true;
    this.#needsSweep = false;
  }

  async #lookUp(name: string): Promise<void> {
    if (!(await this.#find(name)) && this.#directory.find(name) === 'none') this.#needsSweep = true;
  }

  /** Whether anybody has the username; the active users come first, for most are. */
  async #find(name: string): Promise<boolean> {
    for (const pending of [false, true]) {
      if (await this.#filter({ username: name, pending }, name)) return true;
      if (this.#needsSweep) return false;
    }
    return this.#directory.holders(name).length > 0;
  }

  /** Whether the filter gives a user who has exactly this username. */
  async #filter(filter: UserFilter, name: string): Promise<boolean> {
    let pages = 0;
    for await (const page of this.#reads.users(filter)) {
      this.requests++;
      for (const member of page) this.#directory.add(member);
      if (page.some((member) => hasExactly(member, name))) {
        this.#filterWorks = true;
        return true;
      }
      if (++pages === MOST_PAGES) {
        this.#needsSweep = true;
        return false;
      }
    }
    return false;
  }

  async #user(userId: string): Promise<void> {
    this.requests++;
    const member = await this.#reads.user(userId);
    if (!member) return;
    this.#directory.add(member);
    if (member.username !== undefined)
      this.#bearer ??= { username: member.username, pending: member.pending };
  }

  /** Somebody whose username is known, so that the filter can be tried with it. */
  #bearer: { readonly username: string; readonly pending: boolean } | undefined;

  async #tryFilter(): Promise<void> {
    if (this.#bearer && !this.#needsSweep) await this.#filter(this.#bearer, this.#bearer.username);
  }

  /** Does it for each, several at a time, until only a sweep can help. */
  async #each(items: Iterable<string>, read: (item: string) => Promise<void>): Promise<void> {
    const rest = items[Symbol.iterator]();
    let failed = false;
    const work = async () => {
      for (let next = rest.next(); !next.done && !failed && !this.#needsSweep; next = rest.next()) {
        try {
          await read(next.value);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}
