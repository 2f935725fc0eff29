/** Whether users are read one by one or by listing the whole network: whichever takes fewer requests. */
import type { NetworkReads } from './network-reads.js';

export type Strategy = 'singles' | 'sweep';

/** How many users a network has; undefined where it does not tell. */
export type UserCount = Awaited<ReturnType<NetworkReads['count']>>;

const PAGE = 100;

/** Up to how many single reads are made where nobody knows what a sweep would take. */
const MOST_BLINDLY = 50;

/** Whether it pays to ask for the count, which is a request too. */
export const needsCount = (singles: number): boolean => singles > 1;

/** @param singles how many single reads it would take */
export function strategyFor(singles: number, count: UserCount): Strategy {
  const sweep = count === undefined ? MOST_BLINDLY : pages(count.active) + pages(count.pending);
  return singles <= sweep ? 'singles' : 'sweep';
}

/** An empty list takes a request as well. */
const pages = (users: number): number => Math.max(1, Math.ceil(users / PAGE));
