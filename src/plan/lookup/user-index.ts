/** The users of the network by username and by ID, as far as the rows need them. */

import type { Member } from '../../model.js';
import { folded, hasExactly } from '../../text/username.js';
import type { ReadableField } from '../../user-fields.js';
import { matchesFingerprint, wantsUsername } from '../diff/fingerprint.js';
import { looksTemporary } from '../renames/temporary-name.js';
import type { LookupRequests } from './lookup-requests.js';

/** What is kept of a user. Values that are only compared are undefined if nothing is compared. */
export type IndexedUser = Pick<Member, 'userId' | 'bot' | 'suspended' | ReadableField> & {
  /** The page of the list of all users on which they stood, counted from 0; undefined if they were read otherwise. */
  readonly page: number | undefined;
};

/** What is kept beside the users that are asked for. */
export interface UserIndexOptions {
  /** Usernames that look temporary, though no row asks for them. */
  readonly temporaryNames: boolean;
  /** All values that can be compared. */
  readonly values: boolean;
  /** The holder of every username, though no row asks for it yet: what rows want is made of what users have. */
  readonly allNames: boolean;
}

/** The user who is meant by a username, or why none is. */
export type Match = IndexedUser | 'none' | 'several';

type Requested = Pick<LookupRequests, 'lookupUsernames' | 'newUsernames' | 'userIds' | 'contested'>;

const NOBODY: readonly IndexedUser[] = [];
const NOTHING: Partial<Member> = {};

/** Holds the holders of the usernames that are asked for and the users that are asked for by ID, and nothing of others. */
export class UserIndex {
  /** Most usernames have one user, and a list for each would cost as much memory as the user. */
  readonly #byName = new Map<string, IndexedUser | readonly IndexedUser[]>();
  /** Whether the service has told of a user without their username. */
  hasNameless = false;
  /** A number is the fingerprint of what a row wants for a user who has not been read. */
  readonly #byId = new Map<string, IndexedUser | 'same' | number>();
  readonly #contested: ReadonlySet<string>;
  readonly #temporary: Set<string> | undefined;
  readonly #keepsValues: boolean;
  readonly #keepsNames: boolean;
  /** Most users are in one of a few groups: equal lists are kept once. */
  readonly #groupLists = new Map<string, readonly string[]>();

  /**
   * @param requested the usernames and users to keep; the holders of a username that is `contested` or looked up are
   *   always kept
   */
  constructor({ lookupUsernames, newUsernames, userIds, contested }: Requested, options: UserIndexOptions) {
    for (const names of [lookupUsernames, newUsernames])
      for (const name of names.keys()) this.#byName.set(name, NOBODY);
    for (const [userId, fingerprint] of userIds) this.#byId.set(userId, fingerprint);
    this.#contested = new Set([...lookupUsernames.keys(), ...contested]);
    this.#temporary = options.temporaryNames ? new Set() : undefined;
    this.#keepsValues = options.values;
    this.#keepsNames = options.allNames;
  }

  /** Keeps the holders of another username from now on. */
  watch(name: string): void {
    const key = folded(name);
    if (!this.#byName.has(key)) this.#byName.set(key, NOBODY);
  }

  /** Whether the holders of the username are kept. */
  isWatched(name: string): boolean {
    return this.#byName.has(folded(name));
  }

  /** Whether the holders of the username are kept, and none is known. */
  hasNoHolder(name: string): boolean {
    return this.isWatched(name) && this.holders(name).length === 0;
  }

  /**
   * Takes in a user that was read. A list that changes while it is read can give a user twice: it is kept once.
   *
   * @param page as in IndexedUser
   */
  add(member: Member, page?: number): void {
    const { userId, username } = member;
    const name = username === undefined ? undefined : folded(username);
    this.hasNameless ||= name === undefined;
    const requested = this.#byId.get(userId);
    const isSame =
      typeof requested === 'number' ? matchesFingerprint(member, requested) : requested === 'same';
    if (isSame && name !== undefined) this.#forgetOwnName(name, requested);
    const holders = name === undefined ? undefined : this.#byName.get(name);
    // A user that a row means by username is compared with the row by ID.
    const isRequested = requested !== undefined || (holders !== undefined && this.#keepsValues);
    if (isSame) this.#byId.set(userId, 'same');
    else if (isRequested) this.#byId.set(userId, this.#indexedUser(member, page));
    if (name === undefined) return;
    const kept = holders ?? (this.#keepsNames ? NOBODY : undefined);
    if (kept) this.#byName.set(name, joined(kept, this.#indexedUser(member, page)));
    if (this.#temporary && looksTemporary(name)) this.#temporary.add(name);
  }

  /** A username was only asked for because its user keeps it: if no other row wants it, nobody needs to know. */
  #forgetOwnName(name: string, fingerprint: unknown): void {
    if (this.#keepsNames) return;
    if (typeof fingerprint !== 'number' || !wantsUsername(fingerprint) || this.#contested.has(name)) return;
    this.#byName.delete(name);
  }

  #indexedUser(
    { userId, username, bot, suspended, ...values }: Member,
    page: number | undefined,
  ): IndexedUser {
    const { firstName, lastName, securityGroupIds } = this.#keepsValues ? values : NOTHING;
    return {
      ...{ userId, username, bot, suspended, firstName, lastName, page },
      securityGroupIds: securityGroupIds && this.#interned(securityGroupIds),
    };
  }

  #interned(groups: readonly string[]): readonly string[] {
    const key = groups.join(' ');
    const known = this.#groupLists.get(key);
    if (known === undefined) this.#groupLists.set(key, groups);
    return known ?? groups;
  }

  /** The user who has exactly this username, else the one who has it in another case. */
  find(username: string): Match {
    const people = this.holders(username);
    const exactly = people.filter((user) => hasExactly(user, username));
    const [first, second] = exactly.length > 0 ? exactly : people;
    if (first === undefined) return 'none';
    return second === undefined ? first : 'several';
  }

  /** Everybody who has this username, whatever its case. */
  holders(username: string): readonly IndexedUser[] {
    return listed(this.#byName.get(folded(username)) ?? NOBODY);
  }

  /** The user with this ID; `same` if it is as its row wants it, and nothing else is kept of it. */
  user(userId: string): IndexedUser | 'same' | undefined {
    const known = this.#byId.get(userId);
    return typeof known === 'number' ? undefined : known;
  }

  /** The IDs that were asked for and that no user has who was read. */
  *unreadIds(): Iterable<string> {
    for (const [userId, known] of this.#byId) if (typeof known === 'number') yield userId;
  }

  /** Whether a user is known to have this temporary username. */
  hasTemporary(name: string): boolean {
    return this.holders(name).length > 0 || (this.#temporary?.has(folded(name)) ?? false);
  }
}

const listed = (people: IndexedUser | readonly IndexedUser[]): readonly IndexedUser[] =>
  'userId' in people ? [people] : people;

function joined(
  people: IndexedUser | readonly IndexedUser[],
  user: IndexedUser,
): IndexedUser | readonly IndexedUser[] {
  const others = listed(people).filter(({ userId }) => userId !== user.userId);
  return others.length === 0 ? user : [...others, user];
}
