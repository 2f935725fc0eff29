/** Whose credentials a run uses, for its receipt. */
import { version } from '../version.js';
import type { Route } from './connection/dispatcher.js';
import type { CredentialProvider } from './credentials.js';
import { createSender } from './send.js';
import { createSigner } from './sign.js';

/** Where and how to ask. */
export interface IdentityOptions {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: CredentialProvider;
  /** ms for the answer. */
  readonly timeout: number;
  readonly route: Route;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * The ARN of the caller by STS's GetCallerIdentity, which needs no permission. Undefined if it cannot be had, for
 * whatever reason.
 */
export async function callerOf(options: IdentityOptions): Promise<string | undefined> {
  const { endpoint, region, credentials, timeout, signal, route } = options;
  const sender = createSender(
    { endpoint, connections: 1, timeout, route, userAgent: `wickr-bulk/${version}` },
    createSigner(endpoint, region, credentials, 'sts'),
  );
  const stop = () => void sender.close();
  signal.addEventListener('abort', stop);
  // `timeout` bounds the connection, the head and the body each: together they may take longer.
  const timer = setTimeout(stop, timeout);
  try {
    if (signal.aborted) return undefined;
    const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    const answer = await sender.send({ method: 'GET', path: '/', query }, new Date());
    return 'status' in answer && answer.status === 200 ? arnIn(answer.body) : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await sender.close();
  }
}

const ARN = /^arn:[a-z][a-z-]*:(?:iam|sts)::[0-9]{12}:[\w+=,.@/-]{1,512}$/;

/** The answer is XML with one such element. */
function arnIn(body: string): string | undefined {
  const arn = /<Arn>([^<]{1,600})<\/Arn>/.exec(body)?.[1];
  return arn !== undefined && ARN.test(arn) ? arn : undefined;
}
