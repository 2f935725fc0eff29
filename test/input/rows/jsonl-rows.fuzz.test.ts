import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnNames } from '../../../src/input/columns/column-names.js';
import type { NamedCommand, Row } from '../../../src/model.js';
import { randomCases } from '../../length.js';
import { cuts, MARK, mutated, readSoundly, sign, value } from '../hostile-bytes.js';
import { jsonl, NETWORK } from '../samples.js';

const keys = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string[]>(...columnNames) },
  fc.constantFrom('__proto__', 'constructor', 'toString', 'userDetails', 'First Name', 'id', ''),
);
const json = fc.oneof(
  { weight: 4, arbitrary: value },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown[]>('7', NETWORK, 30, true, false, null, 1e300, -0, [], ['a', 'b']),
  },
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  fc.array(value, { maxLength: 4 }),
);
/** Written by hand: an object of JavaScript would take `__proto__` for its prototype, and a key only once. */
const objectOf = (members: readonly (readonly [string, string])[]) =>
  `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
const texts = fc.oneof(
  { weight: 9, arbitrary: json.map((each) => JSON.stringify(each)) },
  fc.constantFrom(
    '"\\ud800"',
    '["a\\udc00"]',
    '"\\ud83d\\ude00"',
    '1e999',
    '-0',
    '"\\u0000"',
    '{"__proto__":{}}',
  ),
);
const members = fc.array(fc.tuple(keys, texts), { maxLength: 5 });
const lines = fc
  .record({ members, details: fc.option(members), id: fc.nat(1e9), withId: fc.boolean() })
  .map(({ members: all, details, id, withId }) =>
    objectOf([
      ...(withId ? [['userId', `"${id}"`] as const] : []),
      ...all.filter(([key]) => !(withId && key === 'userId')),
      ...(details === null ? [] : [['userDetails', objectOf(details)] as const]),
    ]),
  );
const files = fc
  .tuple(fc.array(lines, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([all, lineEnd]) => Buffer.from(all.join(lineEnd)));

/** What the row's own JSON says of each field that is sent. */
function expectAsGiven(row: Row, bytes: Buffer): void {
  if (!('command' in row || 'named' in row)) return;
  const given = JSON.parse(bytes.toString('utf8', row.start, row.end)) as Record<string, unknown>;
  const { userId, details, ...names }: NamedCommand = 'named' in row ? row.named : row.command;
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const fields = (given.userDetails ?? given) as Record<string, unknown>;
  const entries = (object: object) =>
    new Map(Object.entries(object).map(([name, each]) => [plain(name), each]));
  expect(entries(given).get('userid') ?? '').toBe(userId);
  if (names.lookupUsername !== undefined)
    expect(entries(given).get('lookupusername')).toBe(names.lookupUsername);
  const { securityGroupNames = [] } = names;
  if (securityGroupNames.length > 0) {
    const asked = entries(fields).get('securitygroupnames');
    // A semicolon behind a backslash belongs to the name.
    const list =
      typeof asked === 'string'
        ? asked.split(/(?<!\\);/).map((name) => name.replaceAll('\\;', ';'))
        : (asked as string[]);
    expect(securityGroupNames).toEqual(list.map((name) => name.trim()));
  }
  for (const [name, sent] of Object.entries(details)) {
    // The API's own request takes exact names alone, and may have others beside them that are left out of account.
    const asked = Object.hasOwn(fields, name) ? fields[name] : entries(fields).get(plain(name));
    if (name === 'securityGroupIds' && typeof asked === 'string') {
      expect(sent).toEqual(asked.split(';').map((group) => group.trim()));
    } else if (typeof sent === 'string' || typeof asked !== 'string') {
      expect(sent).toEqual(asked);
    } else {
      throw new Error(`${name} was given as a text`);
    }
  }
}

const asked = (row: Row) => ('command' in row ? row.command : 'named' in row && row.named);

describe('JSONL', () => {
  it('of any values is taken exactly as given, or refused', () => {
    fc.assert(
      fc.property(files, cuts, fc.boolean(), (bytes, shares, ignoreUnknownColumns) => {
        const { rows } = readSoundly(jsonl, bytes, shares, { networkId: NETWORK, ignoreUnknownColumns });
        for (const row of rows) expectAsGiven(row, bytes);
      }),
      randomCases(300, 3000),
    );
  });

  it('that was damaged is read or refused, and what is read is an input again', () => {
    fc.assert(
      fc.property(mutated(files), cuts, (bytes, shares) => {
        const { rows } = readSoundly(jsonl, bytes, shares);
        for (const row of rows) expectAsGiven(row, bytes);
        const good = rows.flatMap((row) => ('command' in row || 'named' in row ? [row] : []));
        const copy = Buffer.concat(good.map(({ start, end }) => bytes.subarray(start, end)));
        if (good.length === 0) return;
        const again = readSoundly(jsonl, copy, shares);
        expect(again.rows.map(asked)).toEqual(good.map(asked));
      }),
      randomCases(250, 2500),
    );
  });

  it('that never was any is read or refused', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.oneof(sign, fc.constantFrom('"userId"', MARK)), { maxLength: 30 })
        .map((all) => Buffer.from(all.join(''))),
    );
    fc.assert(
      fc.property(anything, cuts, (bytes, shares) => {
        readSoundly(jsonl, bytes, shares);
      }),
      randomCases(200, 2000),
    );
  });
});
