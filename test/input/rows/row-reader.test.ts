import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import { gradeOf } from '../../../src/input/fields/value-grade.js';
import { RowReader } from '../../../src/input/rows/row-reader.js';
import { randomCases } from '../../length.js';
import { csv, jsonl, NETWORK, problems, type Reading, read } from '../samples.js';

/** What a reading gives, without the reader. */
const result = ({ rows, error, reader }: Reading) => ({
  rows,
  error: error && [error.constructor, error.message],
  more: reader.more,
  header: reader.header,
});

const text = fc
  .array(fc.constantFrom('a', 'é', '€', '😀', '"', ',', ';', '\t', '\n', '\r', '\r\n', ' ', '=', '0'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((signs) => signs.join(''))
  .filter((value) => value.trim() !== '' && gradeOf('firstName', value)?.grade !== 'error');
const login = text.map((value) => `x${value.replaceAll(/\s/g, '')}`);
const blank = fc.constantFrom('', '', ' ', '\u00a0 ');
const names = fc.uniqueArray(
  fc.record({
    userId: fc.integer({ min: 0, max: 1e10 - 1 }).map(String),
    values: fc.tuple(fc.oneof(text, blank), fc.oneof(text, blank), login),
  }),
  {
    selector: ({ userId }) => userId,
    minLength: 1,
    maxLength: 12,
  },
);
const cuts = (bytes: Buffer) => fc.array(fc.nat(bytes.length), { maxLength: 6 });

describe('CSV', () => {
  const files = fc.record({
    names,
    delimiter: fc.constantFrom(',', ';', '\t'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    quoted: fc.boolean(),
    bom: fc.boolean(),
    lastLineEnd: fc.boolean(),
  });

  const write = ({
    names: rows,
    delimiter,
    lineEnd,
    quoted,
    bom,
    lastLineEnd,
  }: typeof files extends fc.Arbitrary<infer T> ? T : never) =>
    Buffer.from(
      stringify(
        [
          ['userId', 'firstName', 'lastName', 'username'],
          ...rows.map(({ userId, values }) => [userId, ...values]),
        ],
        {
          delimiter,
          record_delimiter: lineEnd,
          quoted,
          // csv-stringify itself only quotes its own record delimiter.
          quoted_match: /[\r\n]/,
          bom,
          eof: lastLineEnd,
        },
      ),
    );

  it('comes back as it was written, with the lines and the bytes of each row', () => {
    fc.assert(
      fc.property(files, (file) => {
        const bytes = write(file);
        const { rows, error, reader } = read(csv, bytes);
        expect(error).toBeUndefined();
        const expected = file.names.map(({ userId, values: [firstName, lastName, username] }) => ({
          networkId: NETWORK,
          userId,
          details: {
            ...(firstName.trim() === '' ? {} : { firstName }),
            ...(lastName.trim() === '' ? {} : { lastName }),
            username,
          },
        }));
        expect(rows.map((row) => 'command' in row && row.command)).toEqual(expected);
        let end = reader.header?.end ?? 0;
        for (const row of rows) {
          expect(row.start).toBe(end);
          const before = bytes.toString('utf8', 0, row.start);
          expect(row.line).toBe(before.split(/\r\n|\r|\n/).length);
          end = row.end;
        }
        expect(end).toBe(bytes.length);
      }),
      randomCases(30, 300),
    );
  });

  it('gives with its header and some of its rows an input again', () => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.boolean()), (file, choice) => {
        const bytes = write(file);
        const { rows, reader } = read(csv, bytes);
        const kept = rows.filter(() => choice.next().value);
        if (kept.length === 0) return;
        const parts = [
          bytes.subarray(0, reader.header?.end),
          ...kept.map(({ start, end }) => bytes.subarray(start, end)),
        ];
        const again = read(csv, Buffer.concat(parts));
        expect(again.error).toBeUndefined();
        expect(again.rows.map((row) => 'command' in row && row.command)).toEqual(
          kept.map((row) => 'command' in row && row.command),
        );
      }),
      randomCases(100, 1000),
    );
  });

  it('is the same wherever the chunks end', () => {
    const chunked = files.chain((file) => {
      const bytes = write(file);
      return fc.tuple(
        fc.constant(bytes),
        cuts(bytes),
        fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
      );
    });
    fc.assert(
      fc.property(chunked, ([bytes, at, limit]) => {
        const options = { networkId: NETWORK, ...(limit === undefined ? {} : { limit }) };
        const whole = result(read(csv, bytes, options));
        expect(result(read(csv, bytes, options, at))).toEqual(whole);
        expect(result(read(csv, bytes, options, 1))).toEqual(whole);
      }),
      randomCases(100, 1000),
    );
  });
});

describe('JSONL', () => {
  const files = fc
    .tuple(names, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
    .map(([rows, lineEnd, nested]) => {
      const objects = rows.map(({ userId, values: [, , username] }) =>
        nested ? { userId, userDetails: { username } } : { userId, username },
      );
      return { rows, bytes: Buffer.from(objects.map((object) => JSON.stringify(object)).join(lineEnd)) };
    });

  it('comes back as it was written, wherever the chunks end', () => {
    fc.assert(
      fc.property(
        files.chain((file) => fc.tuple(fc.constant(file), cuts(file.bytes))),
        ([file, at]) => {
          const whole = read(jsonl, file.bytes);
          expect(
            whole.rows.map((row) => 'command' in row && [row.command.userId, row.command.details]),
          ).toEqual(file.rows.map(({ userId, values: [, , username] }) => [userId, { username }]));
          const bytes = whole.rows.map(({ start, end }) => file.bytes.subarray(start, end));
          expect(Buffer.concat(bytes).equals(file.bytes)).toBe(true);
          expect(result(read(jsonl, file.bytes, { networkId: NETWORK }, at))).toEqual(result(whole));
          expect(result(read(jsonl, file.bytes, { networkId: NETWORK }, 1))).toEqual(result(whole));
        },
      ),
      randomCases(100, 1000),
    );
  });
});

describe('anything', () => {
  const pieces = fc.constantFrom(
    ...[
      'userId',
      'firstName',
      'networkId',
      'securityGroupIds',
      'codeValidation',
      '1',
      '12345678',
      '\n',
      '\r',
      ',',
      ';',
      '"',
      '""',
      ',"',
    ],
    ...[
      '\t',
      '\0',
      '\ufeff',
      ' ',
      '{"userId":"1","firstName":"a"}',
      '{',
      '}',
      '[',
      ']',
      ':',
      'null',
      '\\',
      '\\u0000',
      '\ud800',
      '__proto__',
    ],
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.array(pieces, { maxLength: 40 }).map((list) => Buffer.from(list.join(''))),
    fc.array(pieces, { maxLength: 40 }).map((list) => Buffer.from(`userId,firstName\n${list.join('')}`)),
  );

  it('is read or refused, the same wherever the chunks end', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(csv, jsonl), fc.boolean(), (input, kind, ignoreUnknownColumns) => {
        const options = { networkId: NETWORK, ignoreUnknownColumns };
        const reading = read(kind, input, options);
        if (reading.error !== undefined) expect(reading.error).toBeInstanceOf(InputError);
        expect(reading.rows.length > 0 || reading.error !== undefined).toBe(true);
        for (const row of reading.rows)
          expect('problems' in row ? row.problems.length : 1).toBeGreaterThan(0);
        expect(result(read(kind, input, options, 1))).toEqual(result(reading));
      }),
      randomCases(80, 800),
    );
  });

  it('wrong is told without its values', () => {
    const secret = 'Zq7Xk';
    const value = fc.constantFrom(
      `${secret}`,
      ` ${secret} `,
      `${secret};${secret}`,
      `${secret}"${secret}`,
      `1${secret}`,
      `"${secret}\n${secret}"`,
      `"${secret}"${secret}`,
      `"${secret}`,
      `${secret}\0`,
      `{"${secret}`,
      '1',
      '',
      '12345678',
      '\0',
      'null',
      '[]',
    );
    const columns = fc.uniqueArray(
      fc.constantFrom(
        'networkId',
        'userId',
        'firstName',
        'securityGroupIds',
        'inviteCodeTtl',
        'codeValidation',
      ),
      { minLength: 1, maxLength: 4 },
    );
    const lines = fc.array(fc.array(value, { maxLength: 4 }), { maxLength: 5 });
    const withoutValues = ({ rows, error }: Reading) => {
      const said = rows.flatMap((row) => [
        ...('problems' in row ? row.problems : []),
        ...(row.warnings ?? []),
      ]);
      expect(JSON.stringify([said, error?.message, error?.hint])).not.toContain(secret);
    };
    fc.assert(
      fc.property(columns, lines, fc.boolean(), (header, rows, hasHeader) => {
        const all = hasHeader ? [['userId', ...header.filter((name) => name !== 'userId')], ...rows] : rows;
        withoutValues(read(csv, all.map((row) => row.join(',')).join('\n')));
        const objects = rows.map((row) => {
          const members = header.map((name, index) => [name, row[index] ?? 7]);
          const half = row.length === 2;
          const json = JSON.stringify(Object.fromEntries(members));
          return half ? json.slice(0, -1 - (row[0]?.length ?? 0)) : json;
        });
        withoutValues(read(jsonl, objects.join('\n')));
      }),
      randomCases(40, 400),
    );
  });
});

describe('the limit', () => {
  const input = 'userId,firstName\n1,A\n\n2,B\n3,\n\0x';

  it.each([
    [1, 1, true, false],
    [2, 2, true, false],
    [3, 3, true, false],
    [4, 3, false, true],
  ])('of %i reads %i rows and nothing behind them', (limit, rows, more, damaged) => {
    for (const chunk of [1, 8, 99]) {
      const reading = read(csv, input, { networkId: NETWORK, limit }, chunk);
      expect(reading.rows).toHaveLength(rows);
      expect(reading.reader.more).toBe(more);
      expect(reading.error !== undefined).toBe(damaged);
    }
  });

  it('that is never reached leaves nothing unread', () => {
    const blank = 'userId,firstName\n1,A\n \n\t\r\n';
    for (const limit of [1, 2]) {
      for (const chunk of [1, 99]) {
        expect(read(csv, blank, { networkId: NETWORK, limit }, chunk).reader.more).toBe(false);
      }
    }
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot be %d', (limit) => {
    expect(() => read(csv, input, { limit })).toThrow(UsageError);
  });
});

it('refuses a network ID that is none, without guessing', () => {
  expect(() => read(csv, '', { networkId: '1234567' })).toThrow(
    'the network ID has 7 digits, needs 8: was a leading zero lost in a spreadsheet?',
  );
});

it('gives the rows before an unreadable part', () => {
  const input = 'userId,firstName\n1,A\nx,B\n"3,C\n';
  for (const chunk of [1, 99]) {
    const reading = read(csv, input, { networkId: NETWORK }, chunk);
    expect(reading.rows).toHaveLength(2);
    expect(problems(reading)).toHaveLength(1);
    expect(reading.error?.message).toBe(
      'line 4: the quote opened here is not closed before the end of the file',
    );
  }
});

it('does not take a mistake of the program for an error in the input', () => {
  const mistake = new TypeError('mistake');
  const see = () => {
    throw mistake;
  };
  const users = { checkUserId: see, checkUsername: see };
  const reader = new RowReader(csv, { networkId: NETWORK }, users);
  expect(() => reader.push(Buffer.from('userId,firstName\n1,A\n'))).toThrow(mistake);
});
