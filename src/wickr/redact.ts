/**
 * Makes text of the service fit for a report, a log or a screen: one line without personal values, secrets or control
 * characters.
 */
import { fieldNames } from '../user-fields.js';
import type { UserDetails } from '../wire-types.js';

/** Characters that are kept of a message, and the longest message that is looked at at all. */
const LONGEST = 300;
const LONGEST_READ = 10_000;

/**
 * Anything that looks like an e-mail address: most Wickr usernames are one, and a message may name another user's. It is
 * looked for only at the start of words; otherwise a long word would be scanned again from each of its characters.
 */
const ADDRESS = /(?<![^\s<>"'`(),;:])[^\s<>"'`(),;:]+@[^\s<>"'`(),;:]+/gu;
/** Quoted text is where services repeat what they were sent. */
const QUOTED = /(?<![\p{L}\p{N}])(["'`“”„‘’«»])(?!\s)(.{1,200}?)(["'`“”’»«])(?![\p{L}\p{N}])/gu;
/** Signature errors repeat the canonical request with the caller's key and token in it. */
const SECRET =
  /(x-amz-security-token|credential|signature)\s*[:=]\s*\S+|\b(?:A[A-Z]{3}[A-Z0-9]{16,})\b|[A-Za-z0-9+/=]{60,}/gi;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;
/** Names of the API's fields: the one kind of quoted text that is worth keeping. */
const FIELD = new RegExp(`^(networkId|userId|userDetails|${fieldNames.join('|')})$`);

/** `text` without any value of `details`, any address, any quotation and any secret; at most 300 characters. */
export function redact(text: string, details: UserDetails): string {
  let clean = text.length > LONGEST_READ ? text : text.normalize('NFC');
  if (clean.length > LONGEST_READ) return '<a very long message>';
  // Before anything is cut off, because half a value would not be found. A value longer than the text cannot be in it.
  for (const [name, value] of privateValues(details)) {
    if (value.length <= clean.length) clean = clean.replace(pattern(value), `<${name}>`);
  }
  clean = (clean.split(/[\r\n]/, 1)[0] ?? '')
    .replace(SECRET, '<secret>')
    .replace(ADDRESS, '<address>')
    .replace(QUOTED, (whole, _open, inner: string) =>
      FIELD.test(inner) || isMark(inner) ? whole : '<value>',
    )
    .replace(UNPRINTABLE, ' ')
    .trim();
  return clean.length <= LONGEST ? clean : `${clean.slice(0, LONGEST - 1)}…`;
}

/** A name that the service gave, such as that of an error or a field; empty unless it has the form of a name. */
export function redactName(text: unknown, details: UserDetails): string {
  if (typeof text !== 'string' || !/^[A-Za-z][\w.[\]-]{0,63}$/.test(text)) return '';
  const isValue = privateValues(details).some(([, value]) =>
    text.toLowerCase().includes(value.toLowerCase()),
  );
  return isValue && !FIELD.test(text) ? '' : text;
}

/** The ID of a request; empty unless it has a digit and only word characters, so that no value can hide in it. */
export function redactId(text: unknown, { firstName, lastName, username, inviteCode }: UserDetails): string {
  if (typeof text !== 'string' || !/^(?=.*\d)[\w-]{8,64}$/.test(text)) return '';
  const lower = text.toLowerCase();
  const holds = (value: string | undefined) => value && lower.includes(value.toLowerCase());
  return holds(username) || holds(lastName) || holds(firstName) || holds(inviteCode) ? '' : text;
}

const isMark = (text: string) => /^<\w+>$/.test(text);

/** Every form in which a value can appear in a message; longer ones first, because a shorter one may be part of them. */
function privateValues(details: UserDetails): [string, string][] {
  const { firstName, lastName, username, inviteCode } = details;
  const values: [string, string | undefined][] = Object.entries({
    username,
    inviteCode,
    firstName,
    lastName,
  });
  const forms = values.flatMap(([name, value]) => {
    const text = value?.normalize('NFC').trim();
    if (!text || text.length > LONGEST_READ) return [];
    const json = JSON.stringify(text).slice(1, -1);
    const all = new Set([text, encodeURIComponent(text), json, asAscii(json), asHtml(text)]);
    return [...all].map((form): [string, string] => [name, form]);
  });
  return forms.sort(([, a], [, b]) => b.length - a.length);
}

/** As Java and Python write JSON. */
const asAscii = (json: string) =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const asHtml = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');

function pattern(value: string): RegExp {
  const literal = value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  // A short value is looked for as a whole word; otherwise "A" would replace every a of the message.
  return value.length > 3
    ? new RegExp(literal, 'giu')
    : new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
}
