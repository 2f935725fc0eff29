import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Member } from '../../src/model.js';
import { headingOf, userLine } from '../../src/verbs/export-file.js';
import { exportedUser } from '../../src/verbs/exported-user.js';
import { commands, csv, jsonl, NETWORK, read } from '../input/samples.js';
import { randomCases } from '../length.js';

const nobody: Member = {
  userId: '7',
  firstName: undefined,
  lastName: undefined,
  username: undefined,
  securityGroupIds: undefined,
  pending: false,
  suspended: false,
  bot: false,
};

function lineOf(member: Partial<Member>, format: 'csv' | 'jsonl'): string {
  const user = exportedUser(NETWORK, { ...nobody, ...member });
  return user ? userLine(user, format) : 'no line';
}

describe('a line', () => {
  it.each<[Partial<Member>, string, string]>([
    [
      { firstName: 'Zoë', securityGroupIds: ['a', 'b'] },
      '12345678,7,Zoë,,,a;b\n',
      '{"networkId":"12345678","userId":"7","firstName":"Zoë","securityGroupIds":["a","b"]}\n',
    ],
    [
      { lastName: '=1+"1"', username: 'a,b' },
      '12345678,7,,"=1+""1""","a,b",\n',
      '{"networkId":"12345678","userId":"7","lastName":"=1+"1"","username":"a,b"}\n'.replace(
        '"1"',
        '\\"1\\"',
      ),
    ],
    [{ firstName: ' \t', lastName: '\ud800', username: '', securityGroupIds: [] }, 'no line', 'no line'],
    [{ securityGroupIds: ['a;b'] }, 'no line', 'no line'],
    [{}, 'no line', 'no line'],
  ])('of %j', (member, asCsv, asJsonl) => {
    expect([lineOf(member, 'csv'), lineOf(member, 'jsonl')]).toEqual([asCsv, asJsonl]);
  });
});

const text = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...' ,;"\r\n\t=\'\ufeff\u00a0a'), maxLength: 8 }),
  ),
  { nil: undefined },
);
const members = fc.array(
  fc.record({
    firstName: text,
    lastName: text,
    username: text,
    securityGroupIds: fc.option(fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 }), {
      nil: undefined,
    }),
  }),
  { minLength: 1, maxLength: 10 },
);

it.each([
  ['csv', csv],
  ['jsonl', jsonl],
] as const)('what was written as %s is read as it was', (format, kind) => {
  fc.assert(
    fc.property(members, (list) => {
      const users = list.flatMap(
        (member, i) => exportedUser(NETWORK, { ...nobody, ...member, userId: String(i) }) ?? [],
      );
      fc.pre(users.length > 0);
      const lines = users.map((user) => userLine(user, format));
      const read_ = commands(read(kind, headingOf(format) + lines.join('')));
      expect(read_.map(({ details }) => details)).toEqual(
        users.map(({ networkId: _, userId: __, ...details }) => details),
      );
    }),
    randomCases(100, 1000),
  );
});
