/** A workbook's sheet as CSV: what each program writes, what is decided of what a sheet has and CSV has not, and harm. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { strToU8 } from 'fflate';
import { expect, it } from 'vitest';
import type { Bytes } from '../../../src/input/workbook/archive.js';
import { type SheetOptions, toCsv } from '../../../src/input/workbook/sheet-lines.js';
import { randomCases, size } from '../../length.js';
import { escaped, letter, type MadeWorkbook, textCell, textRows, workbook, zipped } from './workbook-file.js';

const bytesOf = (file: Buffer, block = 64 * 1024): Bytes => ({
  size: file.length,
  async *originals(start, end) {
    for (let at = start; at < end; at += block) yield file.subarray(at, Math.min(at + block, end));
  },
});

async function read(file: Buffer, options: SheetOptions = {}, block?: number) {
  const lines: number[] = [];
  const pieces: Buffer[] = [];
  for await (const piece of toCsv(bytesOf(file, block), options, (row) => lines.push(row)))
    pieces.push(piece);
  return { csv: Buffer.concat(pieces).toString(), lines };
}

const csvOf = async (file: Buffer | MadeWorkbook, options?: SheetOptions) =>
  (await read(Buffer.isBuffer(file) ? file : workbook(file), options)).csv;
const faultOf = (file: Buffer | MadeWorkbook, options?: SheetOptions) =>
  csvOf(file, options).then(
    (csv) => `read: ${csv.slice(0, 100)}`,
    ({ message, hint }: { message: string; hint: string }) => `${message} | ${hint}`,
  );
const one = (rows: string, more: Partial<MadeWorkbook> = {}): MadeWorkbook => ({
  sheets: [{ rows }],
  ...more,
});
const header = textRows([['userId', 'firstName']]);
const fixture = (name: string) => readFile(fileURLToPath(new URL(name, import.meta.url)));

it.each(['openpyxl', 'xlsxwriter', 'excel-writer', 'gnumeric', 'libreoffice'])(
  'as %s writes it',
  async (name) => {
    const { csv, lines } = await read(await fixture(`${name}.xlsx`), { sheet: 'people' });
    expect(csv).toBe(
      [
        'userId,firstName,lastName,username,inviteCode,Hired,Seen,Pay',
        '10000001,"Zoë ""Z""","Łuk, Jr.",zoe@example.com,00042,2024-03-05,2023-12-31T23:59:58,\ufdd0H2',
        '10000002,"Ana\nMaría",O’Neil,ana@example.com,00007,1999-01-01,2000-02-29T00:00:00,\ufdd0H3',
        '',
        '10000003,李,小龙 😀,li@example.com,99999,2030-12-31,2001-01-01T12:30:00,\ufdd0H5',
        '',
      ].join('\n'),
    );
    expect(lines).toEqual([1, 2, 3, 3, 4, 5]);
  },
);

it('formulas that LibreOffice has worked out: text, number, nothing, an error', async () => {
  expect(await csvOf(await fixture('libreoffice-formulas.xlsx'))).toBe(
    'userId,firstName,lastName,username\n10000001,Zoë A,,u@example.com\n10000002,#N/A,Lee,\n',
  );
});

it('the first sheet is the first one that is seen; a name in any case takes any', async () => {
  const sheets = ['Cover', 'Chart', 'Zo\u0308e & Co', 'Last'].map((name, index) => ({
    ...{ name, rows: textRows([[name]]) },
    ...(index === 0 && { state: 'veryHidden' as const }),
  }));
  expect(await csvOf({ sheets })).toBe('Chart\n');
  expect(await csvOf({ sheets }, { sheet: 'zöe & CO' })).toBe('Zo\u0308e & Co\n');
  expect(await csvOf({ sheets }, { sheet: 'COVER' })).toBe('Cover\n');
  expect(await faultOf({ sheets }, { sheet: 'Users' })).toMatch(
    /no sheet of the name that `sheet` gives; it has 4 sheets: "Cover", "Chart", "Zo.e & Co", "Last" \|/u,
  );
  const hidden = { sheets: sheets.map((sheet) => ({ ...sheet, state: 'hidden' as const })) };
  expect(await faultOf(hidden)).toContain('the sheet is empty');
});

it('a chart is no sheet with a list', async () => {
  const made = { sheets: [{ name: 'Chart', rows: '' }, { rows: header }] };
  const rels = `<Relationships><Relationship Id="rId1" Type="x/chartsheet" Target="chartsheets/sheet1.xml"/><Relationship Id="rId2" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`;
  expect(await csvOf({ ...made, parts: { 'xl/_rels/workbook.xml.rels': rels } })).toBe('userId,firstName\n');
});

it.each<[string, string, string]>([
  ['a truth', '<c r="A2" t="b"><v>1</v></c><c r="B2" t="b"><v>0</v></c>', 'TRUE,FALSE'],
  ['an error', '<c r="A2" t="e"><v>#REF!</v></c>', '#REF!,'],
  ['nothing', '<c r="A2"/><c r="B2"><v>5</v></c>', ',5'],
  ['an empty number', '<c r="A2"><v/></c><c r="B2"><v>5</v></c>', ',5'],
  ['cells without addresses', '<c><v>1</v></c><c><v>2</v></c>', '1,2'],
  ['a text by a formula', '<c r="A2" t="str"><f>X</f><v>a &amp; b</v></c>', 'a & b,'],
  ['nothing by a formula', '<c r="A2" t="str"><f>X</f><v></v></c><c r="B2"><v>1</v></c>', ',1'],
  ['a formula without its result', '<c r="A2"><f>B2+1</f></c>', '\ufdd0=A2,'],
  ['more digits than there are', '<c r="A2"><v>12345678901234567</v></c>', '\ufdd0+A2,'],
  ['a number as a program writes it', '<c r="A2"><v>1.0000001E7</v></c>', '10000001,'],
  ['zeros in front', '<c r="A2" s="1"><v>42</v></c><c r="B2" s="1"><v>7.0</v></c>', '00042,00007'],
  ['a date', '<c r="A2" s="2"><v>45356</v></c>', '2024-03-05,'],
  ['a date in ISO 8601', '<c r="A2" s="2" t="d"><v>2024-03-05T00:00:00.000</v></c>', '2024-03-05,'],
  ['its time, that is seen', '<c r="A2" s="3" t="d"><v>2024-03-05T08:15:00</v></c>', '2024-03-05T08:15:00,'],
  ['a date with another zone', '<c r="A2" s="2" t="d"><v>2024-03-05T00:00:00Z</v></c>', '\ufdd0A2,'],
  [
    'a look that is not sure',
    '<c r="A2" s="4"><v>1000</v></c><c r="B2" s="4"><v>1</v></c>',
    '\ufdd0A2,\ufdd0B2',
  ],
  [
    'runs of one text',
    '<c r="A2" t="inlineStr"><is><r><rPr><b/></rPr><t>Zo</t></r><r><t xml:space="preserve">ë </t></r></is></c>',
    'Zoë ,',
  ],
  [
    'how a name is read out',
    '<c r="A2" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>',
    '東京,',
  ],
  ['characters that XML has not', '<c r="A2" t="str"><v>a_x000D_b_x005F_x0041_</v></c>', '"a\rb_x0041_",'],
  ['a NUL', '<c r="A2" t="str"><v>a_x0000_b</v></c>', 'a\ufffdb,'],
  ['a text that looks like a mark of this program', '<c r="A2" t="str"><v>\ufdd0A2</v></c>', '\ufffdA2,'],
  ['quotes and commas', textCell('A2', 'a"b') + textCell('B2', 'c,d'), '"a""b","c,d"'],
  ['blanks around', textCell('A2', ' a '), ' a ,'],
  ['CDATA', '<c r="A2" t="str"><v><![CDATA[<a>&amp;]]></v></c>', '<a>&amp;,'],
  ['a value in another element', '<c r="A2"><v>1</v><extLst><ext><v>2</v></ext></extLst></c>', '1,'],
  ['more cells than the header', textRows([['a', 'b', 'c', ' ']], 2).replace(/<\/?row[^>]*>/g, ''), 'a,b,c'],
])('a cell with %s', async (_, cells, csv) => {
  const formats = ['00000', 14, 22, '#,##0.00'];
  expect(await csvOf(one(`${header}<row r="2">${cells}</row>`, { formats }))).toBe(
    `userId,firstName\n${csv}\n`,
  );
});

it('texts that cells share; style 0 counts for a cell without one', async () => {
  const strings = [
    '<t>userId</t>',
    '<r><t>Zo</t></r><r><t>ë</t></r>',
    '<t/>',
    '<t xml:space="preserve"> a_x0041_</t>',
  ];
  const cells = strings.map((_, at) => `<c r="${letter(at)}1" t="s"><v>${at}</v></c>`).join('');
  expect(await csvOf(one(`<row r="1">${cells}</row>`, { strings }))).toBe('userId,Zoë,, aA\n');
  const styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>';
  const dated = one('<row r="1"><c r="A1"><v>45356</v></c></row>', { parts: { 'xl/styles.xml': styles } });
  expect(await csvOf(dated)).toBe('2024-03-05\n');
  expect(await csvOf({ ...dated, is1904: true })).toBe('2028-03-06\n');
  expect(await csvOf({ ...dated, parts: { 'xl/styles.xml': undefined } })).toBe('45356\n');
});

it('a result that nobody has worked out is none: programs write 0 there, and say that it does not count', async () => {
  const rows = '<row r="1"><c r="A1"><f>1+1</f><v>0</v></c><c r="B1"><v>5</v></c></row>';
  expect(await csvOf(one(rows))).toBe('0,5\n');
  expect(await csvOf(one(rows, { isUncalculated: true }))).toBe('\ufdd0=A1,5\n');
});

it('empty rows keep the lines, and rows behind the last one that only have a format are none', async () => {
  const rows = `${textRows([['userId', 'x']], 3)}<row r="5"><c r="A5"/></row>${textRows([['1', 'a\r\nb'], ['2']], 6)}<row r="1048576"><c r="B1048576" t="str"><v> </v></c></row>`;
  const { csv, lines } = await read(workbook(one(rows)));
  expect(csv).toBe('\n\nuserId,x\n\n\n1,"a\r\nb"\n2,\n');
  expect(lines).toEqual([1, 2, 3, 4, 5, 6, 6, 7]);
});

it('a row that is hidden is refused with its number, unless it stands above the header', async () => {
  const rows = textRows([['Title'], ['userId'], ['1'], ['2']]);
  const hide = (row: number) => one(rows.replace(`<row r="${row}"`, `<row hidden="true" r="${row}"`));
  expect(await faultOf(hide(3))).toMatch(/^line 3: this row of the sheet is hidden.*filter/);
  expect(await faultOf(hide(1))).toMatch(/^line 1: /);
  expect(await csvOf(hide(1), { skipRows: 1 })).toBe('Title\nuserId\n1\n2\n');
  expect(await csvOf(one(rows.replace('<row r="3"', '<row hidden="0" r="3"')))).toContain('1\n');
  expect(await csvOf(one(`${rows}<row r="9" hidden="1"><c r="A9"/></row>`))).toContain('2\n');
});

it('cells that are merged are refused with their addresses, unless they stand above the header or below the list', async () => {
  const rows = textRows([['Title'], ['userId', 'a'], ['1', 'x'], ['2']]);
  const merge = (ref: string, skipRows = 1) =>
    faultOf(
      { sheets: [{ rows, behind: `<mergeCells><mergeCell ref="${ref}"/></mergeCells>` }] },
      { skipRows },
    );
  expect(await merge('B3:B4')).toMatch(/^line 3: the cells B3:B4 are merged/);
  expect(await merge('A2:B2')).toMatch(/^line 2: the cells A2:B2/);
  expect(await merge('A4:A9')).toMatch(/^line 4: /);
  expect(await merge('A1:B2')).toMatch(/^line 1: /);
  expect(await merge('A1:B1')).toMatch(/^read: /);
  expect(await merge('A1:B1', 0)).toMatch(/^line 1: /);
  expect(await merge('A6:B7')).toMatch(/^read: /);
  expect(await merge('A3')).toMatch(/^read: /);
});

it('names with a prefix, UTF-16, and the strict kind of workbook', async () => {
  const sheet = `<?xml version="1.0"?><x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Zoë</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`;
  const read = (part: string | Buffer) => csvOf(one('', { parts: { 'xl/worksheets/sheet1.xml': part } }));
  expect(await read(sheet)).toBe('Zoë\n');
  expect(await read(Buffer.from(`\ufeff${sheet}`, 'utf16le'))).toBe('Zoë\n');
  expect(await read(Buffer.from(`\ufeff${sheet}`))).toBe('Zoë\n');
});

const endless = (start: string) => strToU8(`<worksheet><sheetData>${start}${'x'.repeat(5 * 1024 ** 2)}`);
const entities = `<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`;

it.each<[string, string | Uint8Array, RegExp]>([
  ['entities of its own', entities, /has a DOCTYPE/],
  [
    'an outside entity',
    entities.replace('ENTITY a "aaaaaaaaaa"', 'ENTITY a SYSTEM "file:///etc/passwd"'),
    /DOCTYPE/,
  ],
  [
    'an unknown entity',
    '<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>',
    /well-formed/,
  ],
  ['an end that is missing', '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>', /well-formed/],
  ['no XML', 'userId,firstName', /well-formed/],
  ['nothing', '', /well-formed/],
  ['bytes that are no UTF-8', Buffer.from('<worksheet>\xe9</worksheet>', 'latin1'), /no text in UTF-8/],
  ['another encoding', '<?xml version="1.0" encoding="windows-1252"?><worksheet/>', /another encoding/],
  ['elements without end in each other', `<worksheet>${'<a>'.repeat(200)}`, /more than 100 others/],
  ['a tag without end', endless('<row a="'), /text of more than 4 MiB/],
  ['a text without end', endless(''), /text of more than 4 MiB/],
  ['a comment without end', endless('<!--'), /text of more than 4 MiB/],
])('a sheet with %s', async (_, part, message) => {
  expect(await faultOf(one('', { parts: { 'xl/worksheets/sheet1.xml': part } }))).toMatch(message);
});

it.each<[string, string, RegExp]>([
  ['rows out of order', `${textRows([['a']], 2)}${textRows([['b']], 1)}`, /rows are out of order/],
  ['a row twice', `${textRows([['a']], 2)}${textRows([['b']], 2)}`, /rows are out of order/],
  ['a row that is no number', '<row r="x"/>', /rows are out of order/],
  ['too many rows', '<row r="1048577"/>', /more than 1,048,576 rows/],
  [
    'cells out of order',
    `<row r="1">${textCell('B1', 'b')}${textCell('A1', 'a')}</row>`,
    /cells are out of order/,
  ],
  ['a cell twice', `<row r="1">${textCell('A1', 'b')}${textCell('A1', 'a')}</row>`, /cells are out of order/],
  ['a cell of another row', `<row r="1">${textCell('A2', 'b')}</row>`, /cells are out of order/],
  ['a cell without a place', `<row r="1">${textCell('1A', 'b')}</row>`, /cells are out of order/],
  ['too many columns', `<row r="1">${textCell('XFE1', 'b')}</row>`, /more than 16,384 columns/],
  ['a text that is not there', '<row><c t="s"><v>5</v></c></row>', /has a text that is not there/],
  ['a style that is not there', '<row><c s="5"><v>5</v></c></row>', /has a style that is not there/],
  ['a kind that is not known', '<row><c t="q"><v>5</v></c></row>', /of a kind that is not known/],
  ['two values', '<row><c><v>5</v><v>6</v></c></row>', /has two values/],
  ['a number that is none', '<row><c><v>0x10</v></c></row>', /has a number that is none/],
  ['a cell too long', `<row>${textCell('A1', 'x'.repeat(32_768))}</row>`, /more than 32,767 characters/],
  ['nothing', '', /the sheet is empty/],
])('%s: a message, and no value', async (_, rows, message) => {
  expect(await faultOf(one(rows))).toMatch(message);
});

it('one text in very many cells of a row', async () => {
  const strings = [`<t>${'x'.repeat(32_767)}</t>`];
  const cells = '<c t="s"><v>0</v></c>'.repeat(16_000);
  expect(await faultOf(one(`<row r="7">${cells}</row>`, { strings }))).toMatch(
    /^line 7: .*longer than 1 MiB/,
  );
});

it('what a zip archive is that is no workbook, damaged, encrypted or packed a thousand times', async () => {
  expect(await faultOf(zipped({ 'people.csv': 'userId' }))).toContain('a zip archive without a workbook');
  expect(await faultOf(await fixture('libreoffice.ods'))).toContain('a sheet of LibreOffice (.ods)');
  expect(await faultOf(zipped({ 'Index/Document.iwa': 'x' }))).toContain('Apple Numbers');
  const binary =
    '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>';
  expect(await faultOf(zipped({ '_rels/.rels': binary, 'xl/workbook.bin': 'x' }))).toContain('.xlsb');
  const word = binary.replace('xl/workbook.bin', 'word/document.xml');
  expect(await faultOf(zipped({ '_rels/.rels': word, 'word/document.xml': '<document/>' }))).toContain(
    'without a workbook',
  );
  const sound = workbook(one(header));
  expect(await faultOf(sound.subarray(0, sound.length - 30))).toContain('the workbook is damaged');
  expect(await faultOf(sound.subarray(0, 100))).toContain('the workbook is damaged');
  const encrypted = Buffer.from(sound);
  for (const [mark, at] of [
    ['PK\x01\x02', 8],
    ['PK\x03\x04', 6],
  ] as const)
    for (let place = encrypted.indexOf(mark); place !== -1; place = encrypted.indexOf(mark, place + 1))
      encrypted.writeUInt16LE(encrypted.readUInt16LE(place + at) | 1, place + at);
  expect(await faultOf(encrypted)).toContain('protected with a password');
  const wrong = Buffer.from(sound);
  const sum =
    wrong.lastIndexOf('PK\x01\x02', wrong.indexOf('xl/worksheets/sheet1.xml', wrong.indexOf('PK\x01\x02'))) +
    16;
  wrong.writeUInt32LE((wrong.readUInt32LE(sum) ^ 1) >>> 0, sum);
  expect(await faultOf(wrong)).toMatch(/checksum of a part is wrong|is damaged/);
  const large = Buffer.alloc(17 * 1024 ** 2, ' ');
  expect(await faultOf(one(header, { parts: { 'xl/workbook.xml': large } }))).toContain(
    'a part of more than 16 MiB',
  );
  const lying = workbook(one(header, { parts: { 'xl/workbook.xml': Buffer.alloc(1024 ** 2, ' ') } }));
  const size = lying.lastIndexOf('PK\x01\x02', lying.lastIndexOf('xl/workbook.xml')) + 24;
  lying.writeUInt32LE(1000, size);
  expect(await faultOf(lying)).toContain('the workbook is damaged');
});

it('two parts of one name', async () => {
  expect(await faultOf(one(header, { parts: { 'XL/workbook.xml': '<workbook/>' } }))).toContain(
    'two parts of the same name',
  );
});

it('any damage ends with a message of this program, or is none', async () => {
  const sound = workbook(
    one(
      textRows([
        ['userId', 'firstName'],
        ['10000001', 'Zoë'],
      ]),
      { strings: ['<t>x</t>'] },
    ),
  );
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(sound.length),
      async (changes, cut) => {
        const file = Buffer.from(sound);
        for (const [at, byte] of changes) file[at] = byte;
        const form = /^read: |the workbook|the file is|the sheet is empty|^line \d+: /;
        expect(await faultOf(file)).toMatch(form);
        expect(await faultOf(sound.subarray(0, cut))).toMatch(form);
      },
    ),
    randomCases(25, 10_000),
  );
});

const cellText = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replace(/[\0\ufdd0\ufffe\uffff]|(?![\t\n\r])\p{Cc}|\p{Cs}/gu, ''));

it('what is written is what is read: any text, as a cell has it or as cells share it', async () => {
  const table = fc.array(fc.array(cellText, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.boolean(),
      fc.integer({ min: 1, max: 5000 }),
      async (cells, areShared, block) => {
        const rows = [['userId', 'firstName', 'last'], ...cells];
        const strings = rows.flat().map((text) => `<t xml:space="preserve">${escaped(text)}</t>`);
        const shared = rows.map(
          (row, at) =>
            `<row>${row.map((_, index) => `<c t="s"><v>${at * 3 + index}</v></c>`).join('')}</row>`,
        );
        const made = areShared ? one(shared.join(''), { strings }) : one(textRows(rows));
        const { csv, lines } = await read(workbook(made), {}, block);
        const parsed: string[][] = parse(csv, {
          relax_column_count: true,
          skip_empty_lines: true,
          record_delimiter: '\n',
        });
        expect(parsed).toEqual(rows.filter((row) => row.some((text) => text.trim() !== '')));
        expect(lines.length).toBe(csv.split(/\r\n|[\r\n]/).length - 1);
      },
    ),
    randomCases(20, 3000),
  );
});

it('a sheet of many rows is read piece by piece', async () => {
  const rows = size(3000, 100_000);
  const many = Array.from({ length: rows }, (_, index) => [`${10_000_000 + index}`, `Ann${index}`]);
  let most = 0;
  let count = 0;
  for await (const piece of toCsv(bytesOf(workbook(one(textRows(many)))), {}, () => {
    count += 1;
  }))
    most = Math.max(most, piece.length);
  expect(count).toBe(rows);
  expect(most).toBeLessThan(256 * 1024);
});
