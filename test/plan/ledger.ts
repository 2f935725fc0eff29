/** A network as a list of members, for the deciders of the plan: what a page, a user or the count is, is counted. */
import type { Group, Member } from '../../src/model.js';
import type { NetworkReads, UserFilter } from '../../src/plan/lookup/network-reads.js';

/** A user; what is not said is that of a plain active one. */
export const member = (userId: string, username?: string, more: Partial<Member> = {}): Member => ({
  userId,
  username,
  firstName: undefined,
  lastName: undefined,
  securityGroupIds: undefined,
  pending: false,
  suspended: false,
  bot: false,
  ...more,
});

export interface LedgerOptions {
  readonly groups?: readonly Group[];
  /** How the service compares usernames in a filter. */
  readonly filter?: 'exact' | 'case' | 'substring' | 'nothing';
  /** Whether it tells how many users there are. */
  readonly counts?: boolean;
}

/** Answers reads from a list, and counts them. */
export class Ledger implements NetworkReads {
  calls = { pages: 0, filtered: 0, user: 0, groups: 0, count: 0 };
  readonly #members: readonly Member[];
  readonly #options: LedgerOptions;

  constructor(members: readonly Member[], options: LedgerOptions = {}) {
    this.#members = members;
    this.#options = options;
  }

  get requests(): number {
    return Object.values(this.calls).reduce((sum, calls) => sum + calls, 0);
  }

  async *users(filter: UserFilter = {}): AsyncGenerator<readonly Member[]> {
    for (const pending of [false, true]) {
      if (filter.pending !== undefined && filter.pending !== pending) continue;
      const found = this.#members.filter((user) => user.pending === pending && this.#fits(user, filter));
      for (let at = 0; at === 0 || at < found.length; at += 100) {
        this.calls[filter.username === undefined ? 'pages' : 'filtered']++;
        yield found.slice(at, at + 100);
      }
    }
  }

  async user(userId: string): Promise<Member | undefined> {
    this.calls.user++;
    return this.#members.find((user) => user.userId === userId);
  }

  async groups(): Promise<readonly Group[]> {
    this.calls.groups++;
    return this.#options.groups ?? [];
  }

  groupsIfTold(): Promise<readonly Group[]> {
    return this.groups();
  }

  async count() {
    this.calls.count++;
    if (this.#options.counts === false) return undefined;
    const pending = this.#members.filter((user) => user.pending).length;
    return { active: this.#members.length - pending, pending };
  }

  #fits({ username = '' }: Member, filter: UserFilter): boolean {
    const wanted = filter.username;
    if (wanted === undefined) return true;
    const { filter: how = 'exact' } = this.#options;
    if (how === 'exact') return username === wanted;
    if (how === 'case') return username.toLowerCase() === wanted.toLowerCase();
    return how === 'substring' && username.toLowerCase().includes(wanted.toLowerCase());
  }
}
