/** What became of each user of the network, and by whom: the truth that reports are held against. */
import type { EmulatedUser, Network } from '../../src/emulator/network/network.js';
import type { UserDetails } from '../../src/wire-types.js';

/** A change to a user. Times are ms of the story. */
export interface Change {
  readonly at: number;
  readonly userId: string;
  /** Undefined: there was, or is, no such user. */
  readonly before: EmulatedUser | undefined;
  readonly after: EmulatedUser | undefined;
  /** Undefined if somebody else made it. */
  readonly by: Write | undefined;
}

/** A request of the program that was carried out. */
export interface Write {
  /** Of the process, from 1. */
  readonly life: number;
  readonly sentAt: number;
  readonly details: UserDetails;
}

/** A user between two changes. */
export interface Version {
  readonly from: number;
  /** Infinity if it is still so. */
  readonly to: number;
  readonly user: EmulatedUser | undefined;
}

export class History {
  readonly changes: Change[] = [];
  readonly #byUser = new Map<string, Change[]>();
  readonly #network: Network;
  readonly #replaced: [string, EmulatedUser | undefined][] = [];
  readonly #first: ReadonlyMap<string, EmulatedUser>;

  constructor(network: Network) {
    this.#network = network;
    this.#first = new Map(network.users);
    const tell = network.onReplaced;
    network.onReplaced = (userId, before) => {
      tell(userId, before);
      this.#replaced.push([userId, before]);
    };
  }

  /** Takes in what has been changed since the last call. @param by by whom, if it was a request of the program */
  take(at: number, by: Write | undefined): void {
    for (const [userId, before] of this.#replaced.splice(0)) {
      const change = { at, userId, before, after: this.#network.users.get(userId), by };
      this.changes.push(change);
      const own = this.#byUser.get(userId) ?? [];
      own.push(change);
      this.#byUser.set(userId, own);
    }
  }

  of(userId: string): readonly Change[] {
    return this.#byUser.get(userId) ?? [];
  }

  /** Changes of a user that others have made, from a time on. */
  others(userId: string, since: number): readonly Change[] {
    return this.of(userId).filter(({ by, at }) => by === undefined && at >= since);
  }

  /** What a user was at any moment from one time to another. */
  between(userId: string, from: number, to: number): Version[] {
    const versions: Version[] = [];
    let [since, user] = [Number.NEGATIVE_INFINITY, this.#first.get(userId)];
    for (const { at, after } of this.of(userId)) {
      versions.push({ from: since, to: at, user });
      [since, user] = [at, after];
    }
    versions.push({ from: since, to: Number.POSITIVE_INFINITY, user });
    return versions.filter((version) => version.to >= from && version.from <= to);
  }
}
