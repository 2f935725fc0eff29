/** What sends the requests of the AWS SDK's own clients (STS, SSO): by the same way as those to Wickr. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { dispatcherTo, type Route } from './dispatcher.js';

/** The part of the SDK's requests that is sent. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly reason: string;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
}

/** Fits the option `requestHandler` of the SDK's clients. */
export class RoutedRequestHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #route: Route;
  readonly #timeout: number;

  /** @param timeout ms, as for Wickr */
  constructor(route: Route, timeout: number) {
    this.#route = route;
    this.#timeout = timeout;
  }

  async handle(request: SdkRequest, options: { abortSignal?: unknown } = {}): Promise<SdkAnswer> {
    const { protocol, hostname, port, method, path } = request;
    const origin = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
    const { abortSignal } = options;
    const { statusCode, headers, body } = await this.#to(origin).request({
      ...{ origin: origin.origin, path: path + queryString(request.query), headers: request.headers },
      method: method as Dispatcher.HttpMethod,
      body: bodyOf(request.body),
      ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
    });
    return { response: { statusCode, reason: '', headers: flat(headers), body } };
  }

  /** Closes its connections; what is in flight ends with an error. */
  destroy(): void {
    for (const dispatcher of this.#dispatchers.values()) void dispatcher.destroy();
    this.#dispatchers.clear();
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  #to(origin: URL): Dispatcher {
    const known = this.#dispatchers.get(origin.origin);
    if (known) return known;
    const dispatcher = dispatcherTo(origin, { connections: 4, timeout: this.#timeout, route: this.#route });
    this.#dispatchers.set(origin.origin, dispatcher);
    return dispatcher;
  }
}

function queryString(query: SdkRequest['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value ?? ''];
    return values.map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`);
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The clients that are used here send texts and bytes, no streams. */
const bodyOf = (body: unknown): string | Uint8Array | null =>
  typeof body === 'string' || body instanceof Uint8Array ? body : null;

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
