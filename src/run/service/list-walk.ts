/**
 * The list of all users, read once more while rows are sent in its order: one request shows as many users as a page has,
 * in place of one request for each.
 */
import { WickrBulkError } from '../../errors.js';
import type { Member } from '../../model.js';
import type { Sight } from './paced-reads.js';

/** Pages whose users are remembered: rows near each other are under way at a time. */
const REMEMBERED = 8;

/** Pages that are read ahead of the rows at most, so that no row waits for one. */
const MOST_AHEAD = 3;

/** Part of `maxAge` that users who are read ahead may wait for their rows, and that the first list serves alone. */
const [AHEAD_SHARE, FIRST_SHARE] = [1 / 4, 1 / 2];

export interface ListWalking {
  /** The pages of the list, empty ones too. */
  readonly pages: AsyncIterable<readonly Member[]>;
  /** ms, monotonic: the users were listed before at this time or later. */
  readonly seenAt: number;
  /** ms after which what is known of a user is too old. */
  readonly maxAge: number;
}

/** Goes through the list a second time, once what the first time has shown gets old, and no faster than the rows. */
export class ListWalk {
  readonly #walking: ListWalking;
  readonly #iterator: AsyncIterator<readonly Member[]>;
  readonly #sights = new Map<string, Sight & { readonly page: number }>();
  readonly #remembered: string[][] = [];
  /** Pages read so far. */
  #read = 0;
  /** Whether no further page can be read. */
  #isOver = false;
  #reading: Promise<void> | undefined;
  /** Pages that are to be read, whether or not a row waits for them. */
  #wanted = 0;
  /** The last page that rows have come to, since when (ms, monotonic), and the ms that one takes. */
  #page = 0;
  #pageSince: number;
  #pageTakes: number | undefined;

  constructor(walking: ListWalking) {
    this.#walking = walking;
    this.#iterator = walking.pages[Symbol.asyncIterator]();
    this.#pageSince = performance.now();
  }

  /** A row of a user on this page has its outcome: what the next ones need is read meanwhile. */
  passed(page: number): void {
    const now = performance.now();
    if (page > this.#page) {
      this.#pageTakes = (now - this.#pageSince) / (page - this.#page);
      [this.#page, this.#pageSince] = [page, now];
    }
    const { seenAt, maxAge } = this.#walking;
    if (this.#pageTakes === undefined || now - seenAt < maxAge * FIRST_SHARE) return;
    const ahead = Math.min(MOST_AHEAD, Math.floor((maxAge * AHEAD_SHARE) / this.#pageTakes));
    if (ahead === 0) return;
    this.#wanted = Math.max(this.#wanted, this.#page + 1 + ahead);
    void this.#readAhead();
  }

  /**
   * The user as the list shows them by now; undefined if it does not, or not recently enough: then they have to be read
   * by themselves.
   *
   * @param page on which they stood the first time
   */
  async look(userId: string, page: number): Promise<Sight | undefined> {
    const { maxAge } = this.#walking;
    for (;;) {
      const sight = this.#sights.get(userId);
      if (sight) return performance.now() - sight.at <= maxAge ? sight : undefined;
      // Users who were added meanwhile move others to the next page.
      if (this.#isOver || this.#read > page + 1) return undefined;
      await this.#next();
    }
  }

  async #readAhead(): Promise<void> {
    while (!this.#isOver && this.#read < this.#wanted) await this.#next();
  }

  /** Reads another page; whoever asks meanwhile waits for the same one. */
  #next(): Promise<void> {
    this.#reading ??= this.#readPage().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readPage(): Promise<void> {
    const at = performance.now();
    try {
      const { value, done } = await this.#iterator.next();
      if (done) this.#isOver = true;
      else this.#take(value, at);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      // If that has not ended the run, users are read one by one.
      this.#isOver = true;
    }
  }

  #take(members: readonly Member[], at: number): void {
    const page = this.#read;
    this.#read += 1;
    for (const user of members) this.#sights.set(user.userId, { user, at, page });
    this.#remembered.push(members.map(({ userId }) => userId));
    if (this.#remembered.length <= REMEMBERED) return;
    for (const userId of this.#remembered.shift() ?? [])
      if (this.#sights.get(userId)?.page === page - REMEMBERED) this.#sights.delete(userId);
  }
}
