import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomCases } from '../length.js';
import { commands, csv, jsonl, NETWORK, problems, read } from './samples.js';

const FIELDS = ['firstName', 'lastName', 'username', 'inviteCode'] as const;
const deep = (open: string, inner: string, close: string) =>
  open.repeat(10_000) + inner + close.repeat(10_000);

describe('a value is taken exactly as given or not at all, whatever it could do elsewhere', () => {
  const NAMES = ['firstName', 'lastName'] as const;
  const values: [string, string, readonly (typeof FIELDS)[number][]][] = [
    ['CR and LF, as of a header', 'Jane\r\nx-amz-target: Evil\r\n\r\n{}', NAMES],
    ['a CR alone', 'Jane\rDoe', NAMES],
    ['a formula', '=HYPERLINK("http://x","y")', FIELDS],
    ['another formula', "@SUM(1+1)*cmd|' /C calc'!A0", NAMES],
    ['a formula in full-width signs', '＝1+1', FIELDS],
    ['text from right to left', '\u202eenaJ\u202c', NAMES],
    ['sequences of a terminal', '\u001b]0;x\u0007\u001b[2J\u009b31m', []],
    ['a key of every object', '__proto__', FIELDS],
    ['a path', '../../etc/passwd', FIELDS],
    ['percent signs', '%0d%0aX-Y:%20z%00', FIELDS],
    ['a mark of byte order inside', 'a\ufeffb', NAMES],
    ['separators that are line ends to some', 'a\u2028b\u2029c', NAMES],
    ['separators that are control characters', 'a\u0085d\vE\fF', []],
    ['letters that are made of several', 'Zoe\u0308 👩‍👩‍👧', NAMES],
  ];

  it.each(values)('%s', (_, text, fields) => {
    for (const field of FIELDS) {
      const found = problems(read(jsonl, JSON.stringify({ userId: '7', [field]: text })));
      expect(found.length).toBe(fields.includes(field) ? 0 : 1);
    }
    if (fields.length === 0) return;
    const details = Object.fromEntries(fields.map((field) => [field, text]));
    const expected = [{ networkId: NETWORK, userId: '7', details }];
    const table = stringify(
      [
        ['userId', ...fields],
        ['7', ...fields.map(() => text)],
      ],
      { quoted: true },
    );
    expect(commands(read(csv, table))).toEqual(expected);
    expect(commands(read(jsonl, JSON.stringify({ userId: '7', ...details })))).toEqual(expected);
    expect(commands(read(jsonl, JSON.stringify({ userId: '7', userDetails: details })))).toEqual(expected);
  });

  it.each([...values.map(([, text]) => text), '7\n', '\n7', '7\r\nx: y', '٣', '７', '7\0'])(
    'except for an ID: %j is none',
    (text) => {
      for (const key of ['userId', 'networkId']) {
        const row = { userId: '7', networkId: NETWORK, firstName: 'A', [key]: text };
        const [problem, ...more] = problems(read(jsonl, JSON.stringify(row)));
        expect(problem).toMatch(new RegExp(`^1 ${key}: has `));
        expect(more).toEqual([]);
      }
    },
  );
});

describe('a row that is as wrong as can be is one invalid row', () => {
  const good = '{"userId":"1","firstName":"A"}';

  it.each([
    [
      'an ID nested 10,000 deep',
      `{"userId":${deep('[', '', ']')},"firstName":"A"}`,
      /^2 userId: is a list, takes a text/,
    ],
    [
      'a value nested 10,000 deep',
      `{"userId":"2","firstName":${deep('{"a":', '1', '}')}}`,
      /^2 firstName: is an object/,
    ],
    [
      'groups nested 10,000 deep',
      `{"userId":"2","securityGroupIds":${deep('[', '', ']')}}`,
      /entry 1 of the list is a list/,
    ],
    [
      'details nested 10,000 deep',
      `{"userId":"2","userDetails":${deep('{"userDetails":', '1', '}')}}`,
      /unknown key 1 "userDetails"/,
    ],
    ['a row nested 10,000 deep', deep('[', '', ']'), /the line is a list, takes a JSON object/],
    ['10,000 brackets that are not closed', '{"a":'.repeat(10_000), /ends in the middle of a JSON value/],
    [
      '10,000 keys',
      `{"userId":"2",${Array.from({ length: 10_000 }, (_, i) => `"k${i}":1`).join()}}`,
      /key 21 "k19" and 9980 more$/,
    ],
    ['__proto__', '{"userId":"2","__proto__":{"firstName":"B"}}', /unknown key 2 "__proto__"/],
    [
      '__proto__ in the details',
      '{"userId":"2","userDetails":{"__proto__":{"firstName":"B"}}}',
      /unknown key 1 "__proto__"/,
    ],
    [
      'constructor',
      '{"userId":"2","constructor":{"prototype":{"firstName":"B"}}}',
      /unknown key 2 "constructor"/,
    ],
    [
      'userDetails by way of __proto__',
      '{"userId":"2","__proto__":{"userDetails":{"firstName":"B"}}}',
      /unknown key 2/,
    ],
    ['an ID by way of __proto__', '{"__proto__":{"userId":"2"},"firstName":"B"}', /userId: is missing/],
    ['a key of 1 MB', `{"userId":"2","${'k'.repeat(1_000_000)}":1}`, /unknown key 2 "k{39}…"/],
  ])('%s', (_, line, problem) => {
    const reading = read(jsonl, `${good}\n${line}\n{"userId":"3","firstName":"C"}`);
    expect(reading.error).toBeUndefined();
    expect(reading.rows.map((row) => 'command' in row)).toEqual([true, false, true]);
    expect(problems(reading).join('\n')).toMatch(problem);
    expect(problems(reading).join('\n').length).toBeLessThan(3000);
    expect(({} as { firstName?: string }).firstName).toBeUndefined();
  });

  // With a look at every group for every group this takes minutes.
  it.each([csv, jsonl])('200,001 groups, the last one twice ($format)', { timeout: 10_000 }, (kind) => {
    const ids = Array.from({ length: 200_000 }, (_, index) => index.toString(36));
    const groups = [...ids, ids.at(-1)].join(';');
    const input =
      kind === csv
        ? `userId,securityGroupIds\n1,${groups}\n`
        : `${JSON.stringify({ userId: '1', securityGroupIds: groups })}\n`;
    expect(problems(read(kind, input))).toEqual([
      `${kind === csv ? 2 : 1} securityGroupIds: group 200001 of 200001 appears twice`,
    ]);
  });
});

describe('a header that is as wrong as can be is an error that names its place', () => {
  it.each([
    [
      '10,000 columns',
      `userId${',firstName'.repeat(9_999)}`,
      /^line 1: the row that starts here has more than 1000 cells$/,
    ],
    [
      '10,000 cells in a row',
      `userId,firstName\n1${',A'.repeat(9_999)}`,
      /^line 2: the row that starts here has more than 1000 cells$/,
    ],
    [
      '1,000 columns',
      `userId${',x'.repeat(999)}`,
      /^line 1: unknown columns: column 2 "x", .* "x" and 979 more$/,
    ],
    [
      '__proto__ and constructor',
      'userId,__proto__,constructor',
      /column 2 "__proto__", column 3 "constructor"$/,
    ],
    ['sequences of a terminal', 'userId,a\u001b[31m\u202eb', /column 2 "a \[31m b"$/],
    [
      'a line end in a name',
      'userId,"a\r\nwickr-bulk: all is well"',
      /column 2 "a wickr-bulk: all is well"$/,
    ],
  ])('%s', (_, header, message) => {
    for (const chunk of [1000, Number.POSITIVE_INFINITY]) {
      const { error } = read(csv, `${header}\n1,A\n`, { networkId: NETWORK }, chunk);
      expect(error?.message).toMatch(message);
    }
  });

  it('and if unknown columns are ignored, __proto__ and constructor are two of them', () => {
    const options = { networkId: NETWORK, ignoreUnknownColumns: true };
    const reading = read(csv, 'userId,__proto__,constructor,firstName\n1,x,y,A\n', options);
    expect(commands(reading)).toEqual([{ networkId: NETWORK, userId: '1', details: { firstName: 'A' } }]);
  });
});

describe('a bad row never hurts another', () => {
  const goodRow = fc.integer({ min: 1, max: 9999 }).map((id) => ({ id: String(id), isGood: true, lines: 1 }));
  const rowsOf = (bad: readonly string[]) =>
    fc.uniqueArray(
      fc.oneof(
        goodRow.map((row) => ({ ...row, text: '' })),
        fc
          .tuple(fc.constantFrom(...bad), fc.uuid())
          .map(([text, id]) => ({ id, isGood: false, lines: 1, text })),
      ),
      { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
    );
  const badCsv = [
    ...[
      'x,A',
      ',A',
      '1',
      '1,A,B',
      '5,',
      '-1,A',
      '1e5,A',
      '5,A"B',
      '"5"',
      '\u202e5,A',
      '=5,A',
      '99999999999,A',
    ],
    ...['__proto__,A', '{"userId":"5"},A', '5 ,A', '\u001b[31m,A'],
  ];
  const badJson = [
    ...[
      '{',
      '[]',
      'null',
      '7',
      '"x"',
      '{}',
      '{"userId":5,"firstName":"A"}',
      '{"userId":"5"}',
      '{"userId":"5","firstName":null}',
    ],
    ...[
      '{"userId":"5","firstName":"A","firstName":"B"}',
      '{"__proto__":{"userId":"5"},"firstName":"A"}',
      '{"a":'.repeat(99),
    ],
    ...[
      '{"userId":"5","userDetails":[]}',
      'userId,firstName',
      '{"userId":"5","firstName":"\\ud800"}',
      '\ufeff{}',
      '"',
    ],
  ];

  it.each([
    [csv, 'userId,firstName\n', badCsv, (id: string) => `${id},A`],
    // What a file is as a whole is judged by its first line.
    [
      jsonl,
      '{"userId":"999999999","firstName":"A"}\n',
      badJson,
      (id: string) => `{"userId":"${id}","firstName":"A"}`,
    ],
  ] as const)('of %o', (kind, header, bad, good) => {
    fc.assert(
      fc.property(rowsOf(bad), (rows) => {
        const text = rows.map((row) => `${row.isGood ? good(row.id) : row.text}\n`).join('');
        const reading = read(kind, header + text);
        expect(reading.error).toBeUndefined();
        const own = reading.rows.slice(kind === jsonl ? 1 : 0);
        const said = own.map((row) => ('command' in row ? row.command.userId : undefined));
        expect(said).toEqual(rows.map(({ id, isGood }) => (isGood ? id : undefined)));
        expect(own.map(({ line }) => line)).toEqual(rows.map((_, index) => index + 2));
      }),
      randomCases(100, 1000),
    );
  });
});
