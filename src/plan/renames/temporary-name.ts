/** Temporary usernames. */

/**
 * Usernames that the user may bear for a moment, endlessly many and in order of preference: his own with `.tmp` and his
 * ID behind it, an e-mail address's domain kept. None ends in `bot`, which would make a bot of him.
 */
export function* temporaryNames(username: string, userId: string): Generator<string, never, undefined> {
  const at = username.lastIndexOf('@');
  const [local, domain] = at === -1 ? [username, ''] : [username.slice(0, at), username.slice(at)];
  const end = /bot$/i.test(domain) ? '' : domain;
  for (let extra = 1; ; extra++) yield `${local}.tmp${userId}${extra === 1 ? '' : extra}${end}`;
}

/** Whether a username could be one of `temporaryNames`: those of the network are kept, for none may be used twice. */
export const looksTemporary = (username: string): boolean => /\.tmp[0-9]+(@[^@]*)?$/i.test(username);
