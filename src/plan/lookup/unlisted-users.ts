/** The users of the network whom no row names: known once all users have been listed. */
import type { Exclusions } from '../../input/options/exclusions.js';
import type { Member, Row } from '../../model.js';
import { folded } from '../../text/username.js';

/** A user whom no row names; the username is undefined if the service does not tell it. */
export type UnlistedUser = Pick<Member, 'userId' | 'username'>;

const lookupUsernameOf = (row: Row): string | undefined =>
  'skipped' in row || 'problems' in row ? row.lookupUsername : undefined;

/**
 * Takes in all rows, then all users. Keeps of the users only those whom no row names. Bots, suspended and excluded users
 * do not count: no file of people has the first, somebody has seen to the second, and the last are nobody's business.
 */
export class UnlistedUsers implements Iterable<UnlistedUser> {
  /** Users who count, of the last list. */
  users = 0;
  readonly #exclusions: Pick<Exclusions, 'userIds' | 'usernames'> | undefined;
  readonly #userIds = new Set<string>();
  /** Without case. */
  readonly #usernames = new Set<string>();
  readonly #found = new Map<string, string | undefined>();

  constructor(exclusions?: Pick<Exclusions, 'userIds' | 'usernames'>) {
    this.#exclusions = exclusions;
  }

  /** How many users no row names. */
  get count(): number {
    return this.#found.size;
  }

  /** Takes in a row, also one that is left out or invalid: it names its user all the same. */
  takeRow(row: Row): void {
    const { userId } = 'command' in row ? row.command : 'named' in row ? row.named : row;
    if (userId !== '') this.#userIds.add(userId);
    const name = 'named' in row ? row.named.lookupUsername : lookupUsernameOf(row);
    if (name !== undefined) this.#usernames.add(folded(name));
  }

  /** A list of all users begins, maybe once more: then it may show who was left out before. */
  beginList(): void {
    this.users = 0;
  }

  /** Takes in a user of the list, who may come twice. */
  add({ userId, username, bot, suspended }: Member): void {
    if (bot || suspended) return;
    const name = username === undefined ? undefined : folded(username);
    const exclusions = this.#exclusions;
    if (exclusions?.userIds.has(userId) || (name !== undefined && exclusions?.usernames.has(name))) return;
    this.users += 1;
    if (this.#userIds.has(userId) || (name !== undefined && this.#usernames.has(name))) return;
    this.#found.set(userId, username);
  }

  *[Symbol.iterator](): Generator<UnlistedUser> {
    for (const [userId, username] of this.#found) yield { userId, username };
  }
}
