import { expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { delimiterOf, formatOf, formatOfStdin } from '../../../src/input/source/format.js';

it.each([
  ['users.csv', 'csv'],
  ['a.b/USERS.CSV', 'csv'],
  ['users.tsv', 'csv'],
  ['users.jsonl', 'jsonl'],
  ['users.NdJson', 'jsonl'],
  ['users.json', 'json'],
  ['users.csv.gz', 'csv'],
  ['users.JSON.GZ', 'json'],
  ['users.XLSX', 'xlsx'],
  ['users.xlsm', 'xlsx'],
])('%s is %s', (path, format) => {
  expect(formatOf(path, {})).toBe(format);
});

it.each([
  ['users.XLS', '.xlsx or as "CSV UTF-8"'],
  ['users.xlsb', '.xlsx or as "CSV UTF-8"'],
  ['users.ods', '.xlsx or as "CSV UTF-8"'],
  ['users.numbers', 'Export it as Excel'],
  ['users.zip', 'Unpack'],
  ['users.txt', '`format`'],
  ['users', '`format`'],
  ['.csv', '`format`'],
])('%s is refused with a hint at %s', (path, hint) => {
  try {
    formatOf(path, {});
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toContain(hint);
  }
});

it('lets the option overrule the name', () => {
  expect(formatOf('users.txt', { format: 'jsonl' })).toBe('jsonl');
  expect(formatOf('users.csv', { format: 'jsonl' })).toBe('jsonl');
});

it('cannot tell the format of standard input without the option', () => {
  expect(() => formatOfStdin({})).toThrow(UsageError);
  expect(formatOfStdin({ format: 'csv' })).toBe('csv');
});

it('knows the delimiter of .tsv alone', () => {
  expect([delimiterOf('a.TSV'), delimiterOf('a.csv'), delimiterOf('a')]).toEqual([
    '\t',
    undefined,
    undefined,
  ]);
});
