/** Whether users are read one by one or by listing the whole network: whichever takes fewer requests. */
import type { NetworkReads } from './network-reads.js';

export type FetchStrategy = 'one-by-one' | 'list-all';

/** How many users a network has; undefined if it does not tell. */
export type UserCount = Awaited<ReturnType<NetworkReads['count']>>;

const PAGE = 100;

/** Most single reads if the number of users is not known. */
const MOST_WITHOUT_COUNT = 50;

/** Whether it pays to ask for the count, which is a request too. */
export const needsCount = (singleReads: number): boolean => singleReads > 1;

/** @param singleReads how many requests it would take to read the users one by one */
export function strategyFor(singleReads: number, count: UserCount): FetchStrategy {
  const list = count === undefined ? MOST_WITHOUT_COUNT : pages(count.active) + pages(count.pending);
  return singleReads <= list ? 'one-by-one' : 'list-all';
}

/** An empty list takes a request as well. */
const pages = (users: number): number => Math.max(1, Math.ceil(users / PAGE));
