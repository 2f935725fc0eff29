/** Reads the service's no: which error it is, whichever of four places holds its name, or that it is not the service's. */
import { codeOfStatus, kindOf } from '../error-codes.js';
import type { Failure } from '../model.js';
import { interception } from './interception.js';
import type { PersonalValues } from './personal-values.js';
import { LONGEST, redact, redactName } from './redact.js';
import { type HttpAnswer, headerOf } from './send.js';

/** ms; the longest wait that the service can ask for. */
const LONGEST_WAIT = 5 * 60_000;

/**
 * The failure that an answer states. The error's name is looked for in the order of AWS's protocol: header
 * `x-amzn-errortype`, body `code`, body `__type`. An answer without one is not the service's, unless it is a JSON object
 * with a request ID: then the status gives the name.
 *
 * @param values none of which may appear in the failure
 * @param now epoch ms, for a Retry-After that is a date
 */
export function readFailure(answer: HttpAnswer, values: PersonalValues, now: number): Failure {
  const body = parseObject(answer.body);
  const names = [headerOf(answer, 'x-amzn-errortype'), body?.code, body?.Code, body?.__type];
  const named = firstName(names, values);
  if (answer.status >= 300 && isService(answer, body))
    return refusal(answer, named ?? codeOfStatus(answer.status), body ?? {}, values, now);
  const wait = retryAfter(answer, now);
  return { ...interception(answer, values), ...(wait === undefined ? {} : { retryAfter: wait }) };
}

/** By AWS's error envelope: a name in one of its places, even one that cannot be shown, or a request ID and an object. */
function isService(answer: HttpAnswer, body: Record<string, unknown> | undefined): boolean {
  if (headerOf(answer, 'x-amzn-errortype') !== undefined) return true;
  if (body === undefined) return false;
  const names = [body.code, body.Code, body.__type];
  return names.some((name) => typeof name === 'string') || headerOf(answer, 'x-amzn-requestid') !== undefined;
}

function refusal(
  answer: HttpAnswer,
  code: string,
  body: Record<string, unknown>,
  values: PersonalValues,
  now: number,
): Failure {
  const said = [body.message, body.Message].find((value) => typeof value === 'string');
  const text = redact(said ?? '', values);
  const reasons = readReasons(body.reasons, LONGEST - text.length, values);
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

/** Undefined if the text is not a JSON object. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** AWS puts `namespace#` before a name, and `:uri` after it, which may have a `#` as well. A repeated header has commas. */
function bareName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const [first = ''] = name.split(/[:,]/, 1);
  // Not by an expression: one would look through a long text again from each of its characters.
  return first.slice(first.lastIndexOf('#') + 1).trim();
}

/** The first that has the form of a name: to look for values in the others as well takes time. */
function firstName(names: readonly unknown[], values: PersonalValues): string | undefined {
  for (const name of names) {
    const code = redactName(bareName(name), values);
    if (code !== '') return code;
  }
  return undefined;
}

/** @param room characters, after which no further reason is read */
function readReasons(
  reasons: unknown,
  room: number,
  values: PersonalValues,
): { field: string; reason: string }[] {
  const read: { field: string; reason: string }[] = [];
  let left = room;
  for (const entry of Array.isArray(reasons) ? (reasons as unknown[]).slice(0, 10) : []) {
    if (left <= 0) break;
    const given = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const field = redactName(given.field, values);
    const reason = redact(typeof given.reason === 'string' ? given.reason : '', values);
    read.push({ field, reason });
    left -= field.length + reason.length;
  }
  return read;
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
