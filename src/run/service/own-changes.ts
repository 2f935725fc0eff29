/** What a run reads of the network, with what this program has set itself a moment ago. */
import type { Member, OwnChange } from '../../model.js';
import { asSet, type SetValues, VISIBLE_WITHIN } from '../../plan/diff/own-change.js';
import type { NetworkReads } from '../../plan/lookup/network-reads.js';
import { steadyNow } from '../../steady-clock.js';

/** Users and what was set of them. */
export class OwnChanges {
  readonly #byUser = new Map<string, SetValues & Pick<OwnChange, 'at'>>();
  readonly #unseen = new Set<string>();
  /** Epoch ms: no read of these begins earlier. */
  readonly #readAt = steadyNow();

  /** @param change of whom only what may matter is kept */
  add(userId: string, change: SetValues & Pick<OwnChange, 'at'>): void {
    if (this.#isRecent(change) || change.via !== undefined) this.#byUser.set(userId, change);
  }

  get size(): number {
    return this.#byUser.size;
  }

  /** Whether a read of this user was older than what was set. */
  isUnseen(userId: string): boolean {
    return this.#unseen.has(userId);
  }

  /** The reads, with the values that were set. */
  over(reads: NetworkReads): NetworkReads {
    if (this.size === 0) return reads;
    const own = this;
    return {
      async *users(filter) {
        for await (const members of reads.users(filter)) yield members.map((member) => own.#asSet(member));
      },
      async user(userId) {
        const member = await reads.user(userId);
        return member && own.#asSet(member);
      },
      groups: () => reads.groups(),
      groupsIfTold: () => reads.groupsIfTold(),
      count: () => reads.count(),
    };
  }

  #asSet(member: Member): Member {
    const change = this.#byUser.get(member.userId);
    if (!change) return member;
    const { user, isOld } = asSet(member, change, this.#isRecent(change));
    if (isOld) this.#unseen.add(member.userId);
    return user;
  }

  #isRecent({ at }: Pick<OwnChange, 'at'>): boolean {
    return this.#readAt - at < VISIBLE_WITHIN;
  }
}
