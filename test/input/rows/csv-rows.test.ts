import { describe, expect, it } from 'vitest';
import { commands, csv, NETWORK, problems, read, warnings } from '../samples.js';

const every =
  'networkId,userId,firstName,lastName,username,securityGroupIds,inviteCode,inviteCodeTtl,codeValidation';

/** The problems of one cell, in a row that is otherwise fine. */
const faultsOf = (column: string, cell: string, options = {}) => {
  const spare = column === 'lastName' ? 'firstName' : 'lastName';
  const userId = column === 'userId' ? '' : ',userId';
  const input = `${column},${spare}${userId}\n${cell},Lee${userId === '' ? '' : ',7'}\n`;
  return problems(read(csv, input, { networkId: NETWORK, ...options }));
};

it('makes a command of a row with every column', () => {
  const input = `${every}\r\n12345678,007,Ann,Lee,ann@example.com,g1,code,30,TRUE\r\n`;
  expect(commands(read(csv, input, {}))).toEqual([
    {
      networkId: '12345678',
      userId: '007',
      details: {
        firstName: 'Ann',
        lastName: 'Lee',
        username: 'ann@example.com',
        securityGroupIds: ['g1'],
        inviteCode: 'code',
        inviteCodeTtl: 30,
        codeValidation: true,
      },
    },
  ]);
});

it('leaves a blank cell out of the command and every other value as it is', () => {
  const input = 'userId,username,inviteCode,firstName,lastName\n7,,"\n \u00a0",  Ann  ,"a ""b"", \r\nc"\n';
  const [command] = commands(read(csv, input));
  expect(command?.details).toEqual({ firstName: '  Ann  ', lastName: 'a "b", \r\nc' });
  expect(Object.keys(command?.details ?? {})).toEqual(['firstName', 'lastName']);
});

it('skips blank lines, and knows rows from lines', () => {
  const { rows } = read(csv, 'userId,firstName\n\n1,A\n \t\n\r\n"2","\n"\n3,C\n""\n4,D', {
    networkId: NETWORK,
  });
  expect(rows.map(({ row, line }) => [row, line])).toEqual([
    [1, 3],
    [2, 6],
    [3, 8],
    [4, 10],
  ]);
});

describe('an ID', () => {
  it.each([
    ['', 'is blank: every row needs the ID of its user'],
    ['12345678901', 'has 11 digits, takes 1 to 10'],
    [' 7', 'has white space around it'],
    ['7\u00a0', 'has white space around it'],
    ['1 7', 'has 3 characters, with white space; takes 1 to 10 digits'],
    ['12x4567890123', 'has 13 characters, with a letter; takes 1 to 10 digits'],
    ['-', 'has 1 character, with a character that is not a digit from 0 to 9; takes 1 to 10 digits'],
    [
      '\u0661\u0662',
      'has 2 characters, with a character that is not a digit from 0 to 9; takes 1 to 10 digits',
    ],
    ['1.23457E+11', /^is a number in scientific notation: the spreadsheet has lost digits/],
    ['"1,5e9"', /^is a number in scientific notation/],
    ['1234.0', /^is a number with decimals/],
  ])('of a user is refused: %j', (cell, reason) => {
    const [problem, ...more] = faultsOf('userId', cell);
    expect(problem).toMatch(typeof reason === 'string' ? `2 userId: ${reason}` : /^2 userId: /);
    expect(problem?.slice(10)).toMatch(reason);
    expect(more).toEqual([]);
  });

  it.each([
    ['1234567', 'has 7 digits, needs 8: was a leading zero lost in a spreadsheet?'],
    ['123456', 'has 6 digits, needs 8'],
    ['123456789', 'has 9 digits, needs 8'],
    [' 12345678', 'has white space around it'],
    ['network1', 'has 8 characters, with a letter; needs 8 digits'],
    ['1.2E+07', /^is a number in scientific notation/],
  ])('of a network is refused: %j', (cell, reason) => {
    expect(faultsOf('networkId', cell)).toHaveLength(1);
    expect(faultsOf('networkId', cell)[0]?.replace('2 networkId: ', '')).toMatch(reason);
  });

  it('counts its leading zeros', () => {
    const ids = commands(read(csv, 'userId,firstName\n0,a\n00,b\n0000000000,c\n')).map(
      ({ userId }) => userId,
    );
    expect(ids).toEqual(['0', '00', '0000000000']);
  });
});

describe('security groups', () => {
  it.each([
    ['g1', ['g1']],
    [' g1 ', ['g1']],
    ['g1;g2', ['g1', 'g2']],
    [' g1 ; g2', ['g1', 'g2']],
  ])('%j are %j', (cell, ids) => {
    const [command] = commands(read(csv, `userId,securityGroupIds\n7,${cell}\n`));
    expect(command?.details).toEqual({ securityGroupIds: ids });
  });

  it.each([
    [';', 'group 1 of 2 is empty'],
    ['g1;', 'group 2 of 2 is empty'],
    ['g1; ;g2', 'group 2 of 3 is empty'],
    ['g 1', 'group 1 of 1 has white space in it'],
    ['g1;g\u00a02', 'group 2 of 2 has white space in it'],
    ['g1;g2; g1', 'group 3 of 3 appears twice'],
  ])('%j are refused', (cell, reason) => {
    expect(faultsOf('securityGroupIds', cell)).toEqual([`2 securityGroupIds: ${reason}`]);
  });

  it('are worth a warning from the second on, and an error if only one is allowed', () => {
    const input = 'userId,securityGroupIds\n7,a;b\n8,a\n';
    expect(warnings(read(csv, input))).toEqual([
      '2 securityGroupIds: has 2 groups; in Wickr a user is in one group only',
    ]);
    expect(faultsOf('securityGroupIds', 'a;b', { singleGroup: true })).toEqual([
      '2 securityGroupIds: has 2 groups, only one is allowed (`singleGroup`)',
    ]);
    expect(faultsOf('securityGroupIds', 'a', { singleGroup: true })).toEqual([]);
  });
});

it.each([
  ['inviteCodeTtl', '0', 0],
  ['inviteCodeTtl', '2147483647', 2147483647],
  ['codeValidation', 'true', true],
  ['codeValidation', 'False', false],
])('takes %s %j', (column, cell, value) => {
  const [command] = commands(read(csv, `userId,${column}\n7,${cell}\n`));
  expect(command?.details).toEqual({ [column]: value });
});

it.each([
  ['inviteCodeTtl', '2147483648'],
  ['inviteCodeTtl', '-1'],
  ['inviteCodeTtl', '1.5'],
  ['inviteCodeTtl', '1e3'],
  ['inviteCodeTtl', ' 7'],
  ['inviteCodeTtl', '0x10'],
  ['codeValidation', 'yes'],
  ['codeValidation', '1'],
  ['codeValidation', ' true'],
])('refuses %s %j', (column, cell) => {
  const takes = column === 'codeValidation' ? 'true or false' : 'a whole number of days, 0 to 2147483647';
  expect(faultsOf(column, cell)).toEqual([`2 ${column}: takes ${takes}`]);
});

it.each([
  ['changes nothing', '7,,\n', '2: the row changes nothing: no field of the user has a value'],
  ['is too short', '7,Ann\n', '2: has 2 cells, the header has 3'],
  ['is one cell', '7\n', '2: has 1 cell, the header has 3'],
  [
    'is too long',
    '7,Ann,Lee,x\n',
    '2: has 4 cells, the header has 3: does a cell with the delimiter in it lack its quotes?',
  ],
  ['has a stray quote', '7,Ann "x" Lee,Lee\n', /^2: a quote is inside a cell that does not start with one/],
  ['has a stray quote and is too short', '7,A"\n', /^2: a quote is inside a cell/],
])('refuses a row that %s, once', (_, row, reason) => {
  const found = problems(read(csv, `userId,firstName,lastName\n${row}8,Ann,Lee\n`));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(reason);
});

it('lists every problem of a row, and gives the user ID if it could be read', () => {
  const reading = read(csv, `${every}\n1,12345678901,,,,a;;b,,x,y\n,7,,,,;,,,\n`, {});
  expect(problems(reading)).toEqual([
    '2 networkId: has 1 digit, needs 8',
    '2 userId: has 11 digits, takes 1 to 10',
    '2 securityGroupIds: group 2 of 3 is empty',
    '2 inviteCodeTtl: takes a whole number of days, 0 to 2147483647',
    '2 codeValidation: takes true or false',
    '3 securityGroupIds: group 1 of 2 is empty',
    '3 networkId: is missing: fill it in, or give it for the whole file with the option `networkId`',
  ]);
  expect(reading.rows.map((row) => 'userId' in row && row.userId)).toEqual(['', '7']);
});

describe('the network', () => {
  const input = 'networkId,userId,firstName\n,1,A\n11111111,2,B\n22222222,3,C\n11111111,4,D\n,5,E\n';

  it('is that of the first row that names one', () => {
    const reading = read(csv, input, {});
    expect(problems(reading)).toEqual([
      '2 networkId: is missing: fill it in, or give it for the whole file with the option `networkId`',
      '4 networkId: is 22222222, but line 3 has 11111111: one run is for one network',
      '6 networkId: is missing: fill it in, or give it for the whole file with the option `networkId`',
    ]);
    expect(reading.reader.networkId).toBe('11111111');
  });

  it('is that of the option, also for rows that name none', () => {
    const reading = read(csv, input, { networkId: '22222222' });
    expect(problems(reading)).toEqual([
      '3 networkId: is 11111111, but the run is for 22222222: one run is for one network',
      '5 networkId: is 11111111, but the run is for 22222222: one run is for one network',
    ]);
    expect(reading.rows.map((row) => 'command' in row && row.command.networkId)).toEqual([
      '22222222',
      false,
      '22222222',
      false,
      '22222222',
    ]);
  });
});

describe('users and groups by their names', () => {
  const header = 'userId,lookupUsername,securityGroupIds,securityGroupNames,lastName\n';
  const named = (row: string) => read(csv, `${header}${row}\n`).rows;

  it.each([
    ['7,,,,Lee', { command: { userId: '7', details: { lastName: 'Lee' } } }],
    ['7,,a,,', { command: { userId: '7', details: { securityGroupIds: ['a'] } } }],
    [
      ',Ann@x.org,,,Lee',
      { named: { userId: '', lookupUsername: 'Ann@x.org', details: { lastName: 'Lee' } } },
    ],
    ['7,a b,,,Lee', { named: { userId: '7', lookupUsername: 'a b', details: { lastName: 'Lee' } } }],
    [
      '7,,,North; South West ,',
      { named: { userId: '7', securityGroupNames: ['North', 'South West'], details: {} } },
    ],
  ])('%s', (row, expected) => {
    expect(named(row)).toMatchObject([expected]);
    expect(named(row)[0]).not.toHaveProperty('named' in expected ? 'command' : 'named');
  });

  it.each([
    [',,,,Lee', '2 userId: is blank, and so is lookupUsername: every row needs one of them'],
    ['x,,,,Lee', '2 userId: has 1 character, with a letter; takes 1 to 10 digits'],
    [', ann,,,Lee', '2 lookupUsername: has white space around it'],
    ['7,,a,A,', '2 securityGroupNames: is given beside securityGroupIds: give one of them'],
    ['7,,,A;;B,', '2 securityGroupNames: group 2 of 3 is empty'],
    ['7,,,A; A,', '2 securityGroupNames: group 2 of 2 appears twice'],
    ['7,ann,,,', '2: the row changes nothing: no field of the user has a value'],
  ])('not %s', (row, problem) => {
    expect(problems(read(csv, `${header}${row}\n`))).toEqual([problem]);
  });

  it('warns of more than one group, or refuses them', () => {
    expect(warnings(read(csv, `${header}7,,,A;B,\n`))).toEqual([
      '2 securityGroupNames: has 2 groups; in Wickr a user is in one group only',
    ]);
    expect(problems(read(csv, `${header}7,,,A;B,\n`, { networkId: NETWORK, singleGroup: true }))).toEqual([
      '2 securityGroupNames: has 2 groups, only one is allowed (`singleGroup`)',
    ]);
  });

  it('needs the one of the two columns that is there', () => {
    expect(problems(read(csv, 'lookupUsername,lastName\n,Lee\n'))).toEqual([
      '2 lookupUsername: is blank: every row needs the username of its user',
    ]);
    expect(problems(read(csv, 'userId,lastName\n,Lee\n'))).toEqual([
      '2 userId: is blank: every row needs the ID of its user',
    ]);
  });
});
