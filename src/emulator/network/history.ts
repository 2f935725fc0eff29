/** What users were before their latest changes, so that a read can show the network as it was a moment ago. */
import type { EmulatedUser } from './network.js';

interface Replaced {
  /** ms on the clock of the reads. */
  readonly at: number;
  readonly userId: string;
  /** Undefined for a user who was new. */
  readonly before: EmulatedUser | undefined;
}

export class History {
  readonly #reach: number;
  #replaced: Replaced[] = [];

  /** @param reach ms that a read may look back */
  constructor(reach: number) {
    this.#reach = reach;
  }

  record(at: number, userId: string, before: EmulatedUser | undefined): void {
    if (this.#reach === 0) return;
    const oldest = this.#replaced.findIndex((each) => each.at >= at - this.#reach);
    this.#replaced = oldest < 0 ? [] : this.#replaced.slice(oldest);
    this.#replaced.push({ at, userId, before });
  }

  /** The users as they were at `at`, in the order in which they came to the network; `now` itself if nothing has changed since. */
  usersAt(
    at: number,
    now: ReadonlyMap<string, EmulatedUser>,
    placeOf: (userId: string) => number,
  ): ReadonlyMap<string, EmulatedUser> {
    const since = this.#replaced.filter((each) => each.at > at);
    if (since.length === 0) return now;
    const users = new Map(now);
    for (const { userId, before } of since.reverse()) {
      if (before) users.set(userId, before);
      else users.delete(userId);
    }
    return new Map([...users].sort(([a], [b]) => placeOf(a) - placeOf(b)));
  }
}
