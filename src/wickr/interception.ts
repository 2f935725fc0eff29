/** An answer that something between here and the service has given: a proxy, a portal, a load balancer. */
import type { Failure, FailureKind } from '../model.js';
import type { PersonalValues } from './personal-values.js';
import { redact } from './redact.js';
import { type HttpAnswer, headerOf } from './send.js';

/** What such an answer comes to. It says nothing about the request, so that no row fails by it. */
export function interception(answer: HttpAnswer, values: PersonalValues): Failure {
  return {
    kind: kindOf(answer.status),
    code: codeOf(answer.status),
    message: messageOf(answer, values),
    fields: [],
    infrastructure: true,
  };
}

/**
 * A refusal of the caller, and a throttle, count as the service's whoever says them: plain text with a 401 was seen on
 * this API, and both are answered in the way that does no harm. Nothing that is tried again heals a redirect or a proxy
 * that wants a password.
 */
function kindOf(status: number): FailureKind {
  if (status === 401) return 'credentials';
  if (status === 429) return 'throttle';
  return isRedirect(status) || isWall(status) ? 'unreachable' : 'transient';
}

const codeOf = (status: number): string =>
  status === 401 ? 'UnauthorizedError' : status === 429 ? 'RateLimitError' : `Http${status}`;

const isRedirect = (status: number) => status >= 300 && status < 400;
/** 407 is a proxy's, 511 a network's (RFC 6585) that wants to know who is there. */
const isWall = (status: number) => status === 407 || status === 511;

function messageOf(answer: HttpAnswer, values: PersonalValues): string {
  const { status } = answer;
  if (status === 401 || status === 429) return '';
  if (status === 407) return 'a proxy on the way wants a user name and a password';
  if (isRedirect(status)) {
    const target = targetOf(headerOf(answer, 'location'), values);
    return `something on the way answers with a redirect${target && ` to ${target}`}, which is not followed`;
  }
  const what = [kindOfBody(answer), encodingOf(answer)].filter(Boolean).join(', ');
  return `the answer is not the service's${what && ` (${what})`}: something on the way has given it`;
}

/** Where a redirect leads, without user and query: a portal keeps there what was asked for. */
function targetOf(location: string | undefined, values: PersonalValues): string {
  if (location === undefined || !URL.canParse(location))
    return redact((location ?? '').split('?')[0] ?? '', values);
  const { protocol, host, pathname } = new URL(location);
  return redact(`${protocol}//${host}${pathname === '/' ? '' : pathname}`, values);
}

function kindOfBody(answer: HttpAnswer): string {
  const type = headerOf(answer, 'content-type') ?? '';
  if (/html/i.test(type) || /^\s*</.test(answer.body)) return 'HTML';
  return answer.body === '' ? 'empty' : '';
}

function encodingOf(answer: HttpAnswer): string {
  const encoding = headerOf(answer, 'content-encoding') ?? 'identity';
  return /^(gzip|x-gzip|br|deflate|zstd)$/i.test(encoding) ? `${encoding.toLowerCase()}, unasked` : '';
}
