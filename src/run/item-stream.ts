/** What a job gives out one by one: to the one loop that iterates over it, or to nobody. */
import { UsageError } from '../errors.js';

/**
 * Takes items from a job and gives them to its reader. A job announces each item before it gives it, so that items
 * that are still on their way count as well. As long as nobody reads, nothing is kept.
 */
export class ItemStream<Item> {
  #reader: 'none' | 'too late' | 'reading' | 'gone' = 'none';
  /** Given and not yet read. */
  #items: Item[] = [];
  /** How many were announced and have not been read. */
  #ahead = 0;
  #mostAhead: number;
  /** What the job waits for while the reader is behind, or has not read everything; what the reader waits for. */
  #room: Deferred | undefined;
  #allRead: Deferred | undefined;
  #news: Deferred | undefined;
  #isOver = false;
  readonly #over = deferred();
  #failure: { readonly error: unknown } | undefined;
  readonly #onLeave: () => void;

  /**
   * @param mostAhead announced items that may wait for the reader before the job has to wait
   * @param onLeave called when the reader leaves before the end
   */
  constructor(mostAhead: number, onLeave: () => void) {
    this.#mostAhead = mostAhead;
    this.#onLeave = onLeave;
  }

  /** Whether somebody reads. Once a job has asked this or announced an item, it is too late to begin. */
  isRead(): boolean {
    if (this.#reader === 'none') this.#reader = 'too late';
    return this.#reader === 'reading';
  }

  /** Announces an item. If it returns a promise, the job awaits it before it goes on: the reader is behind. */
  announce(): Promise<void> | undefined {
    if (!this.isRead()) return undefined;
    this.#ahead += 1;
    if (this.#ahead < this.#mostAhead) return undefined;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Gives items that were announced. */
  give(items: readonly Item[]): void {
    if (this.#reader !== 'reading') return;
    for (const item of items) this.#items.push(item);
    this.#wakeReader();
  }

  /** Resolves when the reader asks for more than was given, or is gone; at once if there is none. */
  async whenRead(): Promise<void> {
    if (this.#reader !== 'reading' || this.#news) return;
    this.#allRead ??= deferred();
    await this.#allRead.promise;
  }

  /** Announced items may not come any more: nobody waits for the reader from here on. */
  lift(): void {
    this.#mostAhead = Number.POSITIVE_INFINITY;
    this.#makeRoom();
  }

  /** The job is over. @param failure the error that the reader meets after the last item */
  end(failure?: { readonly error: unknown }): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#over.resolve();
    this.#wakeReader();
  }

  /**
   * Gives the items to a reader, who meets the error by which the job ended after the last one. To leave early is to
   * stop the job, and takes until its end.
   *
   * @throws UsageError if items were given out before, to nobody or to another reader
   */
  read(): AsyncIterator<Item, void, undefined> {
    if (this.#reader !== 'none') throw tooLate();
    this.#reader = 'reading';
    const items = this.#untilTheEnd();
    return {
      next: () => items.next(),
      return: async () => {
        // Also if nothing was read: a generator that has not started ends without its `finally`.
        await this.#leave();
        return items.return();
      },
    };
  }

  async *#untilTheEnd(): AsyncGenerator<Item, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#hasRead();
          yield item;
        } else if (this.#isOver) {
          break;
        } else {
          this.#news = deferred();
          this.#letGo();
          await this.#news.promise;
        }
      }
      if (this.#failure) throw this.#failure.error;
    } finally {
      await this.#leave();
    }
  }

  #hasRead(): void {
    this.#ahead -= 1;
    if (this.#ahead <= this.#mostAhead / 2) this.#makeRoom();
  }

  async #leave(): Promise<void> {
    if (this.#reader === 'reading' && !this.#isOver) this.#onLeave();
    this.#reader = 'gone';
    this.#items = [];
    this.#makeRoom();
    this.#letGo();
    await this.#over.promise;
  }

  #wakeReader(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }

  #letGo(): void {
    this.#allRead?.resolve();
    this.#allRead = undefined;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

const tooLate = () =>
  new UsageError(
    'the loop began too late, or is not the first one: what came before it would be missing',
    'Begin to iterate in the turn of the event loop in which the job was started, and only once.',
  );
