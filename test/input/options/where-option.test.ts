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
    ['a="/"', '/', true],
    ['a="/x/"', '/x/', true],
    ['a="=5"', '=5', true],
    ['a=" b "', 'b', true],
    ['a="say ""b"""', 'say "b"', true],
    ['a="(b)"', '(b)', true],
    ['a=""', '', true],
    ['a=b (c)', 'b (c)', true],
    ['a=R&D and more', 'R&D and more', true],
    ['a=+49 1', '+49 1', true],
    ['a=x/y/', 'x/y/', true],
    ['a=x/y/', 'y', false],
  ])('%j holds for %j: %s', (entry, text, holds) => {
    expect(conditionOf(entry).holds(text)).toBe(holds);
    expect(conditionOf(entry).reason).toBe('`where`: a has another value');
  });
});

describe('a list', () => {
  it.each<[string, string, boolean]>([
    ['a=(Sales)', 'Sales', true],
    ['a=(Sales, IT)', ' IT ', true],
    ['a=( Sales East ,IT )', 'Sales East', true],
    ['a=(Sales,IT)', 'HR', false],
    ['a=(Sales,IT)', 'Sales,IT', false],
    ['a=("Sales, East", "say ""x""", IT)', 'Sales, East', true],
    ['a=("Sales, East", "say ""x""", IT)', 'say "x"', true],
    ['a=(Sales, "")', '', true],
    ['a=(Zo\u00eb,x)', 'Zoe\u0308', true],
  ])('%j holds for %j: %s', (entry, text, holds) => {
    expect(conditionOf(entry).holds(text)).toBe(holds);
    expect(conditionOf(entry.replace('=', '!=')).holds(text)).toBe(!holds);
  });
});

describe('!= is the contrary of =', () => {
  it.each<[string, string, boolean, string]>([
    ['a!=Sales', 'Sales', false, 'has the value'],
    ['a!=Sales', 'IT', true, 'has the value'],
    ['a !=Sales', '', true, 'has the value'],
    ['a!=', '', false, 'has the value'],
    ['a!=/^s/i', 'Sales', false, 'matches'],
    ['a!=/^s/i', 'IT', true, 'matches'],
    ['a!=(Sales, IT)', 'IT', false, 'has one of the values'],
    ['"a"!="Sales"', 'Sales', false, 'has the value'],
  ])('%j holds for %j: %s', (entry, text, holds, reason) => {
    expect(conditionOf(entry).column).toBe('a');
    expect(conditionOf(entry).holds(text)).toBe(holds);
    expect(conditionOf(entry).reason).toBe(`\`where\`: a ${reason}`);
  });
});

describe('what looks like an operator and is none is refused', () => {
  it.each([
    ...['a==Sales', 'a=~Sales', 'a=!Sales', 'a=>5', 'a=<5', 'a<=5', 'a>=5', 'a~=S', 'a^=S', 'a$=S', 'a*=S'],
    ...['a:=S', 'a!==S', 'a!!=S', '!a=S', '~a=S', '-a=S', 'a<>=S', 'a≠=S', 'a=≠S', '^a=S', 'a+=S', 'a-=S'],
    ...[
      'a&=S',
      'a|=S',
      'a=/x',
      'a=//',
      'a=/',
      'a=/x/I',
      'a=/x/1',
      'a=/x/i and more',
      'a!=/x',
      'a=(x',
      'a=()',
    ],
    ...['a=(x,)', 'a=(x)y', 'a=(x) and (y)', 'a=(x (y))', 'a=(=x)', "a='x'", 'a="x', 'a="x" y', 'a="x"y"'],
    ...['a=x && b=y', 'a=x || b=y', 'a=x and b=y', 'a=x AND b!=y', 'a=x or b=y', 'a=x,b=y', 'a=x, b!=y'],
  ])('%s', (entry) => {
    const parse = () => parseWhere([entry]);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^`where` "[^"]{1,3}" (has|begins|looks)/);
    expect(parse).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('put that into double quotes') }),
    );
  });

  it.each([
    'a~Sales',
    'a<>Sales',
    'a>5',
    'a: Sales',
    'a in (x, y)',
    "a like 'S%'",
    'a is null',
    'a＝x',
    'a ≠ x',
  ])('%s, which has no sign =', (entry) => {
    expect(() => parseWhere([entry])).toThrow(/^`where` takes COLUMN=VALUE/);
  });

  it.each([
    ['"Cost *"=5', 'Cost *', '5'],
    ['"a=b"="=5"', 'a=b', '=5'],
    ['"say ""x"""!=5', 'say "x"', '6'],
    ['  " a="  =5', 'a=', '5'],
    ['Active?=yes', 'Active?', 'yes'],
    ['Cost %=5', 'Cost %', '5'],
    ['Größe (cm)=5', 'Größe (cm)', '5'],
  ])('but a name in quotes may have any sign: %s', (entry, column, text) => {
    expect(conditionOf(entry)).toMatchObject({ column });
    expect(conditionOf(entry).holds(text)).toBe(true);
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

  it.each(['nonsense', '', '=x', ' =x', '!=x', '""=x', '"a"', '"a" b=x', '"a"b"c"=x'])(
    'cannot be missing: %j',
    (entry) => {
      const parse = () => parseWhere([entry]);
      expect(parse).toThrow(UsageError);
      expect(parse).toThrow(
        expect.objectContaining({
          message: '`where` takes COLUMN=VALUE, COLUMN=(VALUE, VALUE) or COLUMN=/regex/, each also with !=',
          hint: 'Give `where` "Department=Sales" or `where` "Department=/^sales/i".',
        }),
      );
    },
  );
});

it.each<[string, string, string]>([
  ['a-b=1', 'a-b', '1'],
  ['a&b=1', 'a&b', '1'],
  ["a=it's", 'a', "it's"],
  ["a='t was x", 'a', "'t was x"],
  ["a=x 'y'", 'a', "x 'y'"],
])('a sign within a name or a value is a part of it: %s', (entry, column, text) => {
  expect(conditionOf(entry).column).toBe(column);
  expect(conditionOf(entry).holds(text)).toBe(true);
});

it('a value in single quotes is refused however long it is', () => {
  expect(() => parseWhere(["a='Sales East'"])).toThrow('has a value in single quotes');
  expect(conditionOf("a='x' and so on").holds("'x' and so on")).toBe(true);
});

it('a pattern that cannot be used says why, and keeps its cause', () => {
  const cause = expect.objectContaining({ message: expect.stringContaining('JavaScript') });
  expect(() => parseWhere(['a=/(/'])).toThrow(expect.objectContaining({ cause }));
});

it('a row that is not in a list has another value', () => {
  expect(conditionOf('a=(x,y)').reason).toBe('`where`: a has another value');
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
  const columns: (ColumnName | undefined)[] = [
    'userId',
    undefined,
    'firstName',
    ...[undefined, undefined, undefined],
  ];
  const names = ['userId', 'Dept', 'Vorname', 'dept', 'Pr\u00e9nom', 'name'];
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
    ['Pre\u0301nom', 4],
    ['PRÉNOM', 4],
    ['Ｎａｍｅ', 5],
  ])('%s is %i', (column, index) => {
    expect(conditionColumn({ column }, names, columns)).toBe(index);
  });
});
