import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { bestDelimiter } from '../../src/input/opening.js';
import { RowReader } from '../../src/input/reader.js';
import { commands, csv, jsonl, NETWORK, read } from './samples.js';

describe('the delimiter', () => {
  it.each([
    ['userId,firstName', ','],
    ['userId;firstName', ';'],
    ['userId\tfirstName', '\t'],
    ['"user,Id";firstName', ';'],
    ['"user;Id","first;Name"', ','],
    ['userId;firstName;"a,b,c,d"', ';'],
    ['userId;first,,,,Name;lastName', ';'],
    ['userId', ','],
    ['"userId', ','],
    ['a;b;c', ';'],
    ['', ','],
  ])('of %j is %j', (header, delimiter) => {
    expect(bestDelimiter(Buffer.from(`${header}\n`))).toBe(delimiter);
  });

  it.each([
    ['the file name', '\t', {}, 'userId\tfirstName\n1\tA,B;C\n'],
    ['an option', undefined, { delimiter: '|' }, 'userId|firstName\n1|A,B;C\n'],
    ['an option against the file name', '\t', { delimiter: ';' }, 'userId;firstName\n1;"A,B;C"\n'],
    ['the option tab', undefined, { delimiter: 'tab' }, 'userId\tfirstName\n1\tA,B;C\n'],
    ['the option \\t', undefined, { delimiter: '\\t' }, 'userId\tfirstName\n1\tA,B;C\n'],
  ])('is told by %s', (_, byName, options, input) => {
    const kind = byName === undefined ? csv : ({ format: 'csv', delimiter: byName } as const);
    const [command] = commands(read(kind, input, { networkId: NETWORK, ...options }));
    expect(command?.details.firstName).toBe('A,B;C');
  });

  it.each(['', 'a', '1', '"', '\n', ',,', ' ', 'é', '\0'])('cannot be %j', (delimiter) => {
    expect(() => read(csv, '', { delimiter })).toThrow(UsageError);
  });
});

describe('the first bytes', () => {
  const header = 'userId,firstName\n1,Ann\n';

  it.each([
    ['no mark', header],
    ['a byte order mark', `\ufeff${header}`],
    ['blank lines first', `\ufeff\r\n \t \n${header}`],
    ['a quoted header', '"userId","first\nName"\r\n1,Ann'],
    ['a quoted header with another delimiter', '"first\nName";userId\nAnn;1'],
    ['blank lines before it', '\r\n \nuserId;"first,,,Name"\n1;Ann'],
    ['CR alone', header.replaceAll('\n', '\r')],
  ])('are read: %s', (_, input) => {
    for (const chunk of [1, 2, 3, 99]) {
      const reading = read(csv, input, { networkId: NETWORK }, chunk);
      expect(commands(reading)).toEqual([{ networkId: NETWORK, userId: '1', details: { firstName: 'Ann' } }]);
    }
  });

  it('take a byte order mark of JSONL away', () => {
    const reading = read(jsonl, '\ufeff{"userId":"1","firstName":"Ann"}');
    expect(commands(reading)).toHaveLength(1);
    expect(reading.rows[0]).toMatchObject({ start: 3, line: 1 });
  });

  it.each([csv, jsonl])('refuse UTF-16 with a mark ($format)', (kind) => {
    const little = Buffer.from(`\ufeff${header}`, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      for (const chunk of [1, 99]) {
        const { damage } = read(kind, bytes, { networkId: NETWORK }, chunk);
        expect(damage?.message).toBe('line 1: the file is in UTF-16, not in UTF-8');
        expect(damage?.hint).toContain('CSV UTF-8');
      }
    }
  });

  it('refuse UTF-16 without a mark', () => {
    const { damage } = read(csv, Buffer.from(header, 'utf16le'));
    expect(damage?.message).toBe('line 1: byte 2 is a NUL: the file looks like UTF-16 or a binary file');
  });

  it.each([
    [csv, ''],
    [csv, '\ufeff'],
    [csv, '\r\n \n'],
    [jsonl, ''],
    [jsonl, '\ufeff\n\n'],
  ])('refuse an input without anything in it ($format)', (kind, input) => {
    expect(read(kind, input).damage?.message).toBe('the input is empty');
  });

  it('refuse a header without rows', () => {
    expect(read(csv, '\nuserId,firstName\n\n').damage?.message).toBe(
      'line 2: the input has a header and no data rows',
    );
  });

  it('name the line of a quote in the header that is not closed', () => {
    expect(read(csv, 'userId,"firstName\n1,Ann\n').damage?.message).toBe(
      'line 1: the quote opened here is not closed before the end of the file',
    );
    const long = `userId,"firstName\n${'1,Ann\n'.repeat(200_000)}`;
    for (const chunk of [65_536, Number.POSITIVE_INFINITY]) {
      expect(read(csv, long, { networkId: NETWORK }, chunk).damage?.message).toBe(
        'line 1: the quote opened here is not closed within 1 MiB',
      );
    }
    const reader = new RowReader(csv, { networkId: NETWORK });
    reader.push(Buffer.from(long));
    expect(reader.damage).toBeDefined();
  });
});
