/** How two usernames are compared when one may be meant for the other. */

/** As they are compared exactly: one letter can be written in several ways that look the same. */
export const composed = (username: string): string => username.normalize('NFC');

/** As they are compared without case. */
export const folded = (username: string): string => composed(username).toLowerCase();

/** Whether the user's username is this one, letter by letter. */
export const hasExactly = ({ username }: { readonly username: string | undefined }, other: string): boolean =>
  username !== undefined && composed(username) === composed(other);
