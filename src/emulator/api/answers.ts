/** What the emulator answers, before it goes on the wire. */
import type { ErrorReason } from '../../wire-types.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The error's name. */
  readonly code?: string;
  /** Whether the answer comes from something in front of the service, so that it has no request ID. */
  readonly foreign?: boolean;
}

/** An operation's success. */
export function success(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** An error of the service, with its name in the header that AWS uses. */
export function refusal(
  status: number,
  code: string,
  message: string,
  reasons?: readonly ErrorReason[],
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code, ...headers },
    body: JSON.stringify({ message, reasons }),
    code,
  };
}

/** 422 with every reason found. */
export function invalid(reasons: readonly ErrorReason[]): Answer {
  return refusal(422, 'ValidationError', 'One or more fields in the request failed validation.', reasons);
}

/** 404 for a network, a user or a group that does not exist. */
export function notFound(what: 'network' | 'user' | 'security group'): Answer {
  return refusal(404, 'ResourceNotFoundError', `The ${what} was not found.`);
}

/** 429. @param retryAfter seconds for the header; undefined for no header */
export function throttled(retryAfter: number | undefined): Answer {
  return refusal(
    429,
    'RateLimitError',
    'Too many requests were sent in a short period of time. Wait a moment and retry the request.',
    undefined,
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  );
}

/** An answer from something in front of the service, in HTML or plain text. */
export function foreign(status: number, body: string, headers?: Readonly<Record<string, string>>): Answer {
  const type = body.startsWith('<') ? 'text/html' : 'text/plain';
  return { status, headers: { 'content-type': type, ...headers }, body, foreign: true };
}
