/**
 * Questions about one user each. A list that changes while it is read can skip a user, and a list may leave somebody
 * out: who is not in it is only gone once the service says so of this very user.
 */
import { hasExactly } from '../../text/username.js';
import type { NetworkReads } from './network-reads.js';
import type { UserIndex } from './user-index.js';

/**
 * Most users who are asked for in doubt, of those that rows mean. A list that shifts skips a few; if more are missing,
 * the file is not of this network, and to ask for each of them would take hours before the file is refused.
 */
export const MOST_DOUBTED = 100;

/** How many questions are under way at a time; the run's limiter paces them. */
const CONCURRENCY = 8;

/** A filter that gives more pages than these for one username narrows too little to be of use. */
const MOST_PAGES = 3;

export class SingleQuestions {
  /** Requests so far. */
  requests = 0;
  readonly #reads: NetworkReads;
  readonly #index: UserIndex;

  constructor(reads: NetworkReads, index: UserIndex) {
    this.#reads = reads;
    this.#index = index;
  }

  /** Asks for users by ID. Who is there is in the index then. */
  byId(userIds: readonly string[]): Promise<void> {
    return this.#each(userIds, async (userId) => {
      this.requests += 1;
      const member = await this.#reads.user(userId);
      if (member) this.#index.add(member);
    });
  }

  /** Asks who has these usernames. Who is there is in the index then. */
  byUsername(usernames: readonly string[]): Promise<void> {
    return this.#each(usernames, async (username) => {
      // Pending users become active, and never the other way: asked in this order, nobody slips through.
      for (const pending of [true, false]) await this.#filter(username, pending);
    });
  }

  async #filter(username: string, pending: boolean): Promise<void> {
    let pages = 0;
    for await (const page of this.#reads.users({ username, pending })) {
      this.requests += 1;
      for (const member of page) this.#index.add(member);
      if (page.some((member) => hasExactly(member, username)) || ++pages === MOST_PAGES) return;
    }
  }

  async #each(items: readonly string[], ask: (item: string) => Promise<void>): Promise<void> {
    for (let at = 0; at < items.length; at += CONCURRENCY)
      await Promise.all(items.slice(at, at + CONCURRENCY).map(ask));
  }
}
