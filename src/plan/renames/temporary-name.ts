/** Usernames that a user has between two steps of a rename. */

/**
 * Temporary usernames for a user, in order of preference and without end: the user's own one with `.tmp` and the user ID
 * behind it, the domain of an e-mail address kept. None ends in `bot`, which would turn the user into a bot.
 */
export function* temporaryNames(username: string, userId: string): Generator<string, never, undefined> {
  const at = username.lastIndexOf('@');
  const [local, domain] = at === -1 ? [username, ''] : [username.slice(0, at), username.slice(at)];
  const end = /bot$/i.test(domain) ? '' : domain;
  for (let extra = 1; ; extra++) yield `${local}.tmp${userId}${extra === 1 ? '' : extra}${end}`;
}

/** Whether a username could be one of `temporaryNames`. The network's own ones are kept in mind, as none may be used twice. */
export const looksTemporary = (username: string): boolean => /\.tmp[0-9]+(@[^@]*)?$/i.test(username);
