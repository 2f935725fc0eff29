/**
 * A regular expression in JavaScript's syntax whose time grows with the text and no faster, whatever the text: by RE2's
 * algorithm. It knows no lookaround and no backreferences, which no such algorithm can have.
 */
import { RE2JS, RE2JSException } from 're2js';

/** Instructions of a compiled one; a text of a megabyte takes some seconds at the most. */
const MOST_INSTRUCTIONS = 1000;

/** Says whether there is a match anywhere in the text. */
export type Matches = (text: string) => boolean;

/** Why an expression cannot be used: a sentence's end, with nothing of the expression in it. */
export class RegexError extends Error {}

/** The text with its first match replaced, or with the flag g each of them; undefined if it has none. */
export type Replaces = (text: string) => string | undefined;

/**
 * @param flags of JavaScript's: i, s and u; g and d change nothing
 * @throws RegexError if JavaScript would not take it, or it cannot be matched in linear time
 */
export function linearRegex(source: string, flags: string): Matches {
  const compiled = checked(source, flags);
  return (text) => compiled.matcher(text).find();
}

/**
 * @param replacement with `$1` for what the first group has matched, `$&` for all of the match, `$$` for a dollar sign
 * @param flags as for `linearRegex`; with g every match is replaced
 * @throws RegexError also for a `$` that is none of these
 */
export function linearReplace(source: string, flags: string, replacement: string): Replaces {
  const compiled = checked(source, flags);
  const parts = partsOf(replacement, compiled.groupCount());
  const isGlobal = flags.includes('g');
  return (text) => {
    const matcher = compiled.matcher(text);
    let made = '';
    let end = 0;
    while (matcher.find()) {
      const put = parts.map((part) => (typeof part === 'string' ? part : (matcher.group(part) ?? '')));
      made += text.slice(end, matcher.start()) + put.join('');
      end = matcher.end();
      if (!isGlobal) return made + text.slice(end);
    }
    return made === '' && end === 0 ? undefined : made + text.slice(end);
  };
}

/** Of a replacement: texts, and the numbers of groups. */
const partsOf = (replacement: string, groups: number): (string | number)[] =>
  [...replacement.matchAll(/\$(?:\$|&|\d{1,2})?|[^$]+/g)].map(([part]) => {
    if (part === '$$') return '$';
    return part.startsWith('$') ? groupOf(part, groups) : part;
  });

function groupOf(sign: string, groups: number): number {
  if (sign === '$&') return 0;
  if (sign === '$')
    throw new RegexError('its text has a $ that stands for nothing: write $$ for the sign itself');
  const group = Number(sign.slice(1));
  if (group >= 1 && group <= groups) return group;
  const has = groups === 1 ? 'one group' : `${groups || 'no'} groups`;
  throw new RegexError(`its text has ${sign}, but the expression has ${has} in parentheses`);
}

function checked(source: string, flags: string): RE2JS {
  try {
    // Only to see that it is one: nothing is matched with it.
    new RegExp(source, /[uv]/.test(flags) ? flags : `${flags}u`);
  } catch (cause) {
    throw new RegexError('it is not one of JavaScript with the flag u', { cause });
  }
  if (/[^dgisu]/.test(flags)) throw new RegexError('it can have no other flags than i, s and u');
  const compiled = compile(source, flags);
  if (compiled.programSize() > MOST_INSTRUCTIONS) throw new RegexError(TOO_LARGE);
  return compiled;
}

const TOO_LARGE = 'it repeats a part too often';
const ENDLESS = 'lookahead, lookbehind and backreferences are not allowed, as they can take for ever';

function compile(source: string, flags: string): RE2JS {
  const ignoreCase = flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0;
  const dotAll = flags.includes('s');
  try {
    return RE2JS.compile(inRe2(source, dotAll), ignoreCase | (dotAll ? RE2JS.DOTALL : 0));
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    const isRepeated = /repeat|large/.test(cause.message);
    throw new RegexError(isRepeated ? TOO_LARGE : 'a part of it is not known here', { cause });
  }
}

/** JavaScript's white space, and all that is none: RE2 knows that of ASCII. */
const SPACE = [
  ...['\\x{9}-\\x{d}', '\\x{20}', '\\x{a0}', '\\x{1680}', '\\x{2000}-\\x{200a}', '\\x{2028}', '\\x{2029}'],
  ...['\\x{202f}', '\\x{205f}', '\\x{3000}', '\\x{feff}'],
].join('');
const NO_SPACE = [
  ...['\\x{0}-\\x{8}', '\\x{e}-\\x{1f}', '\\x{21}-\\x{9f}', '\\x{a1}-\\x{167f}', '\\x{1681}-\\x{1fff}'],
  ...['\\x{200b}-\\x{2027}', '\\x{202a}-\\x{202e}', '\\x{2030}-\\x{205e}', '\\x{2060}-\\x{2fff}'],
  ...['\\x{3001}-\\x{fefe}', '\\x{ff00}-\\x{10ffff}'],
].join('');
const ALL = '\\x{0}-\\x{10ffff}';

/** What stands for something else in RE2, outside and within brackets. */
const outside: Readonly<Record<string, string>> = {
  '\\s': `[${SPACE}]`,
  '\\S': `[^${SPACE}]`,
  '[]': `[^${ALL}]`,
  '[^]': `[${ALL}]`,
};
const within: Readonly<Record<string, string>> = {
  '\\s': SPACE,
  '\\S': NO_SPACE,
  '\\b': '\\x{8}',
  // Named groups of characters, such as [:alpha:], are RE2's alone.
  '[': '\\[',
  '[^': '\\[^',
  '[]': '\\[]',
  '[^]': '\\[^]',
};
const DOT = '[^\\n\\r\\x{2028}\\x{2029}]';

const PARTS =
  /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\x..|\\c.|\\.|\(\?<?[=!]|\[\^?\]?|[\s\S]/gu;

/** An expression that JavaScript has taken, as RE2 has it. */
function inRe2(source: string, dotAll: boolean): string {
  let isClass = false;
  return source.replaceAll(PARTS, (part) => {
    const replaced = replacedIn(part, isClass, dotAll);
    isClass = part.startsWith('[') ? !part.endsWith(']') : isClass && part !== ']';
    return replaced;
  });
}

function replacedIn(part: string, isClass: boolean, dotAll: boolean): string {
  if (!isClass && /^(?:\(\?<?[=!]|\\[1-9k])/.test(part)) throw new RegexError(ENDLESS);
  if (part === '.') return isClass || dotAll ? part : DOT;
  const known = (isClass ? within : outside)[part];
  if (known !== undefined) return known;
  if (part.startsWith('\\u') && !part.startsWith('\\u{')) return `\\x{${codeOf(part)}}`;
  // Its long form is JavaScript's alone.
  return RE2JS.translateRegExp(part.replace(/^(\\[pP]\{)(?:Script|sc|General_Category|gc)=/, '$1'));
}

/** Of `\u0041`, or of two that are one character. */
const codeOf = (part: string): string => JSON.parse(`"${part}"`).codePointAt(0).toString(16);
