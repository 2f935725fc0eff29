/** The state of the emulated network: its users and groups, and who has which username. */
import type { UserDetails } from '../../wire-types.js';
import { EmulatorOptionError } from './option-error.js';

/** A user of the network. A change replaces the object, so a reference to one is a snapshot. */
export interface EmulatedUser {
  readonly userId: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly securityGroupIds?: readonly string[];
  readonly isAdmin?: boolean;
  /** Default false. */
  readonly suspended?: boolean;
  /** 1 pending, 2 active. Default 2. */
  readonly status?: number;
  /** Default `user`. */
  readonly type?: 'user' | 'bot';
  /** Epoch seconds, like the two after it. */
  readonly modified?: number;
  readonly lastActivity?: number;
  readonly lastLogin?: number;
  readonly inviteCode?: string;
  /** Epoch seconds. */
  readonly inviteExpiration?: number;
  readonly codeValidation?: boolean;
}

/** A security group of the network. */
export interface EmulatedGroup {
  readonly id: string;
  readonly name: string;
  /** True for exactly one group; the first one if none is marked. */
  readonly isDefault?: boolean;
}

/** The groups of a network if none are given. Their IDs do not depend on the seed. */
export const defaultGroups: readonly EmulatedGroup[] = [
  { id: 'BCTY8Qhe', name: 'Everyone', isDefault: true },
  { id: 'Kd93mXvP', name: 'Sales' },
  { id: 'q7RtZ2wL', name: 'Engineering' },
  { id: 'H4nJs8Yb', name: 'EMEA' },
  { id: 'xW5cVg6D', name: 'Support' },
];

export class Network {
  readonly id: string;
  readonly users = new Map<string, EmulatedUser>();
  readonly groups: ReadonlyMap<string, EmulatedGroup>;
  /** Told of each change, with the user as it was before; undefined for a new one. */
  onReplaced: (userId: string, before: EmulatedUser | undefined) => void = () => {};
  /** Grows with every change, so that what was derived from the users can be recognised as out of date. */
  revision = 0;
  readonly #owners = new Map<string, string>();
  /** In which order the users came; a user who is removed keeps the place. */
  readonly #places = new Map<string, number>();

  constructor(id: string, users: Iterable<EmulatedUser>, groups: readonly EmulatedGroup[]) {
    this.id = id;
    this.groups = new Map(groups.map((group) => [group.id, group]));
    for (const user of users) this.add(user);
  }

  /** @throws EmulatorOptionError if another user has the ID or the username */
  add(user: EmulatedUser): void {
    const name = user.username?.toLowerCase();
    if (this.users.has(user.userId) || (name && this.#owners.has(name))) {
      throw new EmulatorOptionError(
        `user ${user.userId} has the user ID or the username of an earlier user`,
        'Give every user a unique user ID and a unique username; the case of usernames does not count.',
      );
    }
    this.#replace(user.userId, user);
    this.#places.set(user.userId, this.#places.size);
    if (name) this.#owners.set(name, user.userId);
  }

  remove(user: EmulatedUser): void {
    this.#replace(user.userId, undefined);
    if (user.username) this.#owners.delete(user.username.toLowerCase());
  }

  /** Where a user comes in a list that is not sorted. */
  placeOf(userId: string): number {
    return this.#places.get(userId) ?? 0;
  }

  #replace(userId: string, user: EmulatedUser | undefined): void {
    this.onReplaced(userId, this.users.get(userId));
    if (user) this.users.set(userId, user);
    else this.users.delete(userId);
    this.revision += 1;
  }

  /** The ID of the user with this username, whatever its case. */
  ownerOf(username: string): string | undefined {
    return this.#owners.get(username.toLowerCase());
  }

  /** Makes a change that the caller has checked, and returns the user as it is afterwards. `at` is epoch ms. */
  change(user: EmulatedUser, details: UserDetails, at: number): EmulatedUser {
    const { inviteCodeTtl, ...members } = details;
    const modified = Math.floor(at / 1000);
    const changed: EmulatedUser = {
      ...user,
      ...members,
      modified,
      ...(inviteCodeTtl === undefined ? {} : { inviteExpiration: modified + inviteCodeTtl * 86_400 }),
    };
    if (details.username !== undefined) {
      if (user.username) this.#owners.delete(user.username.toLowerCase());
      this.#owners.set(details.username.toLowerCase(), user.userId);
    }
    this.#replace(user.userId, changed);
    return changed;
  }
}
