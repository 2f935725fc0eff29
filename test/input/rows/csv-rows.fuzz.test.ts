import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnName, columnNames } from '../../../src/input/columns/column-names.js';
import { gradeOf } from '../../../src/input/fields/value-grade.js';
import type { Row } from '../../../src/model.js';
import { randomCases } from '../../length.js';
import { cuts, mutated, readSoundly, sign, value } from '../hostile-bytes.js';
import { csv, NETWORK } from '../samples.js';

const TEXTS = ['firstName', 'lastName', 'username', 'inviteCode'] as const;
const names = fc.shuffledSubarray([...TEXTS], { minLength: 1 });
// Of ten digits, as no value has: one that looks like another row is refused.
const id = fc.integer({ min: 1e9, max: 1e10 - 1 }).map(String);
const spelling = fc.constantFrom<((name: string) => string)[]>(
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replaceAll(/[A-Z]/g, ' $&'),
  (name) => ` "${name}"\r\n`,
);

/** A table of text columns, and how it is written. */
const tables = names.chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    spell: spelling,
    rows: fc.array(fc.tuple(id, fc.tuple(...columns.map(() => fc.option(value, { nil: '' })))), {
      minLength: 1,
      maxLength: 6,
    }),
    delimiter: fc.constantFrom(',', ';', '\t', '|', '.', '@'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    quoted: fc.boolean(),
    bom: fc.boolean(),
    eof: fc.boolean(),
  }),
);
type Table = typeof tables extends fc.Arbitrary<infer T> ? T : never;

function write({ columns, spell, rows, delimiter, lineEnd, quoted, bom, eof }: Table): Buffer {
  const records = [['userId', ...columns].map(spell), ...rows.map(([userId, cells]) => [userId, ...cells])];
  // csv-stringify itself only quotes its own record delimiter.
  const options = { delimiter, record_delimiter: lineEnd, quoted, quoted_match: /[\r\n]/, bom, eof };
  return Buffer.from(stringify(records, options));
}

const asked = (row: Row) => ('command' in row ? row.command : 'named' in row && row.named);

describe('CSV', () => {
  it('of any cells comes back as it was written, unless a value is damaged', () => {
    fc.assert(
      fc.property(tables, cuts, (table, shares) => {
        const options = { networkId: NETWORK, delimiter: table.delimiter };
        const { rows, error } = readSoundly(csv, write(table), shares, options);
        expect(error).toBeUndefined();
        const expected = table.rows.map(([userId, cells]) => {
          const members = table.columns.map((name, index) => [name, cells[index] ?? ''] as const);
          const details = Object.fromEntries(members.filter(([, text]) => text.trim() !== ''));
          const isDamaged = members.some(
            ([name, text]) => text.trim() !== '' && gradeOf(name, text)?.grade === 'error',
          );
          return isDamaged || Object.keys(details).length === 0
            ? undefined
            : { networkId: NETWORK, userId, details };
        });
        expect(rows.map((row) => ('command' in row ? row.command : undefined))).toEqual(expected);
      }),
      randomCases(250, 2500),
    );
  });

  it('that was damaged is read or refused, and what is read is an input again', () => {
    const cell = fc.oneof(value, id, fc.constantFrom('', 'true', '7', NETWORK));
    const columns = fc.shuffledSubarray<ColumnName>([...columnNames], { minLength: 1 });
    const files = fc
      .tuple(
        columns,
        fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
      )
      .map(([header, rows, lineEnd]) => {
        const cells = rows.map((row) =>
          header.map((name, i) => (name === 'userId' ? String(i) : (row[i] ?? ''))),
        );
        return Buffer.from(
          stringify([header, ...cells], { record_delimiter: lineEnd, quoted_match: /[\r\n]/ }),
        );
      });
    fc.assert(
      fc.property(
        mutated(files),
        cuts,
        fc.boolean(),
        fc.nat(2),
        (bytes, shares, ignoreUnknownColumns, skip) => {
          const options = { networkId: NETWORK, ignoreUnknownColumns, skipRows: skip };
          const { rows, reader } = readSoundly(csv, bytes, shares, options);
          const good = rows.flatMap((row) => ('command' in row || 'named' in row ? [row] : []));
          if (good.length === 0) return;
          const parts = good.map(({ start, end }) => bytes.subarray(start, end));
          const copy = Buffer.concat([bytes.subarray(0, reader.header?.end), ...parts]);
          const again = readSoundly(csv, copy, shares, options);
          expect(again.error).toBeUndefined();
          expect(again.rows.map(asked)).toEqual(good.map(asked));
        },
      ),
      randomCases(300, 3000),
    );
  });

  it('that never was any is read or refused', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.oneof(sign, fc.constantFrom(...columnNames)), { maxLength: 30 })
        .map((all) => Buffer.from(all.join(''))),
      fc.array(sign, { maxLength: 30 }).map((all) => Buffer.from(`userId,firstName\n1,${all.join('')}`)),
    );
    fc.assert(
      fc.property(anything, cuts, fc.boolean(), (bytes, shares, ignoreUnknownColumns) => {
        readSoundly(csv, bytes, shares, { networkId: NETWORK, ignoreUnknownColumns });
      }),
      randomCases(300, 3000),
    );
  });
});
