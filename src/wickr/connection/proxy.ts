/** Which proxy, if any, stands between here and a host: pure, over what a caller has set. */
import { BlockList, isIP } from 'node:net';
import { UsageError } from '../../errors.js';
import { isLoopback } from './loopback.js';

/** What is set of proxies, as the AWS CLI takes it from HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
export interface ProxySettings {
  /** URL of the proxy to https hosts, with user and password if it wants them. */
  readonly https?: string | undefined;
  /** The same to http hosts. */
  readonly http?: string | undefined;
  /** Hosts that are reached without: names, which count for all names below them as well, addresses, networks, `*`. */
  readonly none?: string | undefined;
}

/** A proxy as it is connected to. */
export interface Proxy {
  /** Without user and password. */
  readonly url: URL;
  /** The value of `proxy-authorization`; undefined if the URL names no user. */
  readonly authorization: string | undefined;
}

/** The proxies, checked. */
export interface Proxies {
  readonly https: Proxy | undefined;
  readonly http: Proxy | undefined;
  readonly none: readonly string[];
}

export const noProxies: Proxies = { https: undefined, http: undefined, none: [] };

/** @throws UsageError if a URL is not one of a proxy; it names the setting, never the URL, which may hold a password */
export function parseProxies({ https, http, none }: ProxySettings): Proxies {
  return {
    https: https ? parseProxy(https, 'the `proxies` entry "https"') : undefined,
    http: http ? parseProxy(http, 'the `proxies` entry "http"') : undefined,
    none: (none ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  };
}

/**
 * @param text a URL; without a scheme, http is meant
 * @param name of the setting, for the error
 * @throws UsageError that does not repeat the text
 */
export function parseProxy(text: string, name: string): Proxy {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || url.hostname === '' || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageError(
      `${name} is not the URL of an HTTP proxy`,
      'Set it to one such as http://proxy.example.com:8080; special characters of a user or a password are percent-encoded.',
    );
  const authorization = authorizationOf(url, name);
  return { url: new URL(`${url.protocol}//${url.host}`), authorization };
}

/** Also of a user without a password, as some proxies have them for tokens. */
function authorizationOf({ username, password }: URL, name: string): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const [user, secret] = [username, password].map((part) => decodeURIComponent(part));
    return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  } catch {
    throw new UsageError(
      `${name} has a user or a password that is not percent-encoded`,
      'Write a % in it as %25.',
    );
  }
}

/**
 * The proxy on the way to a URL, by its scheme alone. This machine is never reached by way of a proxy, as in Go: plain
 * http is permitted to it because nobody else reads it.
 */
export function proxyFor({ protocol, hostname, port }: URL, proxies: Proxies): Proxy | undefined {
  const proxy = protocol === 'https:' ? proxies.https : proxies.http;
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const at = port || (protocol === 'https:' ? '443' : '80');
  return proxies.none.some((entry) => covers(entry, host, at)) ? undefined : proxy;
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = entry, only] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const wanted = name
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  if (isIP(host) !== 0) return wanted === host || isInNetwork(wanted, host);
  return wanted !== '' && (host === wanted || host.endsWith(`.${wanted}`));
}

/** Of a network such as 10.0.0.0/8. */
function isInNetwork(network: string, host: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return isIP(host) === family && list.check(host, type);
}
