/** Connections to one origin, straight or by way of a proxy. */
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { noProxies, type Proxies, proxyFor } from './proxy.js';

/** What is the same for all hosts. */
export interface Route {
  readonly proxies: Proxies;
  /** PEM texts of the only authorities that are trusted; undefined: Node's, with those of NODE_EXTRA_CA_CERTS. */
  readonly ca: readonly string[] | undefined;
}

export const straight: Route = { proxies: noProxies, ca: undefined };

export interface ConnectionOptions {
  /** Most connections open at once. */
  readonly connections: number;
  /** ms for each of: the connection, the head of the answer, each pause within its body. */
  readonly timeout: number;
  /** Bytes of the head of an answer. Default: Node's, 16 KiB. */
  readonly maxHeaderSize?: number;
  readonly route: Route;
}

/** Opens nothing yet. Whoever dispatches names the same origin. */
export function dispatcherTo(
  origin: URL,
  { connections, timeout, maxHeaderSize, route }: ConnectionOptions,
): Dispatcher {
  // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default. TCP's own sign of life adds nothing to the
  // timeouts of a request, and wine cannot set it.
  const tls = {
    timeout,
    rejectUnauthorized: true,
    keepAlive: false,
    ...(route.ca && { ca: [...route.ca] }),
  };
  const limits = {
    connections,
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    ...(maxHeaderSize !== undefined && { maxHeaderSize }),
  };
  const proxy = proxyFor(origin, route.proxies);
  if (proxy === undefined) return new Pool(origin.origin, { ...limits, connect: tls });
  return new ProxyAgent({
    ...limits,
    uri: proxy.url.href,
    ...(proxy.authorization !== undefined && { token: proxy.authorization }),
    // `connect` would be overwritten.
    requestTls: tls,
    proxyTls: tls,
    // The proxy's answer to CONNECT has the same time as any other.
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: timeout }),
  });
}
