/** Reads the service's no: which error it is, whichever of four places holds its name. */
import { codeOfStatus, kindOf } from '../error-codes.js';
import type { Failure } from '../model.js';
import type { PersonalValues } from './personal-values.js';
import { redact, redactName } from './redact.js';
import { type HttpAnswer, headerOf } from './send.js';

/** ms; the longest wait that the service can ask for. */
const LONGEST_WAIT = 5 * 60_000;

/**
 * The failure that an answer states. The error's name is looked for in the order of AWS's protocol: header
 * `x-amzn-errortype`, body `code`, body `__type`. If there is none, the status gives the name.
 *
 * @param values none of which may appear in the failure
 * @param now epoch ms, for a Retry-After that is a date
 */
export function readFailure(answer: HttpAnswer, values: PersonalValues, now: number): Failure {
  const body = parseObject(answer.body);
  const code =
    [headerOf(answer, 'x-amzn-errortype'), body.code, body.Code, body.__type]
      .map((name) => redactName(bareName(name), values))
      .find((name) => name !== '') ?? codeOfStatus(answer.status);
  const reasons = readReasons(body.reasons, values);
  const said = [body.message, body.Message].find((value) => typeof value === 'string');
  const text = redact(said ?? '', values);
  const wait = retryAfter(answer, now);
  return {
    kind: kindOf(answer.status, code),
    code,
    message: [text, ...reasons.map(({ field, reason }) => [field, reason].filter(Boolean).join(': '))]
      .filter(Boolean)
      .join('; '),
    fields: [...new Set(reasons.map(({ field }) => field).filter(Boolean))],
    ...(wait === undefined ? {} : { retryAfter: wait }),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** AWS puts `namespace#` before a name, and `:uri` after it, which may have a `#` as well. A repeated header has commas. */
const bareName = (name: unknown) =>
  typeof name === 'string'
    ? name
        .replace(/[:,].*/s, '')
        .replace(/.*#/s, '')
        .trim()
    : undefined;

function readReasons(reasons: unknown, values: PersonalValues): { field: string; reason: string }[] {
  if (!Array.isArray(reasons)) return [];
  return reasons.slice(0, 10).map((entry: unknown) => {
    const { field, reason } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    return {
      field: redactName(field, values),
      reason: redact(typeof reason === 'string' ? reason : '', values),
    };
  });
}

/** ms to wait, from `x-amz-retry-after` (in ms; the more exact one goes first) or `Retry-After` (s, or an HTTP date). */
function retryAfter(answer: HttpAnswer, now: number): number | undefined {
  const wait =
    wholeNumber(headerOf(answer, 'x-amz-retry-after')) ??
    coarseWait(headerOf(answer, 'retry-after') ?? '', now);
  return wait === undefined || Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}

function coarseWait(text: string, now: number): number | undefined {
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse takes almost anything for a date, even "-5"; an HTTP date starts with the name of the day.
  return /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) - now : undefined;
}

const wholeNumber = (text = '') => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
