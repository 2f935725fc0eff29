import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { bestDelimiter } from '../../../src/input/records/csv-dialect.js';
import { isColumnName, RowReader } from '../../../src/input/rows/row-reader.js';
import { commands, csv, jsonl, NETWORK, read } from '../samples.js';

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
    ['userId|firstName', '|'],
    ['a;b;c', ';'],
    ['a|b|c', '|'],
    ['Given|Family,|Mail', '|'],
    ['"Given, or called";"Mail"', ';'],
    ['"Given;"or called,Mail,Town', ','],
    ['', ','],
  ])('of %j is %j', (header, delimiter) => {
    expect(bestDelimiter(Buffer.from(`${header}\n`), isColumnName)).toBe(delimiter);
  });

  it('is the one that makes the most columns of those that the caller knows', () => {
    const isKnown = (cell: string) => cell.startsWith('Work ');
    expect(bestDelimiter(Buffer.from('Work Mail;Work Town;a,b,c,d\n'), isKnown)).toBe(';');
    expect(bestDelimiter(Buffer.from('Work Mail;Work Town;a,b,c,d\n'), isColumnName)).toBe(',');
  });

  it('is looked for in the header, not in what is above it', () => {
    const input = 'a,b,c,d\n"x,\n,y,,,"\nuserId;firstName\n1;Ann\n';
    expect(bestDelimiter(Buffer.from('a,b\nuserId;firstName\n'), isColumnName, 1)).toBe(';');
    for (const chunk of [1, 5, 99]) {
      const { rows, error } = read(csv, input, { networkId: NETWORK, skipRows: 2 }, chunk);
      expect(error).toBeUndefined();
      expect(rows).toMatchObject([{ line: 5, command: { details: { firstName: 'Ann' } } }]);
    }
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

  it.each([
    ['utf-16le', 2, (bytes: Buffer) => bytes],
    ['utf-16be', 1, (bytes: Buffer) => bytes.swap16()],
  ])('refuse %s without a mark, and name the flag', (name, byte, order) => {
    for (const chunk of [1, 99]) {
      const { error } = read(csv, order(Buffer.from(header, 'utf16le')), { networkId: NETWORK }, chunk);
      expect(error?.message).toBe(
        `line 1: byte ${byte} is a NUL: the file looks like UTF-16 or a binary file`,
      );
      expect(error?.hint).toContain(`It may be UTF-16 without a byte order mark: give \`encoding\` ${name}.`);
    }
  });

  it('that are not UTF-8 are refused with the flag that they may need', () => {
    const { error } = read(csv, Buffer.from('userId,firstName\n1,Zo\xeb\n', 'latin1'));
    expect(error?.message).toBe('line 2: byte 5 is not valid UTF-8');
    expect(error?.hint).toMatch(/^It may be in Windows-1252 .* give `encoding` windows-1252/);
  });

  it.each([
    [csv, ''],
    [csv, '\ufeff'],
    [csv, '\r\n \n'],
    [jsonl, ''],
    [jsonl, '\ufeff\n\n'],
  ])('refuse an input without anything in it ($format)', (kind, input) => {
    expect(read(kind, input).error?.message).toBe('the input is empty');
  });

  it('refuse a header without rows', () => {
    expect(read(csv, '\nuserId,firstName\n\n').error?.message).toBe(
      'line 2: the input has a header and no data rows',
    );
  });

  it('name the line of a quote in the header that is not closed', () => {
    expect(read(csv, 'userId,"firstName\n1,Ann\n').error?.message).toBe(
      'line 1: the quote opened here is not closed before the end of the file',
    );
    const long = `userId,"firstName\n${'1,Ann\n'.repeat(200_000)}`;
    for (const chunk of [65_536, Number.POSITIVE_INFINITY]) {
      expect(read(csv, long, { networkId: NETWORK }, chunk).error?.message).toBe(
        'line 1: the quote opened here is not closed within 1 MiB',
      );
    }
    const reader = new RowReader(csv, { networkId: NETWORK });
    reader.push(Buffer.from(long));
    expect(reader.error).toBeDefined();
  });
});

describe('the line of a program above the header', () => {
  const options = { networkId: NETWORK };

  it.each([
    ['PowerShell', '#TYPE System.Management.Automation.PSCustomObject\r\n', 'userId,firstName\r\n1,A\r\n'],
    ['PowerShell with a semicolon', '#TYPE A`1[[B, c]]\r\n', 'userId;firstName\r\n1;A\r\n'],
    ['Excel', 'sep=;\r\n', 'userId;firstName\r\n1;A\r\n'],
    ['Excel against what would be found', 'sep=:\n', 'userId:firstName:a,b\n1:A:\n'],
    ['Excel with a tab', 'SEP=\t\r', 'userId\tfirstName\r1\tA\r'],
    ['Excel in quotes', '"sep=,"\n', 'userId,firstName\n1,A\n'],
  ])('of %s is left out, and is part of the heading', (_, line, rest) => {
    for (const mark of ['', '\ufeff']) {
      for (const chunk of [1, 3, 99]) {
        const input = Buffer.from(mark + line + rest);
        const { rows, error, reader } = read(csv, input, { ...options, ignoreUnknownColumns: true }, chunk);
        expect(error).toBeUndefined();
        expect(rows).toMatchObject([{ row: 1, line: 3, command: { details: { firstName: 'A' } } }]);
        expect(reader.header?.line).toBe(2);
        expect(input.subarray(reader.header?.end).toString()).toBe(rest.replace(/^.*?(\r\n|\r|\n)/, ''));
      }
    }
  });

  it('that names a delimiter gives way to the option, but not to the file name', () => {
    const input = 'sep=;\nuserId,firstName\n1,A;B\n';
    expect(commands(read(csv, input, { ...options, delimiter: ',' }))).toMatchObject([
      { details: { firstName: 'A;B' } },
    ]);
    const tsv = { format: 'csv', delimiter: '|' } as const;
    expect(commands(read(tsv, 'sep=;\nuserId;firstName\n1;A|B\n', options))).toMatchObject([
      { details: { firstName: 'A|B' } },
    ]);
  });

  it('is recognised however little of it comes first, even if the delimiter is given', () => {
    const told = { ...options, delimiter: ';' };
    const input = '#TYPE A\nuserId;firstName\n1;A\n';
    for (const chunk of [1, 7, 8]) expect(read(csv, input, told, chunk).rows).toHaveLength(1);
  });

  it.each(['sep=', 'sep=a', 'sep=;;', 'sep="', '#TYPES x', '#type'])('is none: %s', (line) => {
    expect(read(csv, `${line}\nuserId;firstName\n1;A\n`, options).error?.message).toMatch(
      /^line 1: the first line does not look like a header/,
    );
  });

  it('is nothing in JSONL, and below the first line', () => {
    expect(read(jsonl, '#TYPE x\n{"userId":"1","firstName":"A"}\n').rows).toHaveLength(2);
    expect(read(csv, '\nsep=;\nuserId;firstName\n1;A\n', options).error?.message).toMatch(/^line 2: /);
  });
});

describe('rows above the header', () => {
  const options = (skipRows: number) => ({ networkId: NETWORK, skipRows });

  it.each([
    ['a technical header', 'USERID,"first\r\nname"\r\n', 1],
    ['none', '', 0],
    ['a blank line, which counts', '\nReport of the day\n', 2],
    ['more cells than the header', 'a,b,c,d,e,f\n1\n', 2],
    ["a program's line, which counts", '#TYPE x\nsome,thing\n', 2],
    ["a program's line alone", '#TYPE x\n', 1],
    ['what sep= says holds for them too', 'sep=;\nsome,thing\n', 2, ';'],
    ['a header', 'userId,lastName\n', 1],
  ])('are left out: %s', (_, above, skipRows, delimiter = ',') => {
    const header = `userId${delimiter}firstName\n`;
    const input = `${above}${header}1${delimiter}A\n`;
    const line = above.split('\n').length;
    for (const chunk of [1, 7, 99]) {
      const { rows, reader, error } = read(csv, input, options(skipRows), chunk);
      expect(error).toBeUndefined();
      expect(rows).toMatchObject([{ row: 1, line: line + 1, command: { details: { firstName: 'A' } } }]);
      expect(reader.header).toMatchObject({ line, end: above.length + header.length });
    }
  });

  it('end at CRLF once each, and the header is known with its line', () => {
    for (const chunk of [1, 4, 99]) {
      const { rows } = read(csv, 'a\r\nb\r\nuserId;firstName\r\n1;A\r\n', options(2), chunk);
      expect(rows).toMatchObject([{ line: 4, command: { details: { firstName: 'A' } } }]);
    }
    const reader = new RowReader(csv, options(2));
    reader.push(Buffer.from('a\r\nb\r\nuserId;firstName\r\n'));
    reader.push(Buffer.from('1'));
    expect(reader.header).toMatchObject({ line: 3, delimiter: ';' });
  });

  it('are fewer than the file has', () => {
    const { error } = read(csv, 'userId,firstName\n1,A\n', options(2));
    expect(error?.message).toBe('the input has nothing below the 2 skipped rows');
    expect(error?.hint).toContain('`skipRows`');
  });

  it.each([-1, 1.5, 1001, Number.NaN])('cannot be %d', (skipRows) => {
    expect(() => read(csv, '', options(skipRows))).toThrow(UsageError);
  });

  it('are nothing that JSONL has', () => {
    expect(() => read(jsonl, '', options(1))).toThrow('JSONL has no header');
    expect(() => read(jsonl, '', options(0))).not.toThrow();
  });
});
