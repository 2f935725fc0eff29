import { describe, expect, it } from 'vitest';
import { networkIdFault, userIdFault } from '../../../src/input/fields/ids.js';
import { csv, jsonl, NETWORK, problems, read } from '../samples.js';

const SCIENTIFIC =
  /^is a number in scientific notation: the spreadsheet has lost digits; format the column as text/;
const DECIMALS = /^is a number with decimals: a spreadsheet or a script took the ID for a number; format/;
const THOUSANDS = /^is a number with thousands separators: a spreadsheet took the ID for a number; format/;

describe("what a spreadsheet has made of an ID is refused with the spreadsheet's doing as the reason", () => {
  it.each([
    ['1.23457E+11', SCIENTIFIC],
    ['1,23457E+11', SCIENTIFIC],
    ['1E+07', SCIENTIFIC],
    ['1.e7', SCIENTIFIC],
    ['-1,5e-9', SCIENTIFIC],
    ['12345678.0', DECIMALS],
    ['12345678,00', DECIMALS],
    ['12,345,678', THOUSANDS],
    ['12.345.678', THOUSANDS],
    ["12'345'678", THOUSANDS],
    ['12\u00a0345\u202f678', THOUSANDS],
  ])('%s', (value, reason) => {
    expect(userIdFault(value)).toMatch(reason);
    expect(networkIdFault(value)).toMatch(reason);
    expect(problems(read(csv, `userId,firstName\n"${value}",A\n`)).join()).toContain(userIdFault(value));
    const line = JSON.stringify({ userId: value, firstName: 'A' });
    expect(problems(read(jsonl, line)).join()).toContain(userIdFault(value));
  });

  it.each(['1.23457E+11', '12345678', '1e7', '-0', '12345678.5', '123456789012345678901234567890'])(
    'the JSON number %s',
    (number) => {
      for (const key of ['userId', 'networkId']) {
        const other = key === 'userId' ? `"networkId":"${NETWORK}"` : '"userId":"7"';
        expect(problems(read(jsonl, `{${other},"${key}":${number},"firstName":"A"}`))).toEqual([
          `1 ${key}: is a number, takes a text in quotes, because a leading zero counts`,
        ]);
      }
    },
  );

  it('a network without its leading zero', () => {
    expect(networkIdFault('1234567')).toBe(
      'has 7 digits, needs 8: was a leading zero lost in a spreadsheet?',
    );
    expect(networkIdFault('123456')).toBe('has 6 digits, needs 8');
    expect(problems(read(csv, 'networkId,userId,firstName\n1234567,7,A\n', {}))).toEqual([
      '2 networkId: has 7 digits, needs 8: was a leading zero lost in a spreadsheet?',
    ]);
  });
});

it('what no spreadsheet has damaged is not called so', () => {
  expect(userIdFault('1.2.3')).toBe(
    'has 5 characters, with a character that is not a digit from 0 to 9; takes 1 to 10 digits',
  );
  expect(userIdFault('12 34')).toContain('with white space');
  expect(userIdFault('0012345678')).toBeUndefined();
  expect(networkIdFault('01234567')).toBeUndefined();
});

it.each([
  [
    '1000045\u200b',
    'has a character that is not seen, U+200B (zero-width space) at character 8: take it out',
  ],
  ['10\u200d45', 'has a character that is not seen, U+200D (zero-width joiner) at character 3: take it out'],
  [
    '\u202a1000045',
    'has a character that is not seen, U+202A (left-to-right embedding) at character 1: take it out',
  ],
  ['="1000045"', 'has the form ="…", a spreadsheet\'s trick: give the digits alone'],
  ['=1000045', 'has the form ="…", a spreadsheet\'s trick: give the digits alone'],
  ["'1000045", "has an apostrophe before it, a spreadsheet's sign for text: give the digits alone"],
  ['“1000045”', 'has quotes around it that are no quotes of CSV: give the digits alone'],
  ["'1000045'", 'has quotes around it that are no quotes of CSV: give the digits alone'],
])('what stands at which place of an ID is said: %j', (value, reason) => {
  expect(userIdFault(value)).toBe(reason);
  expect(networkIdFault(value)).toBe(reason);
});
