import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitGroups } from '../../../src/input/fields/group-list.js';
import { randomCases } from '../../length.js';
import { commands, csv, jsonl, NETWORK, problems, read } from '../samples.js';

it.each([
  ['A', ['A']],
  ['A;B', ['A', 'B']],
  [' A ; B ', ['A', 'B']],
  ['A\\;B', ['A;B']],
  ['A\\; B ; C', ['A; B', 'C']],
  ['A\\\\;B', ['A\\', 'B']],
  ['A\\\\\\;B', ['A\\;B']],
  ['A\\B;C\\', ['A\\B', 'C\\']],
  ['A\\\\B', ['A\\\\B']],
  ['\\;', [';']],
  [';', ['', '']],
  ['A;', ['A', '']],
])('%j are %j', (text, groups) => {
  expect(splitGroups(text)).toEqual(groups);
});

it('every name can be written, and comes back', () => {
  const name = fc.string({ unit: fc.constantFrom('a', ';', '\\', ' ', ','), minLength: 1, maxLength: 6 });
  const names = fc.array(
    name.filter((text) => text.trim() === text),
    { minLength: 1, maxLength: 4 },
  );
  const written = (group: string) =>
    group.replace(/\\*(?:;|$)/g, (part) => {
      const slashes = part.replace(';', '');
      return part.endsWith(';') ? `${slashes}${slashes}\\;` : `${slashes}${slashes}`;
    });
  fc.assert(
    fc.property(names, (groups) => {
      // A backslash at the very end is before no sign: a sign follows all but the last.
      const text = groups
        .map((group, at) => (at < groups.length - 1 ? written(group) : written(`${group}|`).slice(0, -1)))
        .join(';');
      expect(splitGroups(text)).toEqual(groups);
    }),
    randomCases(300, 3000),
  );
});

it('a name with the sign in it can be given in CSV as in JSON', () => {
  const expected = [['R;D', 'Sales']];
  const table = read(csv, 'userId,securityGroupNames\n7,R\\;D;Sales\n', { networkId: NETWORK });
  const list = read(jsonl, '{"userId":"7","securityGroupNames":["R;D","Sales"]}');
  for (const { rows } of [table, list])
    expect(rows.map((row) => 'named' in row && row.named.securityGroupNames)).toEqual(expected);
  expect(commands(read(csv, 'userId,securityGroupIds\n7,a;b\n'))[0]?.details.securityGroupIds).toEqual([
    'a',
    'b',
  ]);
});

it('a list with other signs between is told how groups are parted', () => {
  expect(problems(read(csv, 'userId,securityGroupIds\n7,"a, b"\n'))).toEqual([
    '2 securityGroupIds: group 1 of 1 has white space in it: groups are parted by ;',
  ]);
});
