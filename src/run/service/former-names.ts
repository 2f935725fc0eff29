/** What a resumed run reads of the network, without the traces that it has left there itself. */
import type { Member } from '../../model.js';
import type { NetworkReads } from '../../plan/lookup/network-reads.js';
import { composed } from '../../text/username.js';
import type { TemporaryName } from '../state/journal.js';

/** Users as they were before their temporary usernames, which are this run's own and nobody else's change. */
export function formerNames(known: Iterable<TemporaryName>): (user: Member) => Member {
  const byUser = new Map([...known].map((name) => [name.userId, name]));
  return (user) => {
    const name = byUser.get(user.userId);
    if (!name || name.from === '' || user.username === undefined) return user;
    return composed(user.username) === composed(name.via) ? { ...user, username: name.from } : user;
  };
}

/** The reads, with the former username of whoever has a temporary one. */
export function readsWithFormerNames(reads: NetworkReads, known: readonly TemporaryName[]): NetworkReads {
  if (known.length === 0) return reads;
  const former = formerNames(known);
  const page = (members: readonly Member[]) => members.map(former);
  return {
    async *users(filter) {
      for await (const members of reads.users(filter)) yield page(members);
    },
    async user(userId) {
      const member = await reads.user(userId);
      return member && former(member);
    },
    groups: () => reads.groups(),
    groupsIfTold: () => reads.groupsIfTold(),
    count: () => reads.count(),
  };
}
