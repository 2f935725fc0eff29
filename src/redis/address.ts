/** Where Redis is, as a URL says it. */

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
}

const PORT = 6379;

/** Undefined if it is no URL of a Redis: `redis://` or `rediss://` (TLS), with a host, and nothing behind the database. */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  const database = /^\/?(\d{0,5})$/.exec(pathname)?.[1];
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || database === undefined)
    return undefined;
  if (search !== '' || hash !== '') return undefined;
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? PORT : Number(port),
      username: username === '' ? undefined : decodeURIComponent(username),
      password: password === '' ? undefined : decodeURIComponent(password),
      database: Number(database),
      tls: protocol === 'rediss:',
    };
  } catch {
    // A percent sign that stands for no character.
    return undefined;
  }
}
