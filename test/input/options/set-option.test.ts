import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import type { InputOptions } from '../../../src/input/options/input-options.js';
import { parseSet } from '../../../src/input/options/set-option.js';
import { commands, csv, jsonl, NETWORK, problems, read, warnings } from '../samples.js';

const rows = (input: string, options: InputOptions, kind = csv) =>
  read(kind, input, { networkId: NETWORK, ...options });

it('gives every row the value, whatever the row has there', () => {
  const input = 'userId,firstName,inviteCodeTtl\n1,Ann,nonsense\n2,,3\n';
  const found = commands(rows(input, { set: ['inviteCodeTtl=30', 'Last Name= Lee '] }));
  expect(found.map(({ details }) => details)).toEqual([
    { firstName: 'Ann', inviteCodeTtl: 30, lastName: ' Lee ' },
    { inviteCodeTtl: 30, lastName: ' Lee ' },
  ]);
});

it('is enough of a change, in every form of a row', () => {
  const set = ['securityGroupIds=a'];
  const change = { details: { securityGroupIds: ['a'] } };
  expect(commands(rows('userId\n1\n', { set }))).toMatchObject([change]);
  const lines =
    '{"userId":"1"}\n{"userId":"2","userDetails":{}}\n{"userId":"3","userDetails":{"securityGroupIds":null}}';
  expect(commands(rows(lines, { set }, jsonl))).toMatchObject([change, change, change]);
  expect(rows('lookupUsername\nann\n', { set }).rows).toMatchObject([
    { named: { lookupUsername: 'ann', details: change.details } },
  ]);
});

it('takes the place of the groups however the row names them', () => {
  const input = 'userId,securityGroupIds\n1,old\n2,\n';
  expect(rows(input, { set: ['securityGroupNames=North; South'] }).rows).toMatchObject([
    { named: { userId: '1', details: {}, securityGroupNames: ['North', 'South'] } },
    { named: { userId: '2', details: {}, securityGroupNames: ['North', 'South'] } },
  ]);
  const named = '{"userId":"1","securityGroupNames":["Old"]}';
  expect(commands(rows(named, { set: ['securityGroupIds=a'] }, jsonl))).toMatchObject([
    { details: { securityGroupIds: ['a'] } },
  ]);
});

it('warns of two groups as a cell of the column does, but once', () => {
  const reading = rows('userId\n1\n2\n', { set: ['securityGroupIds=a;b'] });
  expect(warnings(reading)).toEqual([]);
  expect(reading.reader.optionWarnings).toEqual([
    {
      line: 1,
      column: 'securityGroupIds',
      reason: 'the value of `set` has 2 groups; in Wickr a user is in one group only',
    },
  ]);
});

describe('refuses without showing the value', () => {
  it.each([
    ['nonsense', '`set` takes FIELD=VALUE'],
    ['userId=1', '`set` cannot give "userId" to every row'],
    ['lookupUsername=Annabel', '`set` cannot give "lookupUsername" to every row'],
    ['frstName=Annabel', '`set` cannot give "frstName" to every row (nearest: firstName)'],
    ['firstName=', '`set` firstName has no value'],
    ['firstName=  ', '`set` firstName has no value'],
    ['inviteCodeTtl=Annabel', '`set` inviteCodeTtl: takes a whole number of days, 0 to 2147483647'],
    ['codeValidation=Annabel', '`set` codeValidation: takes true or false'],
    ['securityGroupIds=Annabel;;b', '`set` securityGroupIds: group 2 of 3 is empty'],
  ])('%s', (entry, message) => {
    expect(() => parseSet([entry])).toThrow(UsageError);
    expect(() => parseSet([entry])).toThrow(message);
    expect(() => parseSet([entry])).not.toThrow('Annabel');
  });

  it('a field twice, groups in both ways, more than one group if one is allowed', () => {
    expect(() => parseSet(['firstName=A', 'first name=B'])).toThrow('`set` gives firstName twice');
    expect(() => parseSet(['securityGroupIds=A', 'securityGroupNames=B'])).toThrow(/both/);
    expect(() =>
      parseSet(['securityGroupIds=A;B'], { singleGroup: true, strict: false, accepted: new Set() }),
    ).toThrow(/only one is allowed/);
    expect(parseSet(['securityGroupIds=A;B'])).toHaveLength(1);
  });
});

it('is no excuse for other faults of the row', () => {
  expect(problems(rows('userId,codeValidation\nx,maybe\n', { set: ['firstName=A'] }))).toHaveLength(2);
});
