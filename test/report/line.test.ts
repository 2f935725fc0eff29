import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/model.js';
import {
  columns,
  csvLine,
  delimiterOf,
  formatLines,
  heading,
  isFormula,
  parseLine,
  plainStyle,
  type ReportFormat,
  reportDelimiters,
} from '../../src/report/line.js';
import { randomCases } from '../length.js';
import { anyOutcome } from './any-outcome.js';

const failed = (message: string) =>
  ({
    ...{ row: 1, line: 2, userId: '1', status: 'failed', attempts: 1, throttled: 0, changed: ['firstName'] },
    ...{ errorCode: 'ValidationError', errorFields: ['username'], httpStatus: 422, requestId: 'r-1' },
    ...{ startedAt: 1000, finishedAt: 2000, message },
  }) as Outcome;

it.each(['x;=1+1', 'x\t=1+1', 'x; @SUM(A1)', 'x|+1', '\t=1', ';-1', 'x;\u{FF1D}1'])(
  'a message has no formula, by whatever its reader parts cells: %j',
  (message) => {
    const line = formatLines([failed(message)], 'csv');
    for (const cell of line.split(/[,;\t|]/)) expect(cell.trim()).not.toMatch(/^"?[=+@\u{FF1D}-]/u);
    expect(parseLine(line.trimEnd(), 'csv')?.message).toBe(message);
  },
);

it('a message is read back as it was, whatever formulas and apostrophes it has', () => {
  const message = fc.string({ unit: fc.constantFrom(...";|\t '=+-@x"), minLength: 1 });
  fc.assert(
    fc.property(message, (text) => {
      const line = formatLines([failed(text)], 'csv');
      expect(parseLine(line.slice(0, -1), 'csv')?.message).toBe(text);
    }),
    randomCases(300, 5000),
  );
});

it('other values are a line of CSV too, the texts that are formulas with an apostrophe', () => {
  expect(csvLine(['department', '=1+1', -3, 7])).toBe("department,'=1+1,-3,7\n");
  expect(csvLine(['a,b', 'say "so"', 1])).toBe('"a,b","say ""so""",1\n');
});

const formats = ['csv', 'jsonl'] as const;
const lineOf = (outcome: Partial<Outcome>, format: ReportFormat = 'csv') =>
  formatLines([{ ...failed('no'), ...outcome } as Outcome], format);

describe.each(formats)('a line of %s', (format) => {
  it('is read back as what was written', () => {
    fc.assert(
      fc.property(anyOutcome, (outcome) => {
        const line = formatLines([outcome], format);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(parseLine(line.slice(0, -1), format)).toEqual(outcome);
      }),
      randomCases(200, 5000),
    );
  });

  it('stands for each outcome, in their order', () => {
    const two = [failed('a'), failed('b')];
    expect(formatLines(two, format)).toBe(two.map((each) => formatLines([each], format)).join(''));
    expect(formatLines([], format)).toBe('');
  });

  it('has the wording of a message that names options, and no other', () => {
    const word = (text: string) => `${text}!`;
    const messages = ['see `maxAge`', 'see maxAge', ''].map((message) =>
      formatLines([failed(message)], format, word).trimEnd(),
    );
    expect(messages.map((line) => parseLine(line, format)?.message)).toEqual([
      'see `maxAge`!',
      'see maxAge',
      undefined,
    ]);
    expect(parseLine(lineOf({ message: 'see `a`' }, format).trimEnd(), format)?.message).toBe('see `a`');
  });
});

it('only CSV has a heading', () => {
  expect(heading('jsonl')).toBe('');
  expect(heading('csv')).toBe(
    'row,line,userId,status,httpStatus,errorCode,errorField,message,attempts,throttled,requestId,startedAt,finishedAt,changed,temporaryName\n',
  );
});

describe('a cell of CSV', () => {
  const texts = ['userId', 'errorCode', 'errorFields', 'message', 'requestId'] as const;

  it.each(texts)('%s can have what CSV has to quote', (name) => {
    for (const text of ['a,b', 'a"b', 'a\rb']) {
      const line = lineOf({ [name]: name === 'errorFields' ? [text] : text });
      expect(line).toContain(`"${text.replace('"', '""')}"`);
      expect(parseLine(line.slice(0, -1), 'csv')).toEqual({
        ...failed('no'),
        [name]: name === 'errorFields' ? [text] : text,
      });
    }
  });

  it.each(texts)('%s is no formula', (name) => {
    for (const text of ['=1', "'=1", "''-1"]) {
      const line = lineOf({ [name]: name === 'errorFields' ? [text] : text });
      expect(line).toContain(`,'${text},`);
    }
    expect(lineOf({ [name]: name === 'errorFields' ? ["'a"] : "'a" })).toContain(",'a,");
  });

  it('is one line', () => {
    expect(lineOf({ message: 'a\nb\nc', userId: undefined })).toBe(
      '1,2,,failed,422,ValidationError,username,a b c,1,0,r-1,1970-01-01T00:00:01.000Z,1970-01-01T00:00:02.000Z,firstName,\n',
    );
  });

  it('is empty for what a row that was not sent does not have', () => {
    const unsent = { attempts: 0, changed: [], httpStatus: undefined, requestId: undefined } as const;
    const line = lineOf({ ...unsent, startedAt: undefined, finishedAt: undefined } as Partial<Outcome>);
    expect(line).toBe('1,2,1,failed,,ValidationError,username,no,0,0,,,,,\n');
  });

  it('that lists several has semicolons between them', () => {
    const line = lineOf({ errorFields: ['a', 'b'], changed: ['firstName', 'username'], temporaryName: true });
    expect(line).toBe(
      '1,2,1,failed,422,ValidationError,a;b,no,1,0,r-1,1970-01-01T00:00:01.000Z,1970-01-01T00:00:02.000Z,firstName;username,true\n',
    );
  });

  it.each([
    ['=1', "'=1"],
    ["'=1", "''=1"],
    ['a =1', 'a =1'],
    ['a=1', 'a=1'],
    ['a;=1', "a;'=1"],
    ['a;  +1', "a;  '+1"],
    ["a|'-1", "a|''-1"],
    ['a\t@x', "a\t'@x"],
    ['a; b', 'a; b'],
    ["it's", "it's"],
    ["'quoted'", "'quoted'"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['\uFF1Dx', "'\uFF1Dx"],
    ['\uFF0Bx', "'\uFF0Bx"],
    ['\uFF0Dx', "'\uFF0Dx"],
    ['\uFF20x', "'\uFF20x"],
    ['a;\uFF0Bx', "a;'\uFF0Bx"],
  ])('%j is written as %j', (text, cell) => {
    const line = lineOf({ message: text });
    expect(line.replaceAll('"', '')).toContain(`,${cell},1,0,`);
    expect(parseLine(line.slice(0, -1), 'csv')?.message).toBe(text);
  });

  it.each([
    ...['=', '+', '-', '@', '\t', '\r', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'].map((sign) => [
      `${sign}1`,
      true,
    ]),
    ...['', '1', 'a=1', "'=1", ' =1', 'a\n=1'].map((text) => [text, false]),
  ] as [string, boolean][])('%j is a formula: %s', (text, is) => {
    expect(isFormula(text)).toBe(is);
  });
});

describe('what no run has written', () => {
  const whole: Record<string, unknown> = {
    ...{ row: 1, line: 2, userId: '1', status: 'failed', httpStatus: 422, errorCode: 'ValidationError' },
    ...{ errorField: 'username', message: 'no', attempts: 1, throttled: 0, requestId: 'r-1' },
    ...{
      startedAt: '1970-01-01T00:00:01.000Z',
      finishedAt: '1970-01-01T00:00:02.000Z',
      changed: 'firstName',
    },
    temporaryName: null,
  };
  const csv = (values: Record<string, unknown>) =>
    Object.keys(whole)
      .map((name) => values[name] ?? '')
      .join(',');

  it('is told from what one has', () => {
    expect(JSON.parse(lineOf({}, 'jsonl'))).toEqual(whole);
    expect(parseLine(csv(whole), 'csv')).toEqual(failed('no'));
    expect(parseLine(JSON.stringify(whole), 'jsonl')).toEqual(failed('no'));
  });

  it.each<[string, Record<string, unknown>]>([
    ['an unknown status', { status: 'done' }],
    ['a status that every object has', { status: 'constructor' }],
    ['no status', { status: '' }],
    ['no row', { row: '' }],
    ['row 0', { row: 0 }],
    ['a row below 0', { row: -1 }],
    ['half a row', { row: 1.5 }],
    ['a row that is no number', { row: 'one' }],
    ['a row beyond all numbers', { row: 2 ** 53 }],
    ['a line below 0', { line: -1 }],
    ['a status below 0', { httpStatus: -1 }],
    ['attempts that are no number', { attempts: 'x' }],
    ['throttles that are no number', { throttled: 'x' }],
    ['an updated row that was not sent', { status: 'updated', attempts: 0 }],
    ['a mismatch that was not sent', { status: 'mismatch', attempts: 0 }],
    ['a skipped row that was sent', { status: 'skipped' }],
    ['an invalid row that was sent', { status: 'invalid' }],
    ['a start that is no time', { startedAt: 'then' }],
    ['an end that is no time', { finishedAt: '' }],
    ['a temporary name', { temporaryName: 'zoe.tmp1' }],
    ['a temporary name that is none', { temporaryName: false }],
  ])('%s', (_, values) => {
    expect(parseLine(csv({ ...whole, ...values }), 'csv')).toBeUndefined();
    expect(parseLine(JSON.stringify({ ...whole, ...values }), 'jsonl')).toBeUndefined();
  });

  it.each([
    '',
    'row',
    csv(whole).replace(/,$/, ''),
    `${csv(whole)},`,
    `${csv(whole)},true`,
    `${csv(whole)}\r"x"`,
    `"${csv(whole)}`,
    '""',
  ])('other cells: %s', (line) => {
    expect(parseLine(line, 'csv')).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '5', '"failed"', '{}'])('other JSON: %s', (line) => {
    expect(parseLine(line, 'jsonl')).toBeUndefined();
  });
});

it('a formula that somebody has written into the report is not cut', () => {
  const line = lineOf({ message: 'no' }).trimEnd();
  expect(parseLine(line.replace(',no,', ',=1;=2,'), 'csv')?.message).toBe('=1;=2');
});

it('JSON has nothing for a row that met no error', () => {
  const none = {
    errorFields: undefined,
    errorCode: undefined,
    message: undefined,
    requestId: undefined,
  } as const;
  const line = lineOf({ ...none, userId: undefined } as Partial<Outcome>, 'jsonl');
  expect(JSON.parse(line)).toMatchObject({
    errorField: '',
    errorCode: '',
    message: '',
    requestId: '',
    userId: '',
  });
});

describe('what is not known', () => {
  const unsent = { attempts: 0, startedAt: undefined, finishedAt: undefined, changed: [] } as const;
  it.each<[string, Partial<Outcome>]>([
    ['of a row that was not sent', { ...unsent, httpStatus: undefined, requestId: undefined }],
    ['of a row that the run has stopped', { ...unsent, status: 'unprocessed', errorCode: undefined }],
    ['of an error without a name', { errorCode: '' }],
    ['of an error without fields', { errorFields: [] }],
    ['of an error without words', { message: undefined }],
    ['of a row that could not be read', { line: undefined, userId: undefined }],
    ['of a row without an answer', { httpStatus: undefined, requestId: undefined }],
  ] as [string, Partial<Outcome>][])('%s is undefined again', (_, outcome) => {
    const written = { ...failed('no'), ...outcome };
    for (const format of formats)
      expect(parseLine(lineOf(outcome, format).slice(0, -1), format)).toEqual(written);
  });

  it('of a row without an error is not read from its cells', () => {
    const said = { errorCode: 'x', errorFields: ['y'] } as Partial<Outcome>;
    const line = lineOf({ status: 'updated', ...said } as Partial<Outcome>);
    expect(parseLine(line.slice(0, -1), 'csv')).toMatchObject({
      errorCode: undefined,
      errorFields: undefined,
    });
  });

  it('of a row that was not sent has no times, whatever its cells say', () => {
    const line = lineOf({ attempts: 0, startedAt: 1, finishedAt: 2 } as Partial<Outcome>);
    expect(parseLine(line.slice(0, -1), 'csv')).toMatchObject({
      startedAt: undefined,
      finishedAt: undefined,
    });
  });
});

describe.each(reportDelimiters)('a report with %j between its cells', (delimiter) => {
  const styles = [true, false].map((bool) => ({ delimiter, bom: bool, idsAsText: bool }));

  it('is read back as what was written', () => {
    fc.assert(
      fc.property(anyOutcome, fc.constantFrom(...styles), (outcome, style) => {
        const line = formatLines([outcome], 'csv', undefined, style);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(parseLine(line.slice(0, -1), 'csv', delimiter)).toEqual(outcome);
      }),
      randomCases(100, 2000),
    );
  });

  it('quotes what has that sign, and nothing else', () => {
    const style = { ...plainStyle, delimiter };
    const line = (outcome: Partial<Outcome>) =>
      formatLines([{ ...failed('no'), ...outcome } as Outcome], 'csv', undefined, style);
    expect(line({})).not.toContain('"');
    const others = reportDelimiters.filter((other) => other !== delimiter && other !== ';');
    expect(line({ message: `a${others.join('b')}c` })).not.toContain('"');
    for (const name of ['message', 'errorCode', 'requestId', 'userId'] as const)
      for (const sign of [delimiter, '"', '\r']) expect(line({ [name]: `a${sign}b` })).toContain('"a');
    const two = line({ changed: ['firstName', 'lastName'] });
    expect(two.includes('"firstName;lastName"')).toBe(delimiter === ';');
  });

  it('is known by its first line', () => {
    for (const { bom } of styles) {
      const head = heading('csv', { ...plainStyle, delimiter, bom });
      expect(head).toBe(`${bom ? '\uFEFF' : ''}${columns.join(delimiter)}\n`);
      expect(delimiterOf(head.trimEnd())).toBe(delimiter);
      expect(delimiterOf(`x${head.trimEnd()}`)).toBeUndefined();
    }
    expect(heading('jsonl', { ...plainStyle, delimiter, bom: true })).toBe('');
    expect(formatLines([failed('no')], 'jsonl', undefined, { ...plainStyle, delimiter })).toMatch(/^\{/);
  });
});

it.each([
  ['0', false],
  ['01', true],
  ['10000001', false],
  ['123456789012345', false],
  ['1234567890123456', true],
  ['0a', false],
  ['a01', false],
])('a user ID that a spreadsheet would change is text, if it is to be: %s', (userId, isText) => {
  const line = formatLines([{ ...failed('no'), userId } as Outcome], 'csv', undefined, {
    ...plainStyle,
    idsAsText: true,
  });
  expect(line.split(',')[2]).toBe(isText ? `"=""${userId}"""` : userId);
  expect(parseLine(line.trimEnd(), 'csv')?.userId).toBe(userId);
  const plain = formatLines([{ ...failed('no'), userId } as Outcome], 'csv');
  expect(plain.split(',')[2]).toBe(userId);
});

it('what only looks like such an ID is no text', () => {
  for (const message of ['="0123"', 'x="0123"', '="0123"x', '=""'])
    expect(parseLine(formatLines([failed(message)], 'csv').trimEnd(), 'csv')?.message).toBe(message);
  const raw = formatLines([failed('x')], 'csv')
    .trimEnd()
    .split(',');
  const read = (cell: string) =>
    parseLine([...raw.slice(0, 7), cell, ...raw.slice(8)].join(','), 'csv')?.message;
  expect(read('"x=""01"""')).toBe('x="01"');
  expect(read('"=""01""x"')).toBe('="01"x');
});
