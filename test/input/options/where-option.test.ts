import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import type { ColumnName } from '../../../src/input/columns/column-names.js';
import { type Condition, conditionColumn, parseWhere } from '../../../src/input/options/where-option.js';

const conditionOf = (entry: string): Condition => {
  const [condition] = parseWhere([entry]);
  if (condition === undefined) throw new Error('no condition');
  return condition;
};

it('no value is no condition, and each value is one', () => {
  expect(parseWhere()).toEqual([]);
  expect(parseWhere([])).toEqual([]);
  expect(parseWhere(['a=1', 'b=/2/']).map(({ column }) => column)).toEqual(['a', 'b']);
});

describe('a value', () => {
  it.each<[string, string, boolean]>([
    ['a=Sales', 'Sales', true],
    ['a=Sales', ' Sales\t', true],
    ['a= Sales ', 'Sales', true],
    ['a=Sales', 'sales', false],
    ['a=Sales', 'Sales East', false],
    ['a=', '', true],
    ['a=', ' ', true],
    ['a=', 'x', false],
    ['a=b=c', 'b=c', true],
    ['a=b=c', 'c', false],
    ['a=Zo\u00eb', 'Zoe\u0308', true],
    ['a=Zoe\u0308', 'Zo\u00eb', true],
    ['a=/', '/', true],
    ['a=//', '//', true],
    ['a=/x', '/x', true],
    ['a=x/y/', 'x/y/', true],
    ['a=x/y/', 'y', false],
    ['a=/x/I', '/x/I', true],
    ['a=/x/1', '/x/1', true],
    ['a=/x/i and more', '/x/i and more', true],
  ])('%j holds for %j: %s', (entry, text, holds) => {
    expect(conditionOf(entry).holds(text)).toBe(holds);
    expect(conditionOf(entry).reason).toBe('`where`: a has another value');
  });
});

describe('a pattern', () => {
  it.each<[string, string, boolean]>([
    ['a=/ale/', 'Sales', true],
    ['a=/^ale/', 'Sales', false],
    ['a= /ale/ ', 'Sales', true],
    ['a=/ale$/', ' sale ', true],
    ['a=/^sale/', ' sale ', true],
    ['a=/SALE/', 'sale', false],
    ['a=/SALE/i', 'sale', true],
    ['a=/^b/', 'a\nb', false],
    ['a=/a.b/', 'a\nb', false],
    ['a=/a.b/s', 'a\nb', true],
    ['a=/^.$/', '\u{1F600}', true],
    ['a=/^.$/u', '\u{1F600}', true],
    ['a=/^.$/', 'e\u0301', true],
    ['a=/\\p{Lu}/', 'Zo', true],
    ['a=/\\p{Lu}/u', 'zo', false],
    ['a=/x/y/', 'x/y', true],
    ['a=/x/y/', 'x', false],
    ['a=/^$/', '', true],
    ['a=/^$/', 'x', false],
  ])('%j holds for %j: %s', (entry, text, holds) => {
    expect(conditionOf(entry).holds(text)).toBe(holds);
    expect(conditionOf(entry).reason).toBe('`where`: a does not match');
  });

  it.each(['a=/x/', 'a=/x/g', 'a=/x/gi'])('%s holds each time it is asked', (entry) => {
    const { holds } = conditionOf(entry);
    expect([holds('-x'), holds('x'), holds('-'), holds('x')]).toEqual([true, true, false, true]);
  });
});

describe('the name', () => {
  it.each([
    ['a=1', 'a'],
    [' First Name =1', 'First Name'],
    ['a =/1/', 'a'],
  ])('of %j is %j', (entry, column) => {
    expect(conditionOf(entry).column).toBe(column);
  });

  it('is shown without what would spoil a terminal', () => {
    expect(conditionOf('a\u001b[31m=1').reason).toBe('`where`: a [31m has another value');
    expect(conditionOf('a\u001b[31m=/1/').reason).toBe('`where`: a [31m does not match');
  });

  it.each(['nonsense', '', '=x', ' =x'])('cannot be missing: %j', (entry) => {
    const parse = () => parseWhere([entry]);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(
      expect.objectContaining({
        message: '`where` takes FIELD=VALUE or FIELD=/regex/',
        hint: 'Give `where` "Department=Sales" or `where` "Department=/^sales/i".',
      }),
    );
  });
});

it.each(['a=/(/', 'a=/x/qq', 'a=/x/m', 'a=/[/'])('a pattern that cannot be used is refused: %s', (entry) => {
  const parse = () => parseWhere([entry]);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(/^`where` "a": the regular expression cannot be used: ./);
  expect(parse).toThrow(
    expect.objectContaining({
      hint: 'Write it in another way, or add a column to the file that says which rows are meant.',
    }),
  );
});

describe('the column of a condition', () => {
  const columns: (ColumnName | undefined)[] = ['userId', undefined, 'firstName', undefined];
  const names = ['userId', 'Dept', 'Vorname', 'dept'];
  it.each([
    ['Dept', 1],
    ['dept', 3],
    ['DEPT', 1],
    ['Vorname', 2],
    ['firstName', 2],
    ['First Name', 2],
    ['userId', 0],
    ['lastName', -1],
    ['salary', -1],
  ])('%s is %i', (column, index) => {
    expect(conditionColumn({ ...conditionOf('a=1'), column }, names, columns)).toBe(index);
  });
});
