/** Workbooks as inputs: opened, and their rows checked like those of CSV. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { InputOptions } from '../../../src/input/options/input-options.js';
import { readRows } from '../../../src/input/rows/read-rows.js';
import { validateSource } from '../../../src/input/rows/validate-source.js';
import { openSource } from '../../../src/input/source/open-source.js';
import type { SourceOptions } from '../../../src/input/source/source.js';
import { useWorkplace } from '../../workplace.js';
import { textRows, workbook } from '../workbook/workbook-file.js';

const place = useWorkplace();
const network = { networkId: '12345678' };
const fixture = (name: string) => readFile(fileURLToPath(new URL(`../workbook/${name}`, import.meta.url)));

/** Each row's line, and what became of it. */
async function rowsOf(name: string, content: Buffer, options: InputOptions & SourceOptions = {}) {
  const source = await openSource(await place.write(name, content), options);
  try {
    const all = { ...network, ...options };
    const { duplicates, readError } = await validateSource(source, all);
    if (readError) throw readError;
    const rows: unknown[] = [];
    for await (const batch of readRows(source, all, duplicates))
      for (const row of batch) {
        if ('problems' in row)
          rows.push([row.line, ...row.problems.map(({ column, reason }) => `${column}: ${reason}`)]);
        else if ('command' in row) rows.push([row.line, row.command.userId, row.command.details]);
        else rows.push([row.line, 'skipped' in row ? row.skipped : 'named']);
      }
    return rows;
  } finally {
    await source.close();
  }
}

const faultOf = (name: string, content: Buffer, options?: InputOptions & SourceOptions) =>
  rowsOf(name, content, options).then(
    () => 'it is read',
    ({ message, hint }: { message: string; hint: string }) => `${message} | ${hint}`,
  );

const two = workbook({
  sheets: [
    {
      name: 'One',
      rows: textRows([
        ['userId', 'firstName'],
        ['10000001', 'Zoë'],
      ]),
    },
    {
      name: 'Two',
      rows: textRows([
        ['userId', 'firstName'],
        ['10000002', 'B\nb, "c"'],
        ['10000003', 'Cy'],
      ]),
    },
  ],
});

it('rows have the numbers that they have in the sheet, also below cells of several lines', async () => {
  const first = [[2, '10000001', { firstName: 'Zoë' }]];
  expect(await rowsOf('users.xlsx', two)).toEqual(first);
  expect(await rowsOf('users.xlsm', two)).toEqual(first);
  expect(await rowsOf('users.xlsx.gz', gzipSync(two))).toEqual(first);
  expect(await rowsOf('users', two, { format: 'xlsx' })).toEqual(first);
  expect(await rowsOf('users.xlsx', two, { sheet: 'two' })).toEqual([
    [2, '10000002', { firstName: 'B\nb, "c"' }],
    [3, '10000003', { firstName: 'Cy' }],
  ]);
});

it('the numbers of rows above the header count, blank ones too', async () => {
  const rows = textRows([['A title'], [], ['userId', 'firstName'], ['10000001', 'Ann']]);
  const file = workbook({ sheets: [{ rows }] });
  expect(await rowsOf('users.xlsx', file, { skipRows: 2 })).toEqual([[4, '10000001', { firstName: 'Ann' }]]);
  expect(await faultOf('users.xlsx', file)).toMatch(
    /^line 1: .*does not look like a header.*`sheet` with its name/,
  );
});

const cells =
  '<row r="2"><c r="A2"><v>10000001</v></c><c r="B2" s="1"><v>5</v></c><c r="C2" t="str"><v>Ann</v></c></row>';
const unsure = workbook({
  sheets: [{ rows: textRows([['userId', 'Pay', 'firstName']]) + cells }],
  formats: ['#,##0.00'],
});

it('a number whose look is not sure is an error if its column is used, with row, column and cell; else nothing', async () => {
  const problem = expect.stringMatching(/^lastName: \(cell B2\) is a number in a format/);
  const read = [[2, '10000001', { firstName: 'Ann' }]];
  expect(await rowsOf('users.xlsx', unsure, { map: ['Pay=lastName'] })).toEqual([[2, problem]]);
  expect(await rowsOf('users.xlsx', unsure, { ignoreUnknownColumns: true })).toEqual(read);
  expect(await rowsOf('users.xlsx', unsure, { map: ['Pay=ignore'] })).toEqual(read);
  expect(await rowsOf('users.xlsx', unsure, { map: ['Pay=lastName'], set: ['lastName=Lee'] })).toEqual([
    [2, '10000001', { firstName: 'Ann', lastName: 'Lee' }],
  ]);
});

it.each(['Pay=5', 'Pay!=5', 'Pay=/^$/'])(
  'a condition on such a cell neither selects its row nor leaves it out: %s',
  async (condition) => {
    expect(await rowsOf('users.xlsx', unsure, { ignoreUnknownColumns: true, where: [condition] })).toEqual([
      [2, expect.stringContaining('(cell B2) is a number in a format')],
    ]);
  },
);

it('a value that is made of such a cell is none', async () => {
  const options = { ignoreUnknownColumns: true, compose: ['lastName={Pay|lower}'] };
  const [row] = (await rowsOf('users.xlsx', unsure, options)) as unknown[][];
  expect(row).toContainEqual(expect.stringContaining('(cell B2) is a number in a format'));
});

it('a row that was copied from such a workbook stays an error', async () => {
  const copied = Buffer.from(
    'userId,firstName\n10000001,\ufdd0=B2\n10000002,\ufdd0+B3\n10000003,\ufdd0 is no cell\n',
  );
  expect(await rowsOf('failed.csv', copied)).toEqual([
    [2, expect.stringMatching(/^firstName: \(cell B2\) is a formula whose result/)],
    [3, expect.stringMatching(/^firstName: \(cell B3\) is a number of more than 15 digits/)],
    [4, '10000003', expect.anything()],
  ]);
});

it('an error value in a cell is one of its row', async () => {
  expect(await rowsOf('users.xlsx', await fixture('libreoffice-formulas.xlsx'))).toEqual([
    [2, '10000001', { firstName: 'Zoë A', username: 'u@example.com' }],
    [3, expect.stringContaining('firstName: is an error value of a spreadsheet')],
  ]);
});

it('what goes with other files alone is refused', async () => {
  expect(await faultOf('users.xlsx', two, { delimiter: ',' })).toContain(
    'a workbook (.xlsx) has no delimiter',
  );
  expect(await faultOf('users.xlsx', two, { encoding: 'utf-8' })).toContain('has no encoding to choose');
  expect(await faultOf('users.csv', Buffer.from('userId\n'), { sheet: 'x' })).toContain('only a workbook');
  expect(await faultOf('users.csv.gz', gzipSync('userId\n'), { sheet: 'x' })).toContain('only a workbook');
  expect(await faultOf('users.xlsx', two, { sheet: 'Zwei' })).toContain('it has 2 sheets: "One", "Two" |');
});

it('what is called a workbook and is none, and the reverse', async () => {
  expect(await faultOf('users.csv', two)).toMatch(
    /a workbook \(.xlsx\) or another zip.*name it .xlsx or give `format`/,
  );
  expect(await faultOf('users.xlsx', Buffer.from('<html><table>'))).toContain(
    'is called a workbook (.xlsx), but is none',
  );
  expect(await faultOf('users.xlsx', Buffer.alloc(0))).toContain('is called a workbook (.xlsx), but is none');
  expect(await faultOf('users.xlsx', await fixture('libreoffice.xls'))).toContain('of an old Excel (.xls)');
  expect(await faultOf('users.xlsx', await fixture('libreoffice.ods'))).toContain('of LibreOffice (.ods)');
  expect(await faultOf('users.xlsx', Buffer.from('%PDF-1.7'))).toContain('a PDF');
});

it.each([9, 12])('a workbook with a password, in sectors of 2^%d bytes', async (shift) => {
  // [MS-CFB]: a header, and a directory whose entries name what is stored.
  const sector = 2 ** shift;
  const file = Buffer.alloc(4 * sector);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file);
  file.writeUInt16LE(shift, 30);
  file.writeUInt32LE(2, 48);
  const named = (name: string) => {
    const copy = Buffer.from(file);
    copy.write(name, 3 * sector + 128, 'utf16le');
    return copy;
  };
  expect(await faultOf('users.xlsx', named('EncryptedPackage'))).toContain('protected with a password');
  expect(await faultOf('users.xlsx', named('Workbook'))).toContain('of an old Excel (.xls)');
  expect(await faultOf('users.xlsx', named('x').subarray(0, 100))).toContain('of an old Excel (.xls)');
});
