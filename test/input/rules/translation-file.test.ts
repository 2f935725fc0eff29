import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import { checkTranslate, parseTranslate, translationOf } from '../../../src/input/rules/translate-option.js';
import { readTranslation } from '../../../src/input/rules/translation-file.js';
import { csv, folder, jsonl, NETWORK, problems, read } from '../samples.js';

async function table(content: string | Buffer, name = 'groups.csv') {
  const file = join(await folder(), name);
  await writeFile(file, content);
  return readTranslation({ field: 'securityGroupNames', file });
}
const text = 'Département,securityGroupNames\r\nVente,Sales\r\n"R, D","Lab; 2"\r\n';
const entries = [
  ['Vente', 'Sales'],
  ['R, D', 'Lab; 2'],
];

describe('a table', () => {
  it.each([
    ['in UTF-8', Buffer.from(text)],
    ['with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['in UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['with semicolons', text.replace(/,(?=sec|Sal|"L)/g, ';')],
    ['with tabs', text.replace(/,(?=sec|Sal|"L)/g, '\t')],
    ['with |', text.replace(/,(?=sec|Sal|"L)/g, '|')],
    ['with blank lines', `\r\n${text}\r\n,\r\n`],
    ['without a header', text.replace(/^.*\r\n/, '')],
    ['compressed', gzipSync(text)],
  ])('is read %s', async (_, content) => {
    expect(await table(content)).toEqual({ field: 'securityGroupNames', name: 'groups.csv', entries });
  });

  it('is called what it wants', async () => {
    expect((await table('A,B\n', 'table')).entries).toEqual([['A', 'B']]);
    expect((await table('A\tB, C\n', 'table.tsv')).entries).toEqual([['A', 'B, C']]);
  });

  it.each([
    ['a line with one cell', 'A,1\nB\n', 'line 2: it has 1 cell, not two'],
    ['a line with three', 'A,1\nB,2\nC,3,4\n', 'line 3: it has 3 cells, not two'],
    ['one column', 'A\nB\n', 'line 1: it has 1 cell, not two'],
    ['a blank value', 'A,1\n ,2\n', 'line 2: cell 1: the value is blank'],
    ['no translation', 'A,1\nB, \n', 'line 2: cell 2: the value has no translation'],
    ['a value twice', 'A,1\nB,2\nA,3\n', 'line 3: cell 1: the same value comes twice (first on line 1)'],
    [
      'two that differ in case and white space',
      'A b,1\nX,2\n a  B,1\n',
      'line 3: cell 1: the same value comes twice, in other case or with other white space (first on line 1)',
    ],
    ['nothing', '', 'there is nothing in it'],
    ['a header alone', 'Department,security group names\n', 'there is nothing in it'],
    ['a quote that is not closed', 'A,1\n"B,2\n', 'quote'],
    ['another encoding', Buffer.from('Caf\xe9,1\n', 'latin1'), 'UTF-8'],
    ['a workbook', Buffer.from('PK\x03\x04xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'), 'groups.csv'],
  ])('with %s is refused, without its values', async (_, content, message) => {
    const refusal = await table(content).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InputError);
    expect((refusal as InputError).message).toMatch(/^`translate` groups\.csv: /);
    expect((refusal as InputError).message).toContain(message);
  });

  it('that is not there is named', async () => {
    const file = join(await folder(), 'none.csv');
    await expect(readTranslation({ field: 'username', file })).rejects.toThrow(
      '`translate` none.csv: there is no',
    );
  });
});

it.each([
  ['securityGroupNames', '`translate` takes FIELD=FILE'],
  ['group=x.csv', '`translate` cannot give "group"'],
  ['userId=x.csv', '`translate` cannot give "userId"'],
  ['securityGroupNames= ', '`translate` securityGroupNames names no file'],
])('%j is refused', (entry, message) => {
  expect(() => parseTranslate(entry)).toThrow(UsageError);
  expect(() => parseTranslate(entry)).toThrow(message);
});

it('a field has one table, and a table of a program is checked as one of a file', () => {
  expect(() => checkTranslate(['firstName=a.csv', { field: 'firstName', entries: [['a', 'b']] }])).toThrow(
    '`translate` gives firstName twice',
  );
  const twice = {
    field: 'firstName',
    entries: [
      ['a', 'b'],
      ['A', 'c'],
    ] as [string, string][],
  };
  expect(() => checkTranslate([twice])).toThrow('`translate` the table: entry 2: the same value comes twice');
  expect(() => checkTranslate([{ field: 'firstName', entries: [] }])).toThrow('there is nothing in it');
});

it('finds a value without regard to case and white space, in any form of Unicode; * is any other', () => {
  const groups = translationOf({
    field: 'securityGroupNames',
    entries: [
      ['Cafe\u0301  Bar', 'C'],
      ['*', 'D'],
    ],
  });
  expect([' café bar ', 'CAFÉ\u00a0BAR', 'Café'].map(groups.of)).toEqual(['C', 'C', 'D']);
  expect(
    translationOf({ field: 'username', entries: [['__proto__', 'x']] }).of('constructor'),
  ).toBeUndefined();
});

describe.each([
  ['CSV', csv, 'userId,securityGroupNames\n1,sales\n2,Salse\n3,Salse\n4,IT;Sales\n'],
  [
    'JSONL',
    jsonl,
    '{"userId":"1","securityGroupNames":["sales"]}\n{"userId":"2","securityGroupNames":"Salse"}\n{"userId":"3","securityGroupNames":["Salse"]}\n{"userId":"4","securityGroupNames":["IT","Sales"]}',
  ],
] as const)('values of %s', (name, kind, input) => {
  const first = name === 'CSV' ? 2 : 1;
  const translations = [
    {
      field: 'securityGroupNames',
      name: 'g.csv',
      entries: [
        ['Sales', 'S1;S2'],
        ['it;sales', 'Both'],
      ] as [string, string][],
    },
  ];
  const reading = read(kind, input, { networkId: NETWORK, translations });

  it('are translated as a whole, and those without a translation are counted with their lines', () => {
    expect(reading.rows[0]).toMatchObject({ named: { securityGroupNames: ['S1', 'S2'] } });
    expect(reading.rows[3]).toMatchObject({ named: { securityGroupNames: ['Both'] } });
    expect(problems(reading)).toEqual([
      `${first + 1} securityGroupNames: has a value that g.csv does not translate`,
      `${first + 2} securityGroupNames: has a value that g.csv does not translate`,
    ]);
    expect(reading.reader.untranslated).toEqual([
      { field: 'securityGroupNames', value: 'Salse', rows: 2, line: first + 1 },
    ]);
  });

  it('a table for which no column has values is refused', () => {
    const table = [{ field: 'lastName', entries: [['a', 'b']] as [string, string][] }];
    expect(read(kind, input, { networkId: NETWORK, translations: table }).error?.message).toContain(
      '`translate` gives lastName, and no column is read as that',
    );
  });
});

it('a blank value is none: the row stays as it is', () => {
  const translations = [
    {
      field: 'firstName',
      entries: [
        ['a', 'b'],
        ['*', 'c'],
      ] as [string, string][],
    },
  ];
  const reading = read(csv, 'userId,firstName,lastName\n1,,x\n2,q,\n', { networkId: NETWORK, translations });
  expect(reading.rows).toMatchObject([
    { command: { details: { lastName: 'x' } } },
    { command: { details: { firstName: 'c' } } },
  ]);
  expect(Object.keys((reading.rows[0] as { command: { details: object } }).command.details)).toEqual([
    'lastName',
  ]);
});
