import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import type { Exclusions } from '../../../src/input/options/exclusions.js';
import type { InputOptions } from '../../../src/input/options/input-options.js';
import { parseWhere } from '../../../src/input/options/where-option.js';
import { validateSource } from '../../../src/input/rows/validate-source.js';
import { csv, fileSource, jsonl, NETWORK, read } from '../samples.js';

/** The number of each row with why it is skipped, `sent` or `invalid`. */
const outcomes = (input: string, options: InputOptions, kind = csv) => {
  const { rows, error } = read(kind, input, { networkId: NETWORK, ...options });
  if (error) throw error;
  return rows.map((row) => ('skipped' in row ? row.skipped : 'problems' in row ? 'invalid' : 'sent'));
};
const other = '`where`: Department has another value';

describe('where', () => {
  const table = 'userId,firstName,Department\n1,Ann,Sales\n2,Bob,sales\n3,Cy, Sales \n4,Di,\n';
  const ignoreUnknownColumns = true;

  it('keeps the rows that have exactly the value, white space around it apart', () => {
    expect(outcomes(table, { ignoreUnknownColumns, where: ['Department=Sales'] })).toEqual([
      'sent',
      other,
      'sent',
      other,
    ]);
    expect(outcomes(table, { ignoreUnknownColumns, where: ['DEPART-MENT='] })).toEqual([
      ...['1', '2', '3'].map(() => '`where`: DEPART-MENT has another value'),
      'sent',
    ]);
  });

  it('keeps the rows that match, under all conditions at once', () => {
    const where = ['Department=/^S/i', 'firstName=/^[^A]/'];
    expect(outcomes(table, { ignoreUnknownColumns, where })).toEqual([
      '`where`: firstName does not match',
      'sent',
      'sent',
      '`where`: Department does not match',
    ]);
    expect(outcomes(table, { ignoreUnknownColumns, where: ['Department=/s/gi'] })).toEqual([
      ...['sent', 'sent', 'sent'],
      '`where`: Department does not match',
    ]);
  });

  it('compares whole characters in one form', () => {
    const input = 'userId,firstName\n1,Zoe\u0308\n2,Z😀e\n';
    expect(outcomes(input, { where: ['firstName=Zo\u00eb'] })[0]).toBe('sent');
    expect(outcomes(input, { where: ['firstName=/^Zo.$/'] })[0]).toBe('sent');
    expect(outcomes(input, { where: ['firstName=/^Z.e$/'] })[1]).toBe('sent');
  });

  it('knows columns that are mapped, ignored or set by their own names, and by their fields', () => {
    const input = 'Work Email,Vorname,Dept\na@x,Ann,1\nb@x,Bob,2\n';
    const options = { map: ['auto', 'Dept=ignore'], set: ['firstName=Zoe'] };
    for (const where of ['dept=1', 'vorname=Ann', 'firstName=Ann', 'lookupUsername=a@x', 'work-email=a@x'])
      expect(outcomes(input, { ...options, where: [where] })[0]).toBe('sent');
    for (const where of ['dept=1', 'vorname=Ann', 'firstName=Ann', 'lookupUsername=a@x', 'work-email=a@x'])
      expect(outcomes(input, { ...options, where: [where] })[1]).toMatch(/^`where`: .* has another value$/);
  });

  it('looks at nothing else of a row that it leaves out', async () => {
    const input = `networkId,userId,firstName\n11111111,1,Ann\n${NETWORK},x,Bob\n${NETWORK},1,\n${NETWORK},1,Cy\n`;
    const source = await fileSource('users.csv', input);
    const checked = await validateSource(source, { where: ['firstName=Cy'] });
    expect(checked).toMatchObject({ rows: 4, skipped: 3, invalid: 0, networkId: NETWORK });
  });

  it('reads the keys of a JSONL row, flat or the request of the API', () => {
    const lines = [
      { userId: '1', firstName: 'A', dept: 'Sales', level: 3, boss: true },
      { userId: '2', firstName: 'A', dept: 'IT', level: 3, boss: true },
      { userId: '3', firstName: 'A', level: '3', boss: 'true' },
      { userId: '4', userDetails: { firstName: 'A', securityGroupIds: ['a', 'b'] } },
    ];
    const input = lines.map((line) => JSON.stringify(line)).join('\n');
    const sent = (where: string) =>
      outcomes(input, { ignoreUnknownColumns, where: [where] }, jsonl).flatMap((outcome, index) =>
        outcome === 'sent' ? [index + 1] : [],
      );
    expect(sent('dept=Sales')).toEqual([1]);
    expect(sent('Level=3')).toEqual([1, 2, 3]);
    expect(sent('boss=true')).toEqual([1, 2, 3]);
    expect(sent('first name=A')).toEqual([1, 2, 3, 4]);
    expect(sent('securityGroupIds=a;b')).toEqual([4]);
    expect(() => sent('dpt=Sales')).toThrow(
      '`where` names the column "dpt", which the input does not have (nearest: "dept")',
    );
    // A later row may have it.
    const limited = { ignoreUnknownColumns, where: ['dpt=Sales'], limit: 2 };
    expect(outcomes(input, limited, jsonl)).toEqual([
      '`where`: dpt has another value',
      '`where`: dpt has another value',
    ]);
  });

  it('names the nearest column if there is none of that name', () => {
    expect(() => outcomes(table, { ignoreUnknownColumns, where: ['Deprtment=x'] })).toThrow(
      'line 1: `where` names the column "Deprtment", which the input does not have (nearest: "Department")',
    );
    expect(() =>
      outcomes('userId,firstName,x y,x-y\n1,A,2,3\n', { ignoreUnknownColumns, where: ['XY=2'] }),
    ).toThrow('line 1: `where` names "XY", and more than one column has that name');
  });

  it.each(['nonsense', '=x', 'a=/(/', 'a=/x/qq', 'a=/\\q/'])('cannot be %s', (entry) => {
    expect(() => parseWhere([entry])).toThrow(UsageError);
  });
});

describe('exclude', () => {
  const exclusions: Exclusions = {
    userIds: new Map([['7', 1]]),
    usernames: new Set(['zo\u00eb@x.org']),
    named: [],
    name: 'vips.txt',
    path: '/vips.txt',
    sha256: '',
  };
  const reason = '`exclude`: the user is in vips.txt';

  it('leaves out who is in the list, by ID or by username without regard to case', () => {
    const input = 'userId,lookupUsername,firstName\n7,,A\n07,,A\n8,ZOE\u0308@X.org,A\n9,b@x.org,A\n7,,\n';
    expect(outcomes(input, { exclusions })).toEqual([reason, 'sent', reason, 'sent', reason]);
    const lines = '{"userId":"7","userDetails":{"firstName":"A"}}\n{"lookupUsername":"Zo\u00eb@x.org","x":1}';
    expect(outcomes(lines, { exclusions }, jsonl)).toEqual([reason, reason]);
  });

  it('tells the user of a row that is left out, if it is a user ID', () => {
    const { rows } = read(csv, 'userId,firstName\n7,A\nZoe,A\n', {
      networkId: NETWORK,
      where: ['firstName=B'],
    });
    expect(rows).toMatchObject([{ userId: '7' }, { userId: '' }]);
  });
});
