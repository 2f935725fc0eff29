import { describe, expect, it } from 'vitest';
import type { Before, CommandRow } from '../../../src/model.js';
import { compare, fieldsNotTaken } from '../../../src/plan/diff/compare.js';
import { fingerprintOf, matchesFingerprint, NO_FINGERPRINT } from '../../../src/plan/diff/fingerprint.js';
import { inverseOf } from '../../../src/plan/diff/inverse.js';
import type { UserDetails } from '../../../src/wire-types.js';
import { member } from '../ledger.js';

const user = {
  ...member('1', 'ann@x.org'),
  firstName: 'Ann',
  lastName: undefined,
  securityGroupIds: ['a', 'b'],
};

const row = (details: UserDetails, before?: Before): CommandRow => ({
  ...{ row: 1, line: 2, start: 0, end: 9 },
  command: { networkId: '12345678', userId: '1', details },
  ...(before && { before }),
});

/** In a word what comes of a row, and what would be sent. */
function outcome(details: UserDetails, before?: Before, partly = false) {
  const compared = compare(row(details, before), user, { partly });
  if ('unchanged' in compared) return 'unchanged';
  if ('conflict' in compared) return `conflict ${compared.conflicts}`;
  if (!('command' in compared)) return compared;
  const { conflicts } = compared;
  return { sends: compared.command.details, before: compared.before, ...(conflicts && { conflicts }) };
}

describe('a row and its user', () => {
  it.each([
    [
      'what differs is sent',
      { firstName: 'Zoë', username: 'ann@x.org' },
      { sends: { firstName: 'Zoë' }, before: { firstName: 'Ann' } },
    ],
    ['what the user has is not', { firstName: 'Ann', username: 'ann@x.org' }, 'unchanged'],
    [
      'case tells names apart',
      { username: 'Ann@x.org' },
      { sends: { username: 'Ann@x.org' }, before: { username: 'ann@x.org' } },
    ],
    ['groups have no order', { securityGroupIds: ['b', 'a'] }, 'unchanged'],
    [
      'one group less is a change',
      { securityGroupIds: ['a'] },
      { sends: { securityGroupIds: ['a'] }, before: { securityGroupIds: ['a', 'b'] } },
    ],
    [
      'what the service does not tell is sent',
      { lastName: 'Lee' },
      { sends: { lastName: 'Lee' }, before: { lastName: null } },
    ],
    [
      'invites cannot be read',
      { inviteCode: 'x' },
      { sends: { inviteCode: 'x' }, before: { inviteCode: null } },
    ],
  ])('%s', (_, details, expected) => {
    expect(outcome(details)).toEqual(expected);
  });

  it('letters are the same however they are written', () => {
    const zoe = { ...user, firstName: 'Zoe\u0308' };
    expect(compare(row({ firstName: 'Zo\u00eb' }), zoe, { partly: false })).toHaveProperty('unchanged');
  });
});

describe('a planned row and its user', () => {
  it.each([
    [
      'is sent while the user is as expected',
      { firstName: 'Zoë' },
      { firstName: 'Ann' },
      { sends: { firstName: 'Zoë' }, before: { firstName: 'Ann' } },
    ],
    [
      'is a conflict once the user is another',
      { firstName: 'Zoë' },
      { firstName: 'Amy' },
      'conflict firstName',
    ],
    ['is done if the user is as wanted', { firstName: 'Ann' }, { firstName: 'Amy' }, 'unchanged'],
    ['is a conflict if a value has come', { firstName: 'Zoë' }, { firstName: null }, 'conflict firstName'],
    ['is a conflict if a value has gone', { lastName: 'Lee' }, { lastName: 'Ray' }, 'conflict lastName'],
    [
      'is sent if nothing is told before and now',
      { lastName: 'Lee' },
      { lastName: null },
      { sends: { lastName: 'Lee' }, before: { lastName: null } },
    ],
    [
      'is a conflict as a whole',
      { firstName: 'Zoë', username: 'zoe@x.org' },
      { firstName: 'Amy', username: 'ann@x.org' },
      'conflict firstName',
    ],
    [
      'does not mind what cannot be read',
      { inviteCode: 'x' },
      { inviteCode: 'y' },
      { sends: { inviteCode: 'x' }, before: { inviteCode: null } },
    ],
  ])('%s', (_, details, before, expected) => {
    expect(outcome(details, before)).toEqual(expected);
  });

  it('can be sent in part', () => {
    const [details, before] = [
      { firstName: 'Zoë', username: 'zoe@x.org' },
      { firstName: 'Amy', username: 'ann@x.org' },
    ];
    expect(outcome(details, before, true)).toEqual({
      sends: { username: 'zoe@x.org' },
      before: { username: 'ann@x.org' },
      conflicts: ['firstName'],
    });
    expect(outcome({ firstName: 'Zoë' }, { firstName: 'Amy' }, true)).toBe('conflict firstName');
  });

  it('is a conflict if the user has gone', () => {
    expect(compare(row({ firstName: 'Zoë' }, {}), undefined, { partly: false })).toMatchObject({
      conflicts: [],
      userId: '1',
    });
  });

  it('is looked at in all its fields though only one of them is sent', () => {
    expect(outcome({ username: 'temporary' }, { firstName: 'Amy', username: 'ann@x.org' })).toBe(
      'conflict firstName',
    );
  });
});

it('what was not taken is what is shown otherwise', () => {
  expect(
    fieldsNotTaken({ firstName: 'Zoë', lastName: 'Lee', username: 'ann@x.org', inviteCode: 'x' }, user),
  ).toEqual(['firstName']);
  expect(fieldsNotTaken({ firstName: 'Zoë' }, undefined)).toEqual(['firstName']);
});

describe('a fingerprint', () => {
  it.each<[UserDetails, boolean]>([
    [{ firstName: 'Ann' }, true],
    [{ firstName: 'Ann', securityGroupIds: ['b', 'a'], username: 'ann@x.org' }, true],
    [{ firstName: 'ann' }, false],
    [{ lastName: 'Ann' }, false],
    [{ username: 'Ann' }, false],
    [{ securityGroupIds: ['a'] }, false],
    [{ firstName: 'Ann', lastName: 'Lee' }, false],
  ])('of %j fits as the comparison says', (details, expected) => {
    expect(matchesFingerprint(user, fingerprintOf(details))).toBe(expected);
    expect(outcome(details) === 'unchanged').toBe(expected);
  });

  it('is none if something cannot be read', () => {
    expect(fingerprintOf({ firstName: 'Ann', inviteCode: 'x' })).toBe(NO_FINGERPRINT);
    expect(matchesFingerprint(user, NO_FINGERPRINT)).toBe(false);
  });
});

it('the inverse gives back what was told, and names what was not', () => {
  const set = { firstName: 'Zoë', lastName: 'Lee', securityGroupIds: ['c'], inviteCode: 'x' };
  const before = { firstName: 'Ann', lastName: null, securityGroupIds: [], inviteCode: null };
  expect(inverseOf(set, before)).toEqual({
    details: { firstName: 'Ann' },
    before: { firstName: 'Zoë' },
    notRestorable: ['lastName', 'securityGroupIds', 'inviteCode'],
  });
});
