/**
 * Makes what the service wrote fit for a report, a log or a screen: nobody's values, no secrets, no control
 * characters, one line.
 */
import { fieldNames } from '../user-fields.js';
import type { UserDetails } from '../wire-types.js';

/** Characters kept of a message, and of one that is looked at at all. */
const LONGEST = 300;
const LONGEST_READ = 10_000;

/**
 * Anything shaped like an e-mail address: Wickr's usernames mostly are, and a message may name somebody else's. Looked
 * for at the beginnings of words alone, or a long word would be gone through from each of its characters.
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
  // Before anything is cut off: half a value would not be found any more. A pattern of any length would be too much.
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

/** A name the service gave, such as an error's code or a field's: kept only where it has the form of a name. */
export function redactName(text: unknown, details: UserDetails): string {
  if (typeof text !== 'string' || !/^[A-Za-z][\w.[\]-]{0,63}$/.test(text)) return '';
  const isValue = privateValues(details).some(([, value]) =>
    text.toLowerCase().includes(value.toLowerCase()),
  );
  return isValue && !FIELD.test(text) ? '' : text;
}

/** An identifier of a request: no name can hide in it, since it must have a digit and nothing but word characters. */
export function redactId(text: unknown, { firstName, lastName, username, inviteCode }: UserDetails): string {
  if (typeof text !== 'string' || !/^(?=.*\d)[\w-]{8,64}$/.test(text)) return '';
  const lower = text.toLowerCase();
  const holds = (value: string | undefined) => value && lower.includes(value.toLowerCase());
  return holds(username) || holds(lastName) || holds(firstName) || holds(inviteCode) ? '' : text;
}

const isMark = (text: string) => /^<\w+>$/.test(text);

/** Every form of every value that can stand in a message, the longer first: a shorter one may be a part of it. */
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
  // A short value is looked for as a word, or "A" would eat every a of the message.
  return value.length > 3
    ? new RegExp(literal, 'giu')
    : new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
}
