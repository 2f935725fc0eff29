import { describe, expect, it } from 'vitest';
import { commands, jsonl, NETWORK, problems, read, warnings } from '../samples.js';

const one = (line: unknown, options = {}) =>
  read(jsonl, typeof line === 'string' ? line : JSON.stringify(line), { networkId: NETWORK, ...options });

/** The problems of one flat row with this key. */
const faultsOf = (key: string, value: unknown) =>
  problems(one({ lastName: 'Lee', ...(key === 'userId' ? {} : { userId: '7' }), [key]: value }));

const details = {
  firstName: ' Ann ',
  lastName: 'Lee',
  username: 'ann@example.com',
  securityGroupIds: ['g1'],
  inviteCode: 'code',
  inviteCodeTtl: 30,
  codeValidation: false,
};

it('makes the same command of a flat row and of a request of the API', () => {
  const flat = { networkId: NETWORK, userId: '007', ...details };
  const request = { networkId: NETWORK, userId: '007', userDetails: details };
  const command = { networkId: NETWORK, userId: '007', details };
  expect(commands(read(jsonl, `${JSON.stringify(flat)}\n${JSON.stringify(request)}`, {}))).toEqual([
    command,
    command,
  ]);
});

it('matches the names of a flat row as it does headers', () => {
  const [command] = commands(one({ 'User ID': '7', FIRST_NAME: 'Ann', 'security-group-ids': 'a; b' }));
  expect(command).toEqual({
    networkId: NETWORK,
    userId: '7',
    details: { firstName: 'Ann', securityGroupIds: ['a', 'b'] },
  });
});

it('skips blank lines, and knows rows from lines', () => {
  const line = '{"userId":"1","firstName":"A"}';
  const { rows } = read(jsonl, `\n${line}\r\n \t\r\n\r${line}`, { networkId: NETWORK });
  expect(rows.map(({ row, line: at }) => [row, at])).toEqual([
    [1, 2],
    [2, 5],
  ]);
});

const empty =
  'what the service does with an empty value is not known; leave the key out to keep the value as it is';

describe('a value is refused', () => {
  it.each([
    ['userId', 7, 'is a number, takes a text in quotes, because a leading zero counts'],
    ['userId', ' 7', 'has white space around it'],
    ['userId', '', `is an empty text: ${empty}`],
    ['networkId', 12345678, 'is a number, takes a text in quotes, because a leading zero counts'],
    ['networkId', null, 'is null: leave the key out to keep the value as it is'],
    ['firstName', null, 'is null: leave the key out to keep the value as it is'],
    ['firstName', '', `is an empty text: ${empty}`],
    ['firstName', ' \u00a0', `is only white space: ${empty}`],
    ['firstName', 7, 'is a number, takes a text'],
    ['firstName', true, 'is a true/false value, takes a text'],
    ['firstName', {}, 'is an object, takes a text'],
    ['firstName', ['a'], 'is a list, takes a text'],
    ['firstName', 'a\ud800', 'has half a character (a lone surrogate), which cannot be sent as it is'],
    ['lookupUsername', 7, 'is a number, takes a text'],
    ['lookupUsername', ' a', 'has white space around it'],
    ['securityGroupNames', [], `is an empty list: ${empty}`],
    ['securityGroupNames', ['a', 7], 'entry 2 of the list is a number, takes a text'],
    ['securityGroupNames', ['a', ' '], 'group 2 of 2 is empty'],
    ['securityGroupNames', ['a b', ' a b'], 'group 2 of 2 appears twice'],
    ['securityGroupIds', [], `is an empty list: ${empty}`],
    ['securityGroupIds', '', `is an empty text: ${empty}`],
    ['securityGroupIds', 7, 'is a number, takes a list of texts'],
    ['securityGroupIds', ['a', 7], 'entry 2 of the list is a number, takes a text'],
    ['securityGroupIds', ['a', null], 'entry 2 of the list is null, takes a text'],
    ['securityGroupIds', [''], 'group 1 of 1 is empty'],
    ['securityGroupIds', ['a', ''], 'group 2 of 2 is empty'],
    ['securityGroupIds', [' a'], 'group 1 of 1 has white space in it'],
    ['securityGroupIds', ['a', 'a'], 'group 2 of 2 appears twice'],
    [
      'securityGroupIds',
      ['\udfff'],
      'has half a character (a lone surrogate), which cannot be sent as it is',
    ],
    ['inviteCodeTtl', '30', 'is a text, takes a whole number of days'],
    ['inviteCodeTtl', 1.5, 'takes a whole number of days, 0 to 2147483647'],
    ['inviteCodeTtl', -1, 'takes a whole number of days, 0 to 2147483647'],
    ['inviteCodeTtl', 1e300, 'takes a whole number of days, 0 to 2147483647'],
    ['codeValidation', 'true', 'is a text, takes true or false'],
    ['codeValidation', 1, 'is a number, takes true or false'],
  ])('%s %j', (key, value, reason) => {
    expect(faultsOf(key, value)).toEqual([`1 ${key}: ${reason}`]);
  });
});

it('takes groups as one text in a flat row only: the request of the API has a list', () => {
  expect(problems(one({ userId: '7', userDetails: { securityGroupIds: 'a' } }))).toEqual([
    '1 securityGroupIds: is a text, takes a list of texts',
  ]);
});

it('takes users and groups by their names', () => {
  const { rows } = one({ lookupUsername: 'Ann@x.org', securityGroupNames: ['North ; East', ' South'] });
  expect(rows).toMatchObject([
    {
      named: {
        networkId: NETWORK,
        userId: '',
        lookupUsername: 'Ann@x.org',
        securityGroupNames: ['North ; East', 'South'],
        details: {},
      },
    },
  ]);
  expect(one({ userId: '7', 'Security Group Names': 'North; South' }).rows).toMatchObject([
    { named: { userId: '7', securityGroupNames: ['North', 'South'] } },
  ]);
});

it('warns of more than one group', () => {
  const row = { userId: '7', userDetails: { securityGroupIds: ['a', 'b'] } };
  expect(warnings(one(row))).toHaveLength(1);
  expect(problems(one(row, { singleGroup: true }))).toHaveLength(1);
});

describe('keys', () => {
  it.each([
    [
      'unknown ones, with the nearest known',
      { userId: '7', firstName: 'A', frstName: 'B', dept: 'C' },
      '1: unknown key 3 "frstName" (nearest known name: firstName), key 4 "dept"; if that is what is meant, give `map` "frstName=firstName"',
    ],
    ['an unknown one alone is no row without a change', { userId: '7', nam: 'A' }, /^1: unknown key 2 "nam"/],
    [
      '__proto__',
      '{"userId":"7","firstName":"A","__proto__":{"lastName":"x"}}',
      /^1: unknown key 3 "__proto__"/,
    ],
    ['constructor', { userId: '7', firstName: 'A', constructor: 1 }, /^1: unknown key 3 "constructor"/],
    [
      'two spellings',
      { userId: '7', firstName: 'A', first_name: 'A' },
      '1 firstName: is in the line twice, in two spellings',
    ],
    ['the same twice', '{"userId":"7","firstName":"A","firstName":"B"}', '1 firstName: is in the line twice'],
    [
      'the same twice, escaped',
      '{"userId":"7","firstName":"A","first\\u004eame":"B"}',
      '1 firstName: is in the line twice',
    ],
    [
      'the same twice inside',
      '{"userId":"7","userDetails":{"lastName":"A","lastName":"B"}}',
      '1 lastName: is in the line twice',
    ],
    [
      'userDetails twice',
      '{"userId":"7","userDetails":{"lastName":"A"},"userDetails":{}}',
      '1: the line has a key twice',
    ],
    [
      'in a request: names are exact',
      { userId: '7', userDetails: { FirstName: 'A' } },
      /^1: unknown key 1 "FirstName" \(nearest known name: firstName\)$/,
    ],
    [
      'in a request: an ID inside',
      { userId: '7', userDetails: { firstName: 'A', userId: '7' } },
      /^1: unknown key 2 "userId"/,
    ],
    [
      'beside a request',
      { userId: '7', firstName: 'A', userDetails: { lastName: 'B' } },
      '1 firstName: is beside userDetails; it belongs inside',
    ],
    [
      'details that are none',
      { userId: '7', userDetails: ['a'] },
      '1: userDetails is a list, takes an object',
    ],
    ['details that are null', { userId: '7', userDetails: null }, '1: userDetails is null, takes an object'],
    [
      'empty details',
      { userId: '7', userDetails: {} },
      '1: the row changes nothing: no field of the user has a value',
    ],
    ['no change', { userId: '7' }, '1: the row changes nothing: no field of the user has a value'],
    [
      'no user',
      { firstName: 'A' },
      '1 userId: is missing: every row needs the ID of its user, or a lookupUsername',
    ],
    [
      'in a request: names that are to be looked up',
      { userId: '7', lookupUsername: 'a', userDetails: { firstName: 'A' } },
      /^1: unknown key 2 "lookupUsername"/,
    ],
    [
      'in a request: names of groups',
      { userId: '7', userDetails: { securityGroupNames: ['a'] } },
      /^1: unknown key 1 "securityGroupNames" \(nearest known name: securityGroupIds\)/,
    ],
    [
      'IDs and names of groups',
      { userId: '7', securityGroupIds: ['a'], securityGroupNames: ['b'] },
      '1 securityGroupNames: is given beside securityGroupIds: give one of them',
    ],
  ])('%s', (_, line, reason) => {
    const found = problems(one(line));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
    if (typeof reason === 'string') expect(found[0]).toBe(reason);
  });

  it('that are unknown are left out of account when told to', () => {
    const options = { ignoreUnknownColumns: true };
    const flat = { userId: '7', firstName: 'A', dept: { a: { b: null } }, note: 'a:b' };
    const request = { userId: '7', x: 1, userDetails: { firstName: 'A', y: [{}] } };
    const command = { networkId: NETWORK, userId: '7', details: { firstName: 'A' } };
    expect(commands(one(flat, options))).toEqual([command]);
    expect(commands(one(request, options))).toEqual([command]);
    const mixed = { userId: '7', lastName: 'B', userDetails: { firstName: 'A' } };
    expect(problems(one(mixed, options))).toEqual(['1 lastName: is beside userDetails; it belongs inside']);
  });

  it('are not shown if none of them is known: the line may be data', () => {
    const [first] = problems(one({ Annabel: 1, Lee: 2 }));
    expect(first).toMatch(/^1: none of the line's keys is known; the keys are: networkId, userId,/);
    expect(first).not.toMatch(/Annabel|Lee/);
  });

  it('without a network are refused row by row', () => {
    const input = '{"userId":"1","firstName":"A"}\n{"networkId":"11111111","userId":"2","firstName":"A"}\n';
    expect(problems(read(jsonl, input, {}))).toEqual([
      '1 networkId: is missing: fill it in, or give it for the whole file with the option `networkId`',
    ]);
  });
});

describe('a line that is no JSON object', () => {
  it.each([
    ['{"userId":"7","firstName":"Ann', /^1: the line is not valid JSON at character \d+$/],
    ['{"userId":"7","firstName":', '1: the line ends in the middle of a JSON value'],
    ['{"userId":"7" "firstName":"Ann"}', /^1: the line is not valid JSON at character 15$/],
    ['Annabel', /^1: the line is not valid JSON( at character \d+)?$/],
    ["{'userId':'7'}", /^1: the line is not valid JSON at character 2$/],
    ['"Annabel"', '1: the line is a text, takes a JSON object'],
    ['7', '1: the line is a number, takes a JSON object'],
    ['null', '1: the line is null, takes a JSON object'],
    ['{}{}', /^1: the line is not valid JSON at character 3$/],
  ])('%s', (line, reason) => {
    const found = problems(one(line));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
    expect(found[0]).not.toContain('Annabel');
  });

  it('takes no number for a position that comes from the line itself', () => {
    // V8 quotes a line as short as this one in its message.
    expect(problems(one('JSON at position 471'))).toEqual(['1: the line is not valid JSON']);
  });
});

it.each([
  ['lists', '['],
  ['objects', '{"a":'],
])('survives %s in each other as deep as a row is long', (_, open) => {
  for (const depth of [10_000, 170_000]) {
    expect(problems(one(`{"userId":${open.repeat(depth)}`))).toHaveLength(1);
    const closed = `{"userId":"7","firstName":"A","x":${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}}`;
    expect(problems(one(closed))).toHaveLength(1);
    expect(commands(one(closed, { ignoreUnknownColumns: true }))).toHaveLength(1);
  }
});
