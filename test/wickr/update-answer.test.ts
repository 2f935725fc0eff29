import { describe, expect, it } from 'vitest';
import { differingFields, readUpdateUserAnswer } from '../../src/wickr/update-answer.js';

const command = { networkId: '12345678', userId: '7', details: { firstName: 'Jane' } };
const read = (value: unknown) =>
  readUpdateUserAnswer(typeof value === 'string' ? value : JSON.stringify(value), command);
const least = { userId: '7', networkId: '12345678', suspended: false };

describe('a 200 counts', () => {
  it.each([
    ['with the least that the model requires', least, least],
    ['with null for what is not known', { ...least, firstName: null }, { ...least, firstName: null }],
    ['with members never heard of', { ...least, zzz: 1 }, least],
    ['with an optional member of another type', { ...least, firstName: 5 }, least],
    [
      'with all that is compared',
      { ...least, firstName: 'Jane', securityGroupIds: ['a'] },
      { ...least, firstName: 'Jane', securityGroupIds: ['a'] },
    ],
  ])('%s', (_case, body, answer) => {
    expect(read(body)).toEqual({ answer });
  });
});

describe('a 200 does not count', () => {
  it.each([
    ['that is empty', ''],
    ['of a captive portal', '<html>Please sign in</html>'],
    ['without members', '{}'],
    ['that is an array', '[]'],
    ['that is null', 'null'],
    ['that was cut off', '{"userId":"7","networkId":"123'],
    ['with numbers for IDs', { ...least, userId: 7 }],
    ['without suspended', { userId: '7', networkId: '12345678' }],
    ['about another user', { ...least, userId: '8' }],
    ['about another network', { ...least, networkId: '87654321' }],
  ])('%s', (_case, body) => {
    expect(read(body)).toEqual({ wrong: expect.any(String) });
  });
});

describe('fields that differ from what was asked', () => {
  const asked = { ...command, details: { firstName: 'Jane', securityGroupIds: ['a', 'b'] } };
  it.each([
    [{ firstName: 'Jane', securityGroupIds: ['b', 'a'] }, []],
    [{ firstName: 'JANE' }, ['firstName']],
    [{ securityGroupIds: ['a'] }, ['securityGroupIds']],
    [{ firstName: 'Joan', securityGroupIds: [] }, ['firstName', 'securityGroupIds']],
    [{}, []],
    [{ lastName: 'Doe' }, []],
  ])('%j', (shown, fields) => {
    expect(differingFields(asked, { ...least, ...shown })).toEqual(fields);
  });

  // With a look at every group for every group this takes minutes.
  it('are found among 200,000 groups in another order', { timeout: 10_000 }, () => {
    const groups = Array.from({ length: 200_000 }, (_, index) => index.toString(36));
    const many = { ...command, details: { securityGroupIds: groups } };
    const shown = groups.toReversed();
    expect(differingFields(many, { ...least, securityGroupIds: shown })).toEqual([]);
    const other = shown.with(0, 'another');
    expect(differingFields(many, { ...least, securityGroupIds: other })).toEqual(['securityGroupIds']);
  });
});
