/**
 * What a spreadsheet shows for a number in a cell of some format, if that can be told for sure: pure. Sure is what looks the
 * same in every language and at every width of a column; a date in full is given as ISO 8601 has it.
 *
 * The codes of formats and the numbers of those that are built in: ECMA-376, part 1, 18.8.30 and 18.8.31.
 */
import { isoDate } from './serial-date.js';

export type NumberFormat =
  | { readonly kind: 'general' }
  | { readonly kind: 'unsure' }
  | { readonly kind: 'date'; readonly hasTime: boolean }
  | Digits;

/** Zeros and literal text, such as `00000` or `"E-"000`; with decimals only if there is no other text. */
interface Digits {
  readonly kind: 'digits';
  /** `0` and `#` are digits, each other item is shown as it is. */
  readonly pattern: readonly Token[];
  readonly decimals: number;
  /** Whether negative numbers, or zero, have a look of their own. */
  readonly sections: number;
}

interface Token {
  readonly text: string;
  readonly isLiteral: boolean;
}

export const general: NumberFormat = { kind: 'general' };
const unsure: NumberFormat = { kind: 'unsure' };

/** Those that look alike everywhere; the others differ by language, and 5 to 8 by currency. */
const BUILT_IN: Readonly<Record<number, string>> = {
  0: 'General',
  1: '0',
  2: '0.00',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  22: 'yyyy-mm-dd hh:mm',
  49: '@',
};

/** @param code of the file's own format with this number, if it has one */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  const known = code ?? BUILT_IN[id];
  return known === undefined ? unsure : parseFormat(known);
}

/** What stands in a format, one by one. */
const TOKEN = /"([^"]*)"|\\(.)|(\[[^\]]*\])|(General|AM\/PM|A\/P|y+|m+|d+|h+|s+|e+|g+|b+|[_*].|.)/gisu;

function parseFormat(code: string): NumberFormat {
  const [first = [], ...others] = sectionsOf(code);
  const bare = first.map(({ text }) => text).join('');
  if (/^(?:General|@)?$/i.test(bare) && others.length === 0 && first.every(({ isLiteral }) => !isLiteral))
    return bare === '' ? unsure : general;
  const signs = first.filter(({ isLiteral }) => !isLiteral).map(({ text }) => text.toLowerCase());
  if (signs.some((sign) => /^[ymdhs]/.test(sign))) return dateFormat(signs);
  return digitsFormat(first, others.length + 1);
}

function sectionsOf(code: string): Token[][] {
  const sections: Token[][] = [[]];
  for (const [, quoted, escaped, bracket, sign] of code.matchAll(TOKEN)) {
    const literal = quoted ?? escaped;
    if (sign === ';') sections.push([]);
    else if (literal !== undefined) sections.at(-1)?.push({ text: literal, isLiteral: true });
    // A colour, or the language of month names: neither changes a number or a date.
    else if (bracket === undefined || !PLAIN_BRACKET.test(bracket))
      sections.at(-1)?.push({ text: bracket ?? sign ?? '', isLiteral: false });
  }
  return sections;
}

/** A longer number of a language names another calendar or other digits. */
const PLAIN_BRACKET =
  /^\[(?:\$-[0-9A-F]{1,4}|\$-x-sysdate|Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?\d+)\]$/i;

function dateFormat(signs: readonly string[]): NumberFormat {
  const isKnown = (sign: string) =>
    /^(?:y{1,4}|m{1,5}|d{1,4}|h{1,2}|s{1,2}|am\/pm|a\/p|[-/.,: t])$/.test(sign);
  if (!signs.every(isKnown)) return unsure;
  const has = (part: RegExp) => signs.some((sign) => part.test(sign));
  const hasTime = has(/^[hs]/);
  // An m beside hours or seconds means minutes; a date with a time has both.
  const months = signs.filter((sign) => sign.startsWith('m')).length - (hasTime ? 1 : 0);
  const isWhole = has(/^y/) && has(/^dd?$/) && (months > 0 || has(/^mmm/));
  const isTime = !hasTime || has(/^h/);
  return isWhole && isTime ? { kind: 'date', hasTime } : unsure;
}

function digitsFormat(tokens: readonly Token[], sections: number): NumberFormat {
  const point = tokens.findIndex(({ text, isLiteral }) => text === '.' && !isLiteral);
  const pattern = (point === -1 ? tokens : tokens.slice(0, point)).map((token) =>
    /^[-+() ]$/.test(token.text) ? { ...token, isLiteral: true } : token,
  );
  const decimals = point === -1 ? [] : tokens.slice(point + 1);
  const signs = pattern.filter(({ isLiteral }) => !isLiteral).map(({ text }) => text);
  const isPlain = signs.length > 0 && signs.every((sign) => sign === '0' || sign === '#');
  const hasDecimals =
    decimals.length > 0 && decimals.every(({ text, isLiteral }) => text === '0' && !isLiteral);
  const isBare = pattern.every(({ isLiteral }) => !isLiteral);
  if (!isPlain || (point !== -1 && !(hasDecimals && isBare))) return unsure;
  return { kind: 'digits', pattern, decimals: decimals.length, sections };
}

/** What cannot be told for sure, and why not. */
export type Shown = string | { readonly doubt: 'format' | 'digits' };
const byFormat = { doubt: 'format' } as const;
const byDigits = { doubt: 'digits' } as const;

/** Numbers of this length are stored as they were entered. */
const SURE_DIGITS = 15;

/**
 * @param number as the file has it
 * @param is1904 whether the days are counted from 1904
 */
export function shownNumber(number: number, format: NumberFormat, is1904: boolean): Shown {
  switch (format.kind) {
    case 'unsure':
      return byFormat;
    case 'general':
      return shownGeneral(number);
    case 'date':
      return isoDate(number, format.hasTime, is1904) ?? byFormat;
    default:
      return shownDigits(number, format);
  }
}

/** An integer with all its digits: a spreadsheet shows 12 and more of them as 1.2E+11, and has them all. */
function shownGeneral(number: number): Shown {
  if (Number.isInteger(number)) return integerText(number) ?? byDigits;
  const text = String(rounded(number));
  // More of them are cut to the column's width.
  return /^-?\d+\.\d+$/.test(text) && text.replace(/\D/g, '').length <= 10 ? text : byFormat;
}

const integerText = (number: number): string | undefined =>
  Math.abs(number) < 10 ** SURE_DIGITS ? String(number === 0 ? 0 : number) : undefined;

/** As a spreadsheet holds it: 0.1 + 0.2 is 0.3 there. */
const rounded = (number: number): number => Number(number.toPrecision(SURE_DIGITS));

function shownDigits(number: number, { pattern, decimals, sections }: Digits): Shown {
  const isBare = pattern.every(({ isLiteral }) => !isLiteral);
  if (number < 0 && (sections > 1 || !isBare)) return byFormat;
  if (number === 0 && sections > 2) return byFormat;
  const value = rounded(Math.abs(number));
  if (value >= 10 ** SURE_DIGITS) return byDigits;
  // What the format hides was not meant to be lost.
  if (Number(value.toFixed(decimals)) !== value) return byFormat;
  const [whole = '', fraction] = value.toFixed(decimals).split('.');
  const filled = filledIn(pattern, whole === '0' ? '' : whole);
  if (filled === undefined || (filled === '' && fraction === undefined)) return byFormat;
  return `${number < 0 ? '-' : ''}${filled}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** The digits in their places, from the last one on; undefined if a place without a digit has text around it. */
function filledIn(pattern: readonly Token[], digits: string): string | undefined {
  let rest = digits;
  let text = '';
  let places = pattern.filter(({ isLiteral }) => !isLiteral).length;
  const hasLiterals = places < pattern.length;
  for (const { text: sign, isLiteral } of pattern.toReversed()) {
    if (isLiteral) {
      text = sign + text;
      continue;
    }
    places -= 1;
    if (rest === '' && sign === '#') {
      if (hasLiterals) return undefined;
      continue;
    }
    const taken = places === 0 ? rest : rest.slice(-1);
    text = (taken === '' ? '0' : taken) + text;
    rest = rest.slice(0, rest.length - taken.length);
  }
  return text;
}
