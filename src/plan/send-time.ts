/** How long a plan takes to carry out: pure. */

/**
 * Seconds for so many updates, each of which costs a read as well once what is known of the users is too old.
 *
 * @param rate requests/s, reads included
 * @param maxAge ms
 * @param pages of the list of users, if those are read again instead of one user after the other
 */
export function secondsFor(
  updates: number,
  rate: number,
  maxAge: number,
  pages = Number.POSITIVE_INFINITY,
): number {
  const fresh = (rate * maxAge) / 1000;
  return (updates + Math.min(pages, Math.max(0, updates - fresh))) / rate;
}
