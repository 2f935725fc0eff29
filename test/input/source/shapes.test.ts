/** Files that are no CSV or JSONL in UTF-8: what is read all the same, and what is said of the others at first glance. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readRows } from '../../../src/input/rows/read-rows.js';
import { validateSource } from '../../../src/input/rows/validate-source.js';
import { openSource } from '../../../src/input/source/open-source.js';
import type { Source } from '../../../src/input/source/source.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const options = { networkId: '12345678' };

async function used<T>(
  name: string,
  content: string | Buffer,
  task: (source: Source) => Promise<T>,
): Promise<T> {
  const source = await openSource(await place.write(name, content));
  try {
    return await task(source);
  } finally {
    await source.close();
  }
}

/** Each row's line, user and first name. */
const rowsOf = (name: string, content: string | Buffer) =>
  used(name, content, async (source) => {
    const { duplicates } = await validateSource(source, options);
    const rows: unknown[] = [];
    for await (const batch of readRows(source, options, duplicates))
      for (const row of batch)
        rows.push(
          'command' in row
            ? [row.line, row.command.userId, row.command.details.firstName]
            : [row.line, 'problems' in row && row.problems.map(({ reason }) => reason).join()],
        );
    return rows;
  });

const faultOf = (name: string, content: string | Buffer) =>
  used(name, content, async (source) => {
    const { readError } = await validateSource(source, options);
    throw readError ?? new Error('it is read');
  }).then(
    () => '',
    ({ message, hint }: { message: string; hint: string }) => `${message} | ${hint}`,
  );

const ann = { userId: '10000001', firstName: 'Zoë "Z" Łuk' };
const bob = { userId: '10000002', firstName: '[{,}]\n\\' };
const both = [
  [ann.userId, ann.firstName],
  [bob.userId, bob.firstName],
];
const withoutLines = (rows: unknown[]) => (rows as unknown[][]).map((row) => row.slice(1));

it.each([
  ['as JSON.stringify writes it', JSON.stringify([ann, bob])],
  ['pretty-printed', JSON.stringify([ann, bob], undefined, 2)],
  ['with tabs and CRLF', JSON.stringify([ann, bob], undefined, '\t').replaceAll('\n', '\r\n')],
  ['with a byte order mark', `\ufeff${JSON.stringify([ann, bob])}`],
  [
    'without a list around it',
    `${JSON.stringify(ann, undefined, 2)}\n${JSON.stringify(bob, undefined, 2)}\n`,
  ],
  ['as JSONL', `${JSON.stringify(ann)}\n\n${JSON.stringify(bob)}`],
])('a .json file is read: a list %s', async (_, text) => {
  expect(withoutLines(await rowsOf('users.json', text))).toEqual(both);
  expect(
    withoutLines(await rowsOf('users.json', Buffer.from(`\ufeff${text.replace('\ufeff', '')}`, 'utf16le'))),
  ).toEqual(both);
  expect(withoutLines(await rowsOf('users.json.gz', gzipSync(text)))).toEqual(both);
});

it("a row's line is the one on which its object starts", async () => {
  const text =
    '[\n\n  {"userId":"10000001",\n   "firstName":"A"}, {"userId":"10000002","firstName":"B"},\n5,\r\n{"userId": "x"\n}]\n';
  expect(await rowsOf('users.json', text)).toMatchObject([
    [3, '10000001', 'A'],
    [4, '10000002', 'B'],
    [5, 'the line is a number, takes a JSON object'],
    [6, expect.stringContaining('')],
  ]);
});

it.each([
  ['[{"userId":"1"}', 'line 1: the list that starts here does not end'],
  ['\n[{"userId":"1"', 'line 2: the list that starts here does not end'],
  ['[{"userId":"1"},]', 'line 1: a comma stands before the end of the list'],
  ['[{"userId":"1"},\n,{}]', 'line 2: a comma stands where an object should'],
  ['[{"userId":"1"}]\n[', 'line 2: something stands behind the end of the list'],
  ['{"userId":"1"},\n{"userId":"2"}', 'line 1: a comma parts objects that are in no list'],
])('a list that is none is refused with its line: %j', async (text, message) => {
  expect(await faultOf('users.json', text)).toContain(message);
});

it('a line end within a string of JSON is an error, as JSON has it', async () => {
  expect(await rowsOf('users.json', '[{"userId":"10000001","firstName":"A\nB"}]')).toEqual([
    [1, expect.stringContaining('not valid JSON')],
  ]);
});

const csv = `userId,firstName\n${both.map(([id]) => `${id},Zoë`).join('\n')}\n`;
it.each([
  ['CSV', 'users.csv.gz', Buffer.from(csv)],
  ['CSV that is called otherwise', 'users.csv', Buffer.from(csv)],
  ['UTF-16', 'users.csv.gz', Buffer.from(`\ufeff${csv}`, 'utf16le')],
])('a compressed file is read as it is: %s', async (_, name, bytes) => {
  expect(await rowsOf(name, gzipSync(bytes))).toEqual([
    [2, '10000001', 'Zoë'],
    [3, '10000002', 'Zoë'],
  ]);
});

it.each([
  ['users.csv.gz', gzipSync(csv.repeat(1000)).subarray(0, 200), 'compressed, and damaged or cut off'],
  ['users.csv.gz', csv, 'called .gz, but is not compressed'],
  ['users.csv', Buffer.from('PK\u0003\u0004 and so on'), 'a workbook (.xlsx) or another zip archive'],
  ['users.csv', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'an old Excel (.xls)'],
  ['users.csv', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), 'in UTF-32'],
  ['users.csv', '%PDF-1.7\n', 'a PDF'],
  ['users.jsonl', '[{"userId":"1"}]', 'a list in JSON, not JSONL | Name it .json'],
  ['users.jsonl', '{\n "userId":"1"}', 'an object on several lines'],
  ['users.jsonl', '{"userId":"1"},\n{"userId":"2"}\n', 'commas between them'],
  ['users.jsonl', 'userId,firstName\n1,A\n', 'CSV, not JSONL | Name it .csv'],
  ['users.csv', '{"userId":"1","firstName":"A"}\n', 'JSONL, not CSV | Name it .jsonl'],
  ['users.csv', '[\n{"userId":"1"}]\n', 'a list in JSON, not CSV | Name it .json'],
])('%s that is something else is told at first glance: %#', async (name, content, said) => {
  expect(await faultOf(name, content)).toContain(said);
});

it('two encodings in one file: both lines are named, whichever encoding is said', async () => {
  const mixed = Buffer.concat([
    Buffer.from('userId,firstName\n10000001,Zoë\n'),
    Buffer.from('10000002,Jos\xe9\n', 'latin1'),
  ]);
  expect(await faultOf('users.csv', mixed)).toMatch(
    /^line 3: .* line 2 has letters in UTF-8: were two files pasted/,
  );
  const path = await place.write('mixed.csv', mixed);
  await expect(openSource(path, { encoding: 'windows-1252' })).rejects.toThrow(
    /^line 3: .* line 2 is: were two files pasted/,
  );
  const whole = await place.write(
    'whole.csv',
    Buffer.from('userId,firstName\n10000002,Jos\xe9\n10000001,Zo\xeb\n', 'latin1'),
  );
  const source = await openSource(whole, { encoding: 'ansi' });
  expect(source.encoding).toBe('windows-1252');
  await source.close();
});

it("what spreadsheets leave behind is left out and counted; a row's own cells are not", async () => {
  const text = 'userId,firstName\r\n10000001,Ann,,\r\n,,\r\n10000002,Bob\r\n , ,\r\n\u001a';
  await used('users.csv', text, async (source) => {
    const { rows, invalid, leftOver } = await validateSource(source, options);
    expect({ rows, invalid, leftOver }).toEqual({ rows: 2, invalid: 0, leftOver: { rows: 3, line: 3 } });
  });
  expect(await rowsOf('users.csv', 'userId,firstName\n10000001,Ann,,x\n')).toEqual([
    [2, expect.stringContaining('has 4 cells')],
  ]);
});

it.each([
  ['userId,firstName\n10000001,Ann\n10000002,Bo', 3],
  ['userId,firstName\n10000001,Ann\n10000002,Bo\n', undefined],
  ['userId,firstName\n10000001,Ann', undefined],
])('a last row without the line end that the others have may have been cut off: %j', async (text, line) => {
  await used('users.csv', text, async (source) => {
    expect((await validateSource(source, options)).unended).toBe(line);
  });
});
