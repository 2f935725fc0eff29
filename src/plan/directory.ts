/** The users of the network, as far as the rows need them. */

import { composed, folded } from '../input/username.js';
import type { Member } from '../model.js';
import { looksTemporary } from './temporary-name.js';

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
  readonly #byId = new Map<string, Person | undefined>();
  readonly #temporary: Set<string> | undefined;
  readonly #keepsValues: boolean;
  /** Most users are in one of a few groups: equal lists are kept once. */
  readonly #groupLists = new Map<string, readonly string[]>();

  /** @param names as they are compared without case */
  constructor(names: Iterable<string>, userIds: Iterable<string>, keeping: Keeping) {
    for (const name of names) this.#byName.set(name, NOBODY);
    for (const userId of userIds) this.#byId.set(userId, undefined);
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

  /** A list that changes while it is read can give a user twice: he is kept once. */
  add(member: Member): void {
    const { userId, username } = member;
    const person = this.#personOf(member);
    if (this.#byId.has(userId)) this.#byId.set(userId, person);
    if (username === undefined) return;
    const key = folded(username);
    const before = this.#byName.get(key);
    if (before) {
      this.#byName.set(key, joined(before, person));
      // Whom a row means by his username, it is compared with by his ID.
      if (this.#keepsValues) this.#byId.set(userId, person);
    }
    if (this.#temporary && looksTemporary(key)) this.#temporary.add(key);
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

  user(userId: string): Person | undefined {
    return this.#byId.get(userId);
  }

  /** Whether it is known that somebody has this temporary username. */
  hasTemporary(name: string): boolean {
    return this.holders(name).length > 0 || (this.#temporary?.has(folded(name)) ?? false);
  }
}

/** Whether the user's username is this one, letter by letter. */
export const hasExactly = ({ username }: Pick<Member, 'username'>, other: string): boolean =>
  username !== undefined && composed(username) === composed(other);

const listed = (people: Person | readonly Person[]): readonly Person[] =>
  'userId' in people ? [people] : people;

function joined(people: Person | readonly Person[], person: Person): Person | readonly Person[] {
  const others = listed(people).filter(({ userId }) => userId !== person.userId);
  return others.length === 0 ? person : [...others, person];
}
