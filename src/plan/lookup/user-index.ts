/** The users of the network, as far as the rows need them. */

import type { Member } from '../../model.js';
import { folded, hasExactly } from '../../text/username.js';
import { fits, wantsUsername } from '../diff/fingerprint.js';
import { looksTemporary } from '../renames/temporary-name.js';
import type { Needs } from './lookup-requests.js';

/** What is kept of a user; the values that are only compared are undefined where nobody compares. */
export type Person = Pick<
  Member,
  'userId' | 'username' | 'bot' | 'suspended' | 'firstName' | 'lastName' | 'securityGroupIds'
>;

/** What a directory keeps beside what it is asked for. */
export interface Keeping {
  /** Usernames that look temporary, though nobody asks for them. */
  readonly temporaryNames: boolean;
  /** All that can be compared. */
  readonly values: boolean;
}

/** The user who is meant by a username, or why none is. */
export type Match = Person | 'none' | 'several';

const NOBODY: readonly Person[] = [];
const NOTHING: Partial<Member> = {};

/** Holds who has which of the usernames asked for, and the users asked for by ID; of all others nothing. */
export class Directory {
  /** Mostly a username has one user, and a list for each would cost as much as the user. */
  readonly #byName = new Map<string, Person | readonly Person[]>();
  /** A number is the fingerprint of what a row wants of a user who has not been read. */
  readonly #byId = new Map<string, Person | 'same' | number>();
  readonly #contested: ReadonlySet<string>;
  readonly #temporary: Set<string> | undefined;
  readonly #keepsValues: boolean;
  /** Most users are in one of a few groups: equal lists are kept once. */
  readonly #groupLists = new Map<string, readonly string[]>();

  /**
   * @param needs its names and users; of those that are `contested` or looked up it is always known who has them
   * @param keeping what is kept beside them
   */
  constructor(
    { lookups, wanted, userIds, contested }: Pick<Needs, 'lookups' | 'wanted' | 'userIds' | 'contested'>,
    keeping: Keeping,
  ) {
    for (const names of [lookups, wanted]) for (const name of names.keys()) this.#byName.set(name, NOBODY);
    for (const [userId, fingerprint] of userIds) this.#byId.set(userId, fingerprint);
    this.#contested = new Set([...lookups.keys(), ...contested]);
    this.#temporary = keeping.temporaryNames ? new Set() : undefined;
    this.#keepsValues = keeping.values;
  }

  /** Asks for another username from now on. */
  ask(name: string): void {
    const key = folded(name);
    if (!this.#byName.has(key)) this.#byName.set(key, NOBODY);
  }

  asksFor(name: string): boolean {
    return this.#byName.has(folded(name));
  }

  /** Whether it is asked who has the username, and nobody is known to. */
  isUnsure(name: string): boolean {
    return this.asksFor(name) && this.holders(name).length === 0;
  }

  /** A list that changes while it is read can give a user twice: he is kept once. */
  add(member: Member): void {
    const { userId, username } = member;
    const name = username === undefined ? undefined : folded(username);
    const known = this.#byId.get(userId);
    const isSame = typeof known === 'number' ? fits(member, known) : known === 'same';
    // It was asked for because he keeps it, and nobody else wants it.
    const isHisOwn = isSame && typeof known === 'number' && wantsUsername(known);
    if (isHisOwn && name !== undefined && !this.#contested.has(name)) this.#byName.delete(name);
    const before = name === undefined ? undefined : this.#byName.get(name);
    // Whom a row means by his username, it is compared with by his ID.
    const isAsked = this.#byId.has(userId) || (before !== undefined && this.#keepsValues);
    if (isSame) this.#byId.set(userId, 'same');
    else if (isAsked) this.#byId.set(userId, this.#personOf(member));
    if (name === undefined) return;
    if (before) this.#byName.set(name, joined(before, this.#personOf(member)));
    if (this.#temporary && looksTemporary(name)) this.#temporary.add(name);
  }

  #personOf({ userId, username, bot, suspended, ...values }: Member): Person {
    const { firstName, lastName, securityGroupIds } = this.#keepsValues ? values : NOTHING;
    return {
      ...{ userId, username, bot, suspended, firstName, lastName },
      securityGroupIds: securityGroupIds && this.#once(securityGroupIds),
    };
  }

  #once(groups: readonly string[]): readonly string[] {
    const key = groups.join(' ');
    const before = this.#groupLists.get(key);
    if (before === undefined) this.#groupLists.set(key, groups);
    return before ?? groups;
  }

  /** The user who has exactly this username, else the one who has it without regard to case. */
  find(username: string): Match {
    const people = this.holders(username);
    const exactly = people.filter((person) => hasExactly(person, username));
    const [first, second] = exactly.length > 0 ? exactly : people;
    if (first === undefined) return 'none';
    return second === undefined ? first : 'several';
  }

  /** Everybody who has this username without regard to case. */
  holders(username: string): readonly Person[] {
    return listed(this.#byName.get(folded(username)) ?? NOBODY);
  }

  /** The user with this ID; `same` where he is what his row wants him to be, and nothing else is kept of him. */
  user(userId: string): Person | 'same' | undefined {
    const known = this.#byId.get(userId);
    return typeof known === 'number' ? undefined : known;
  }

  /** Whether it is known that somebody has this temporary username. */
  hasTemporary(name: string): boolean {
    return this.holders(name).length > 0 || (this.#temporary?.has(folded(name)) ?? false);
  }
}

const listed = (people: Person | readonly Person[]): readonly Person[] =>
  'userId' in people ? [people] : people;

function joined(people: Person | readonly Person[], person: Person): Person | readonly Person[] {
  const others = listed(people).filter(({ userId }) => userId !== person.userId);
  return others.length === 0 ? person : [...others, person];
}
