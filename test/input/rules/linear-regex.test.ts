import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearRegex, RegexError } from '../../../src/input/rules/linear-regex.js';
import { randomCases } from '../../length.js';

/** Characters on which RE2 and JavaScript do not agree by themselves. */
const letters = [
  'a',
  'B',
  'é',
  'É',
  'ß',
  ' ',
  '\u00a0',
  '\u2003',
  '\ufeff',
  '\r',
  '\n',
  '\u2028',
  '😀',
  '[',
  ':',
  '1',
  '_',
  '\b',
];
const text = fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map((parts) => parts.join(''));
const escapes = [
  '\\s',
  '\\S',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\p{L}',
  '\\P{Lu}',
  '\\p{Script=Latin}',
  '\\u00e9',
];
const inClass = [
  ...escapes,
  '\\b',
  'a',
  'B',
  'a-z',
  '[',
  ':',
  '\\]',
  '\\ud83d\\ude00',
  '\\u{1f600}',
  '.',
  '(',
  '?',
  '=',
];
const characterClass = fc
  .tuple(fc.constantFrom('[', '[^'), fc.array(fc.constantFrom(...inClass), { maxLength: 4 }))
  .map(([open, parts]) => `${open}${parts.join('')}]`);
const atom = fc.oneof(
  fc.constantFrom(
    ...escapes,
    '\\b',
    '\\B',
    '^',
    '$',
    '.',
    'a',
    'é',
    '😀',
    '\\r',
    '\\x0a',
    '\\cJ',
    '\\/',
    '\\[',
    '\\u{1f600}',
  ),
  characterClass,
);
const { pattern } = fc.letrec((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    atom,
    fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{0,2}', '{2}', '*?'))
      .map(([one, often]) => `(?<g>${one})`.replace('?<g>', '') + often),
  ),
}));

describe('an expression', () => {
  it('matches what it matches in JavaScript', () => {
    const property = fc.property(pattern, fc.constantFrom('', 's'), text, (source, flags, value) => {
      const match = new RegExp(String(source), `${flags}u`).exec(value);
      // V8 finds \B within the two halves of one character, which ECMAScript's AdvanceStringIndex leaps over.
      fc.pre((value.codePointAt((match?.index ?? 0) - 1) ?? 0) <= 0xffff);
      expect(linearRegex(String(source), flags)(value)).toBe(match !== null);
    });
    fc.assert(property, randomCases(500, 100_000));
  });

  it.each([
    ['^é$', 'i', 'É', true],
    ['straße', 'i', 'STRAẞE', true],
    ['^[^a]$', 'i', 'A', false],
    ['^(?<year>\\d{4})-', '', '2026-01', true],
    ['^[[:alpha:]$', '', ':', true],
    ['[]', '', 'x', false],
    ['[^]', '', 'x', true],
  ])('/%s/%s on %j: %s', (source, flags, value, matches) => {
    expect(linearRegex(source, flags)(value)).toBe(matches);
  });

  it.each([
    ['(a', '', /not one of JavaScript/],
    ['a', 'q', /not one of JavaScript/],
    ['a', 'm', /no other flags/],
    ['[a&&b]', 'v', /no other flags|not one of JavaScript/],
    ['(?=a)', '', /lookahead/],
    ['(?!a)', '', /lookahead/],
    ['(?<=a)b', '', /lookbehind/],
    ['(?<!a)b', '', /lookbehind/],
    ['(a)\\1', '', /backreferences/],
    ['(?<x>a)\\k<x>', '', /backreferences/],
    ['\\p{Letter}', '', /not known/],
    ['a{1001}', '', /too often/],
    ['((a{1,30}){1,30}){1,30}', '', /too often/],
    ['(a|b|[a-z]+){300}x', '', /too often/],
  ])('/%s/%s is refused with a reason', (source, flags, reason) => {
    expect(() => linearRegex(source, flags)).toThrow(RegexError);
    expect(() => linearRegex(source, flags)).toThrow(reason);
  });

  it('that would take for ever in JavaScript ends, with a megabyte of text', () => {
    for (const source of ['^(a+)+$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*z'])
      expect(linearRegex(source, '')(`${'ax'.repeat(500_000)}!`), source).toBe(false);
  });
});
