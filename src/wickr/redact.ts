/**
 * Makes text of the service fit for a report, a log or a screen: one line without personal values, secrets or control
 * characters.
 */
import { fieldNames } from '../user-fields.js';
import { hideValues, holdsValue, type PersonalValues, repeatsValue } from './personal-values.js';

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
  /(x-amz-security-token|credential|signature)\s*[:=]\s*\S+|(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}|\b(?:A[A-Z]{3}[A-Z0-9]{16,})\b|[A-Za-z0-9+/=]{60,}/gi;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;
/** Access keys by their prefixes, also where nothing parts them from what stands beside them. */
const ACCESS_KEY = /(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/i;
/**
 * Words that begin with a capital, or with a letter of a script that has none: names, unless a service's message begins with
 * one. What a user was called before is not always known, so it cannot be looked for.
 */
const NAME = /(?<![\p{L}\p{N}_<])[\p{Lu}\p{Lt}\p{Lo}][\p{L}\p{M}\p{N}'’.-]*/gu;
/** Capitalised words that are kept: those of sentences about requests, users and groups. */
const PLAIN = new Set(
  `a access account action active admin administrator already an and api app at attempt aws bad bot bulk cannot code
  conflict connection could credential credentials date details do duplicate each email error exceeded exception expired
  failed failure field first firstname for forbidden format from gateway get group groups has http https iam id ids if in
  input internal invalid invite is it json key last lastname length limit list long lower malformed many max maximum
  member message method min minimum missing must name names network networkid no none not null of on one only operation or
  parameter patch path pending permission plan please quota rate read region reason request requests required resource
  retry role same secret security server service set signature size slow some status string sts suspended temporary that
  the there this throttled throttling time timeout to token too try unable unauthorized unavailable unexpected unknown
  update updates url user userid username users utc validation value values version wickr with wrong you your`.split(
    /\s+/,
  ),
);
/** Names of the API's fields: the one kind of quoted text that is worth keeping. */
const FIELD = new RegExp(`^(networkId|userId|userDetails|${fieldNames.join('|')})$`);

/** `text` without any of the values, any address, any word that may be a name, any quotation and any secret; at most 300 characters. */
export function redact(text: string, values: PersonalValues): string {
  let clean = text.length > LONGEST_READ ? text : text.normalize('NFC');
  if (clean.length > LONGEST_READ) return '<a very long message>';
  // Before anything is cut off, because half a value would not be found.
  clean = hideValues(clean, values);
  clean = (clean.split(/[\r\n]/, 1)[0] ?? '')
    .replace(SECRET, '<secret>')
    .replace(ADDRESS, '<address>')
    .replace(QUOTED, (whole, _open, inner: string) =>
      FIELD.test(inner) || isMark(inner) ? whole : '<value>',
    )
    .replace(NAME, (word) => (isPlain(word) ? word : '<value>'))
    .replace(UNPRINTABLE, ' ')
    .trim();
  return clean.length <= LONGEST ? clean : `${clean.slice(0, LONGEST - 1)}…`;
}

/** A name that the service gave, such as that of an error or a field; empty unless it has the form of a name. */
export function redactName(text: unknown, values: PersonalValues): string {
  if (typeof text !== 'string' || !/^[A-Za-z][\w.[\]-]{0,63}$/.test(text)) return '';
  if (FIELD.test(text)) return text;
  return ACCESS_KEY.test(text) || holdsValue(text, values) ? '' : text;
}

/** What AWS's request IDs look like: hexadecimal digits, in which part of a name can only stand by chance. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The ID of a request; empty unless it has a digit and only word characters, so that no value can hide in it. */
export function redactId(text: unknown, values: PersonalValues): string {
  // Every answer has such an ID: all spellings of a value are looked for only in what has another form.
  if (typeof text === 'string' && UUID.test(text)) return repeatsValue(text, values) ? '' : text;
  if (typeof text !== 'string' || !/^(?=.*\d)[\w-]{8,64}$/.test(text)) return '';
  return ACCESS_KEY.test(text) || holdsValue(text, values) ? '' : text;
}

/** Whether a capitalised word is no name: a known one, a field, or what errors are called. */
const isPlain = (word: string): boolean => {
  // From the first mark of each run alone: else a long run would be scanned again from each of its marks.
  const bare = word.replace(/(?<![.'’-])[.'’-]+$/u, '');
  return PLAIN.has(bare.toLowerCase()) || /^([A-Z][a-z]+)+(Error|Exception|Fault)$/.test(bare);
};

const isMark = (text: string) => /^<\w+>$/.test(text);
