/** Finds a user's values in a text, in whatever spelling it repeats them. */
import type { UserDetails } from '../wire-types.js';

/** Values of one user of which none may be shown: those that are sent, and those that they had before, as far as known. */
export type PersonalValues = Pick<UserDetails, 'firstName' | 'lastName' | 'username' | 'inviteCode'> & {
  readonly former?: Readonly<Partial<Record<'firstName' | 'lastName' | 'username', string | null>>>;
};

/** Longest value, in characters, of which parts are looked for as well. */
const LONGEST_IN_PARTS = 300;
/** Characters of a part that is told from a word by chance. */
const SHORTEST_PART = 4;

/** One character, or one escape that stands for some: percent, HTML entity, JSON. */
const UNIT =
  /(?:%[0-9a-f]{2})+|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp|[lr]squo);|\\u[0-9a-f]{4}|\\["'\\/]|[\s\S]/giu;
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', lsquo: "'", rsquo: "'" },
};
const BASE64 = /[A-Za-z0-9+/_-]{6,}={0,2}/g;
const WORD = /[\p{L}\p{N}]/u;

/** A text without differences of spelling, and where in the original each of its characters stands. */
interface FoldedText {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** `text` with a mark such as `<username>` in place of each value. */
export function hideValues(text: string, values: PersonalValues): string {
  const wanted = wantedIn(values);
  let clean = text;
  let plain = unfold(clean);
  const hide = (name: string, value: string, least: number): void => {
    const hidden = replaceValue(clean, plain, name, value, least);
    if (hidden !== clean) plain = unfold(hidden);
    clean = hidden;
  };
  for (const { name, value } of wanted) if (value.length <= clean.length) hide(name, value, value.length);
  for (const { name, value } of wanted)
    if (value.length > SHORTEST_PART && value.length <= LONGEST_IN_PARTS) hide(name, value, SHORTEST_PART);
  const long = wanted.filter(({ value }) => value.length > 2);
  return clean.replace(BASE64, (token) => {
    const decoded = folded(Buffer.from(token, 'base64').toString('utf8'));
    return long.some(({ value }) => decoded.includes(value)) ? '<value>' : token;
  });
}

/** Whether a value, or a part of one, stands in the text. */
export const holdsValue = (text: string, values: PersonalValues): boolean =>
  hideValues(text, values) !== text ||
  wantedIn(values).some(({ value }) => value.length > 1 && folded(text).includes(value));

/** Whether the text has a whole value in it that is long enough not to be there by chance; other spellings do not count. */
export function repeatsValue(text: string, { former = {}, ...sent }: PersonalValues): boolean {
  const lower = text.toLowerCase();
  return [sent, former].some((one) =>
    Object.values(one).some(
      (value) =>
        typeof value === 'string' && value.length > 2 * SHORTEST_PART && lower.includes(value.toLowerCase()),
    ),
  );
}

interface Wanted {
  readonly name: string;
  readonly value: string;
}

/** Longer ones first, because a shorter one may be part of them. */
function wantedIn({ former = {}, ...sent }: PersonalValues): Wanted[] {
  const { firstName, lastName, username, inviteCode } = sent;
  const values = [{ username, inviteCode, firstName, lastName }, former].flatMap((one) =>
    Object.entries(one),
  );
  return values
    .flatMap(([name, value]) => {
      const whole = folded(typeof value === 'string' ? value : '').trim();
      const parts = whole.length > LONGEST_IN_PARTS ? [] : whole.split(/[\s@]+/).filter(isPart);
      return [whole, ...parts].filter(Boolean).map((one) => ({ name, value: one }));
    })
    .sort((a, b) => b.value.length - a.value.length);
}

const isPart = (text: string) => text.length >= SHORTEST_PART;

/**
 * @param source the text, unfolded
 * @param least characters of the value; fewer are none of it. What was cut off begins like the value
 */
function replaceValue(text: string, source: FoldedText, name: string, value: string, least: number): string {
  let clean = '';
  let done = 0;
  const start = value.slice(0, least);
  for (let at = source.text.indexOf(start); at !== -1; at = source.text.indexOf(start, at + 1)) {
    const length = lengthAt(source.text, at, value, least);
    const begin = source.from[at] ?? text.length;
    if (length === 0 || begin < done) continue;
    clean += `${text.slice(done, begin)}<${name}>`;
    done = source.to[at + length - 1] ?? text.length;
    at += length - 1;
  }
  return clean + text.slice(done);
}

/** How many characters of the value stand at this place: all, the beginning of one that was cut off, or 0. */
function lengthAt(text: string, at: number, value: string, least: number): number {
  let length = least;
  while (length < value.length && text[at + length] === value[length]) length += 1;
  const isAlone = !isWord(text[at - 1]) && !isWord(text[at + length]);
  if (length === value.length) return value.length >= SHORTEST_PART || isAlone ? length : 0;
  return isAlone ? length : 0;
}

const isWord = (character: string | undefined) => character !== undefined && WORD.test(character);

function unfold(text: string): FoldedText {
  let plain = '';
  const from: number[] = [];
  const to: number[] = [];
  for (const { 0: unit, index } of text.matchAll(UNIT)) {
    const characters = folded(decoded(unit));
    for (let n = 0; n < characters.length; n += 1) {
      from.push(index);
      to.push(index + unit.length);
    }
    // A mark that stands by itself belongs to the letter before it.
    if (characters === '' && to.length > 0) to[to.length - 1] = index + unit.length;
    plain += characters;
  }
  return { text: plain, from, to };
}

function decoded(unit: string): string {
  if (unit.length === 1) return unit;
  if (unit.startsWith('%')) return Buffer.from(unit.replaceAll('%', ''), 'hex').toString('utf8');
  if (unit.startsWith('\\u')) return String.fromCharCode(Number.parseInt(unit.slice(2), 16));
  if (unit.startsWith('\\')) return unit.slice(1);
  if (!unit.startsWith('&')) return unit;
  const entity = unit.slice(1, -1).toLowerCase();
  const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  if (!entity.startsWith('#')) return NAMED[entity] ?? unit;
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : unit;
}

/** Without marks, case, and the many forms of apostrophes, dashes and blanks. */
const folded = (text: string): string =>
  /^[a-z0-9]*$/.test(text)
    ? text
    : text
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .replace(/[‘’ʼʹ′`´＇]/gu, "'")
        .replace(/[“”„«»]/gu, '"')
        .replace(/[‐-―−]/gu, '-')
        .replace(/\s/gu, ' ')
        .toLowerCase();
