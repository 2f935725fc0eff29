import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import { csv, NETWORK, read } from '../samples.js';

const row = (header: string, options = { networkId: NETWORK }) => read(csv, `${header}\n1,Ann\n`, options);
const refusal = (header: string, options?: { networkId: string }) => row(header, options).error;

it('maps the columns in the order of the file', () => {
  const { reader } = read(csv, '\ufeff\n Last Name ;user-id;NETWORKID\nLee;7;12345678\n', {});
  expect(reader.header).toEqual({
    line: 2,
    end: 34,
    delimiter: ';',
    columns: ['lastName', 'userId', 'networkId'],
    mapping: [
      { column: ' Last Name ', field: 'lastName', how: 'name' },
      { column: 'user-id', field: 'userId', how: 'name' },
      { column: 'NETWORKID', field: 'networkId', how: 'name' },
    ],
  });
});

describe('refuses', () => {
  it('unknown columns, all in one error, with the nearest known name', () => {
    const error = refusal('userId,frstName,dept');
    expect(error).toBeInstanceOf(InputError);
    expect(error?.message).toBe(
      'line 1: unknown columns: column 2 "frstName" (nearest known name: firstName), ' + 'column 3 "dept"',
    );
    expect(error?.hint).toContain('`ignoreUnknownColumns`');
  });

  it('a column twice, whatever the spelling', () => {
    expect(refusal('userId,firstName,First Name')?.message).toBe(
      'line 1: columns 2 and 3 are both firstName',
    );
    const ignoring = { networkId: NETWORK, ignoreUnknownColumns: true };
    expect(refusal('x,userId,y,user_id', ignoring)?.message).toBe('line 1: columns 2 and 4 are both userId');
  });

  it('columns that tell nobody who is meant', () => {
    expect(refusal('firstName,lastName')?.message).toBe(
      'line 1: there is neither a userId nor a lookupUsername column',
    );
  });

  it('columns of an HR file as long as nobody asks for them, and says how to', () => {
    expect(refusal('Vorname,E-Mail')?.hint).toContain(
      '`map` auto reads "Vorname" as firstName, and so does `map` "Vorname=firstName".',
    );
    expect(refusal('userId,Dept,Surname')?.hint).toContain(
      '`map` auto reads "Surname" as lastName, and so does `map` "Surname=lastName".',
    );
    expect(refusal('firstName,Email')?.hint).toContain(
      '`map` auto reads "Email" as lookupUsername, and so does `map` "Email=lookupUsername".',
    );
    expect(refusal('userId,Dept')?.hint).not.toContain('`map` auto');
  });

  it('to guess the network', () => {
    const { error } = read(csv, 'userId,firstName\n1,Ann\n', {});
    expect(error).toBeInstanceOf(UsageError);
    expect(error?.hint).toContain('`networkId`');
  });

  it('a first line that is no header, without showing any of it', () => {
    const error = refusal('1234567890,Annabel,Lee');
    expect(error?.message).toBe(
      'line 1: the first line does not look like a header: none of its 3 cells is a known column name',
    );
    expect(`${error?.message}${error?.hint}`).not.toMatch(/Annabel|Lee|12345/);
    const ignoring = { networkId: NETWORK, ignoreUnknownColumns: true };
    expect(refusal('1234567890,Annabel', ignoring)?.message).toContain('does not look like a header');
  });
});

it('leaves unknown columns out of account when told to', () => {
  const { rows, reader } = read(csv, 'dept,userId,,firstName\nx,1,y,Ann\n', {
    networkId: NETWORK,
    ignoreUnknownColumns: true,
  });
  expect(rows).toMatchObject([{ command: { userId: '1', details: { firstName: 'Ann' } } }]);
  expect(reader.header?.columns).toEqual([undefined, 'userId', undefined, 'firstName']);
});
