/** What a number looks like, if that is sure. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { numberFormat, shownNumber } from '../../../src/input/workbook/number-format.js';
import { randomCases } from '../../length.js';

const shown = (code: string | number, number: number, is1904 = false) => {
  const format = typeof code === 'number' ? numberFormat(code, undefined) : numberFormat(164, code);
  const text = shownNumber(number, format, is1904);
  return typeof text === 'string' ? text : `? ${text.doubt}`;
};

it.each<[string | number, number, string]>([
  // General.
  [0, 10000001, '10000001'],
  ['General', -7, '-7'],
  ['@', 42, '42'],
  ['[Red]General', 42, '42'],
  [0, -0, '0'],
  [0, 0.5, '0.5'],
  [0, 0.1 + 0.2, '0.3'],
  [0, 491761234567, '491761234567'],
  [0, 999_999_999_999_999, '999999999999999'],
  [0, 1e15, '? digits'],
  [0, 1e46, '? digits'],
  [0, 1 / 3, '? format'],
  [0, 1e-9, '? format'],
  // Zeros in front, and text around.
  ['00000', 42, '00042'],
  ['00000', 0, '00000'],
  ['00000', 1234567, '1234567'],
  ['"E-"000', 7, 'E-007'],
  ['\\A0', 7, 'A7'],
  ['000\\-00', 12345, '123-45'],
  ['000-00', 12, '000-12'],
  ['00000-0000', 123456789, '12345-6789'],
  ['[Blue]000', 5, '005'],
  ['#0', 12, '12'],
  ['##00', 5, '05'],
  ['#', 5, '5'],
  ['#', 0, '? format'],
  ['###-0000', 5551234, '555-1234'],
  ['###-0000', 51234, '? format'],
  ['0', 5, '5'],
  ['0', 5.4, '? format'],
  ['0', -5, '-5'],
  ['"E"0', -5, '? format'],
  ['0;-0', 5, '5'],
  ['0;-0', -5, '? format'],
  ['0;-0;"none"', 0, '? format'],
  ['0.00', 1.5, '1.50'],
  ['0.00', 1.234, '? format'],
  ['00', 1e15, '? digits'],
  // What looks different elsewhere, or hides something.
  ['#,##0', 1000, '? format'],
  [3, 5, '? format'],
  ['0%', 0.5, '? format'],
  ['0.00E+00', 5, '? format'],
  ['# ?/?', 0.5, '? format'],
  ['[>=100]0;00', 5, '? format'],
  ['[$€-407]0', 5, '? format'],
  ['0.00 "€"', 5, '? format'],
  ['0_)', 5, '? format'],
  ['0,', 5000, '? format'],
  [';;;', 5, '? format'],
  ['', 5, '? format'],
  ['"text"', 5, '? format'],
  [44, 5, '? format'],
  [58, 5, '? format'],
  [163, 5, '? format'],
  // Dates in full.
  [14, 45356, '2024-03-05'],
  [15, 45356, '2024-03-05'],
  [22, 45356.5, '2024-03-05T12:00:00'],
  ['dd/mm/yyyy', 45356.9, '2024-03-05'],
  ['d.m.yy', 45356, '2024-03-05'],
  ['[$-409]d\\-mmm\\-yyyy;@', 45356, '2024-03-05'],
  ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 45356, '2024-03-05'],
  ['yyyy"年"m"月"d"日"', 45356, '2024-03-05'],
  ['yyyy-mm-dd\\Thh:mm:ss', 45_357 - 1 / 86_400, '2024-03-05T23:59:59'],
  ['m/d/yy h:mm AM/PM', 45356.25, '2024-03-05T06:00:00'],
  ['dd/mm/yyyy', 61, '1900-03-01'],
  ['dd/mm/yyyy', 60, '? format'],
  ['dd/mm/yyyy', 0, '? format'],
  ['dd/mm/yyyy', -1, '? format'],
  ['dd/mm/yyyy', 2_958_465, '9999-12-31'],
  ['dd/mm/yyyy', 2_958_466, '? format'],
  // Parts of dates, other calendars, times alone.
  [16, 45356, '? format'],
  [17, 45356, '? format'],
  [18, 0.5, '? format'],
  [20, 45356.5, '? format'],
  [27, 45356, '? format'],
  [46, 1.5, '? format'],
  ['mmm yyyy', 45356, '? format'],
  ['dddd', 45356, '? format'],
  ['dddd mm yyyy', 45356, '? format'],
  ['[h]:mm', 1.5, '? format'],
  ['yyyy-dd hh:mm', 45356, '? format'],
  ['mm:ss yyyy dd', 45356, '? format'],
  ['ss.000', 45356, '? format'],
  ['[$-107041E]d/m/yyyy', 45356, '? format'],
  ['d/m/bbbb', 45356, '? format'],
  ['[$-411]ge.m.d', 45356, '? format'],
  ['dd/mm/yyyy 0', 45356, '? format'],
])('%j shows %d as %s', (code, number, text) => {
  expect(shown(code, number)).toBe(text);
});

it('days may be counted from 1904', () => {
  expect(shown('yyyy-mm-dd', 0, true)).toBe('1904-01-01');
  expect(shown('yyyy-mm-dd', 43_894, true)).toBe('2024-03-05');
  expect(shown('yyyy-mm-dd', -1, true)).toBe('? format');
});

it('zeros in front are what padding gives', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999), fc.integer({ min: 1, max: 12 }), (number, places) => {
      expect(shown('0'.repeat(places), number)).toBe(String(number).padStart(places, '0'));
    }),
    randomCases(200, 20_000),
  );
});

it('any code gives a text or a doubt, soon', () => {
  const piece = fc.constantFrom(
    '0',
    '#',
    ';',
    '"',
    '\\',
    '[',
    ']',
    'y',
    'm',
    'd',
    'h',
    's',
    'General',
    '@',
    '.',
    ',',
    '[Red]',
    '_',
    '*',
    'E+',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.double({ noNaN: true }), (pieces, number) => {
      expect(typeof shown(pieces.join(''), number)).toBe('string');
    }),
    randomCases(300, 50_000),
  );
  expect(shown('0"'.repeat(50_000), 5)).toMatch(/^/);
});
