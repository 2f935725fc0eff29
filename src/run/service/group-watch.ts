/** Whether the security groups that a run names still are what it means by them: one look for all of its rows. */
import { type StopReason, WickrBulkError } from '../../errors.js';
import type { Command, Group } from '../../model.js';
import type { Precondition, Verdict } from './api-request.js';
import type { Stop } from './stop-switch.js';

/** What the groups were meant to be when the rows were made ready. */
export interface MeantGroups {
  /** ms, monotonic: the groups were read at this time or later. */
  readonly readAt: number;
  readonly areAsMeant: (groups: readonly Group[]) => boolean;
}

/** How the groups are watched. */
export interface GroupWatching extends MeantGroups {
  /** ms after which what is known of them is too old. */
  readonly maxAge: number;
  readonly stop: Stop;
  readonly read: () => Promise<readonly Group[]>;
}

/** ms that a row may go on to its attempt with what its own look has shown, even if `maxAge` is less. */
const LEAST_AGE = 1000;

/** Stops the run once a group is another one: whom that concerns is for somebody to see. */
export class GroupWatch implements Precondition {
  readonly #watching: GroupWatching;
  /** ms, monotonic. */
  #askedAt: number;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(watching: GroupWatching) {
    this.#watching = watching;
    this.#askedAt = watching.readAt;
  }

  /** Whether the command puts its user into groups. */
  static concerns({ details }: Pick<Command, 'details'>): boolean {
    return details.securityGroupIds !== undefined;
  }

  isFresh(looked: boolean): boolean {
    const { maxAge } = this.#watching;
    const now = performance.now();
    return now - this.#askedAt <= maxAge || (looked && now - this.#answeredAt <= LEAST_AGE);
  }

  async look(): Promise<Verdict> {
    // Rows that come meanwhile wait for the same answer.
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
    return 'holds';
  }

  async #look(): Promise<void> {
    const { read, areAsMeant, stop } = this.#watching;
    const askedAt = performance.now();
    try {
      if (!areAsMeant(await read())) stop.abort(groupsChanged);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      stop.abort(error);
    }
    this.#askedAt = askedAt;
    this.#answeredAt = performance.now();
  }
}

const groupsChanged: StopReason = {
  code: 'GROUPS_CHANGED',
  message:
    'a security group that rows name was renamed or deleted during the run, or another one has its name by now; no further row is sent',
  hint: 'Look at the groups of the network. The report says who was put into theirs before. Once the names mean what the input means, resume the run: it looks them up again.',
};
