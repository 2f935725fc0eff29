/** Conditions against a naive evaluation of them: for random files and conditions, just the rows that are meant are selected. */
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomCases } from '../../length.js';
import { csv, jsonl, NETWORK, read } from '../samples.js';

const NAMES = ['Department', 'Cost Centre', 'Prénom', 'a!=b', 'x*', '"q"'] as const;
const values = [
  ...[
    'Sales',
    'sales',
    'IT',
    '',
    ' IT ',
    'R&D',
    '=5',
    '!x',
    '/x/',
    '(a, b)',
    'a, b',
    '"q"',
    "'q'",
    'Zo\u00eb',
  ],
  ...['Zoe\u0308', 'a and b=c', '<5', '~', 'São', '=', '(', ')', ',', '/', 'a||b', '5', '\u00a0Sales'],
];
const cell = fc.constantFrom(...values);
const rows = fc.array(fc.tuple(...NAMES.map(() => cell)), { minLength: 1, maxLength: 8 });

/** One condition: what it means, and how it is written. */
interface Meant {
  readonly column: number;
  readonly not: boolean;
  readonly kind: 'value' | 'list' | 'prefix';
  readonly values: readonly string[];
  readonly bare: boolean;
  readonly decomposed: boolean;
}
const meant: fc.Arbitrary<Meant> = fc.record({
  column: fc.nat(NAMES.length - 1),
  not: fc.boolean(),
  kind: fc.constantFrom('value', 'list', 'prefix'),
  values: fc.array(cell, { minLength: 1, maxLength: 3 }),
  bare: fc.boolean(),
  decomposed: fc.boolean(),
});

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const isSimple = (text: string) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ]*$/u.test(text);
const literal = (text: string, bare: boolean) => (bare && isSimple(text) ? text : quoted(text));

function written({ column, not, kind, values: [first = '', ...more], bare, decomposed }: Meant): string {
  const name = literal(NAMES[column] as string, bare).normalize(decomposed ? 'NFD' : 'NFC');
  const sign = not ? '!=' : '=';
  if (kind === 'list')
    return `${name}${sign}(${[first, ...more].map((text) => literal(text, bare)).join(', ')})`;
  if (kind === 'value' || first.trim() === '') return `${name}${sign}${literal(first, bare)}`;
  const escaped = first
    .trim()
    .normalize('NFC')
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return `${name}${sign}/^${escaped}/`;
}

/** The same without any of the program's own code. */
function isMet({ column, not, kind, values: wanted }: Meant, cells: readonly string[]): boolean {
  const plain = (text: string) => text.normalize('NFC').trim();
  const text = plain(cells[column] as string);
  const first = plain(wanted[0] as string);
  if (kind === 'list') return wanted.some((each) => plain(each) === text) !== not;
  return (kind === 'value' || first === '' ? text === first : text.startsWith(first)) !== not;
}

const asCsv = (table: readonly (readonly string[])[]) =>
  stringify(
    [['firstName', 'userId', ...NAMES], ...table.map((cells, index) => ['Ana', `${index + 1}`, ...cells])],
    { quoted: true },
  );
const asJson = (table: readonly (readonly string[])[]) =>
  table
    .map((cells, index) => [
      ['userId', `${index + 1}`],
      ['firstName', 'Ana'],
      ...NAMES.map((name, at) => [name, cells[at]]),
    ])
    .map((members) => JSON.stringify(Object.fromEntries(members as [string, string][])))
    .join('\n');

it('select just the rows that are meant, and no condition that no row meets is passed over in silence', () => {
  fc.assert(
    fc.property(rows, fc.array(meant, { minLength: 1, maxLength: 3 }), (table, conditions) => {
      const where = conditions.map((condition) => written(condition));
      const options = { networkId: NETWORK, ignoreUnknownColumns: true, where };
      const isSelected = (cells: readonly string[]) =>
        conditions.every((condition) => isMet(condition, cells));
      const expected = table.flatMap((cells, index) => (isSelected(cells) ? [index + 1] : []));
      const unmet = conditions.filter((condition) => !table.some((cells) => isMet(condition, cells)));
      for (const reading of [read(csv, asCsv(table), options), read(jsonl, asJson(table), options)]) {
        expect(reading.error).toBeUndefined();
        expect(reading.rows.flatMap((row) => ('command' in row ? [row.row] : []))).toEqual(expected);
        expect(reading.reader.unmet).toHaveLength(unmet.length);
      }
    }),
    randomCases(300, 5000),
  );
});
