import { describe, expect, it } from 'vitest';
import type { Before, CommandRow, Field } from '../../../src/model.js';
import { alreadyHad, compare, fieldsNotTaken, withConflicts } from '../../../src/plan/diff/compare.js';
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

describe('what is compared', () => {
  const zoe = { ...user, firstName: 'Zoë' };
  const warnings = [{ line: 2, reason: 'odd' }];
  const turn = { after: [7] };
  const rest = { notRestorable: ['inviteCode'], person: { username: 'ann@x.org' } } as const;
  const place = { row: 1, line: 2, start: 0, end: 9 };
  const whole: CommandRow = { ...row({ firstName: 'Zoë', username: 'ann@x.org' }), warnings, turn, ...rest };

  it('keeps all else of a row that is sent', () => {
    expect(compare({ ...whole, conflicts: ['lastName'] }, user, { partly: false })).toStrictEqual({
      ...{ ...place, warnings, turn, ...rest },
      command: { networkId: '12345678', userId: '1', details: { firstName: 'Zoë' } },
      before: { firstName: 'Ann' },
      already: { username: 'ann@x.org' },
    });
  });

  it('keeps the place, the user and the warnings of one that is not', () => {
    const kept = { ...place, warnings, userId: '1' };
    expect(compare(whole, zoe, { partly: false })).toStrictEqual({ ...kept, unchanged: true });
    expect(compare(whole, undefined, { partly: false })).toStrictEqual({
      ...kept,
      conflict: 'the user is no longer in the network',
      conflicts: [],
    });
    const plain = row({ firstName: 'Ann' });
    expect(compare(plain, user, { partly: false })).toStrictEqual({ ...place, userId: '1', unchanged: true });
  });

  it('needs no look at a user who is known to be as wanted', () => {
    expect(compare(row({ firstName: 'Zoë' }), 'same', { partly: false })).toStrictEqual({
      ...place,
      userId: '1',
      unchanged: true,
    });
  });

  it('is a conflict in the words of its reason, with the fields that show it', () => {
    const other = { ...whole, person: { lastName: 'Ray' } };
    const lee = { ...user, lastName: 'Lee' };
    expect(compare(other, lee, { partly: false })).toMatchObject({
      conflict:
        'the user with this ID has other names than when the change was planned, and may be another person',
      conflicts: ['lastName'],
      warnings,
    });
    expect(compare(other, lee, { partly: true })).toHaveProperty('command');
    const known = compare({ ...other, conflicts: ['lastName'] }, lee, { partly: false });
    expect(known).toHaveProperty('command');
    const expected = { ...other, before: { firstName: 'Ann', lastName: 'Lee' } };
    expect(compare(expected, lee, { partly: false })).toHaveProperty('command');
  });

  it.each([false, true])('is a conflict if somebody else has changed it; in part: %s', (partly) => {
    expect(compare(row({ firstName: 'Zoë' }, { firstName: 'Amy' }), user, { partly })).toStrictEqual({
      ...place,
      userId: '1',
      conflict: 'somebody else has changed the user since',
      conflicts: ['firstName'],
    });
  });

  it.each<[string, UserDetails, string[], boolean]>([
    ['that is gone or means others', { securityGroupIds: ['c'] }, ['c'], true],
    ['among others', { securityGroupIds: ['a', 'c'] }, ['c', 'd'], true],
    ['that the row does not name', { securityGroupIds: ['c'] }, ['d'], false],
    ['if the row names none', { firstName: 'Zoë' }, ['c'], false],
  ])('puts nobody into a group %s', (_, details, groups, refused) => {
    const compared = compare(row(details), user, { partly: false, otherGroups: new Set(groups) });
    if (!refused) expect(compared).toHaveProperty('command');
    else
      expect(compared).toMatchObject({
        conflict:
          'a security group of the row has another name than when the change was planned, or is gone, and may be meant for others',
        conflicts: ['securityGroupIds'],
      });
  });

  it('does not mind such a group of a user who is in it already', () => {
    const otherGroups = new Set(['a', 'b']);
    const same = compare(row({ securityGroupIds: ['b', 'a'] }), user, { partly: false, otherGroups });
    expect(same).toHaveProperty('unchanged');
  });
});

describe('a list of groups', () => {
  it.each([
    [['a', 'b'], 'the same'],
    [['b', 'a', 'a'], 'the same'],
    [['a', 'c'], 'another'],
    [['a', 'b', 'c'], 'another'],
    [['a'], 'another'],
    [[], 'another'],
  ])('%j is %s', (securityGroupIds, is) => {
    expect(fieldsNotTaken({ securityGroupIds }, user)).toEqual(is === 'another' ? ['securityGroupIds'] : []);
  });

  it('is none of none', () => {
    const alone = { ...user, securityGroupIds: [] };
    expect(fieldsNotTaken({ securityGroupIds: [] }, alone)).toEqual([]);
    expect(fieldsNotTaken({ securityGroupIds: ['a'] }, alone)).toEqual(['securityGroupIds']);
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
      'is sent if the groups are as expected, in another order',
      { securityGroupIds: ['c'] },
      { securityGroupIds: ['b', 'a'] },
      { sends: { securityGroupIds: ['c'] }, before: { securityGroupIds: ['a', 'b'] } },
    ],
    [
      'is a conflict once the groups are others',
      { securityGroupIds: ['c'] },
      { securityGroupIds: ['b'] },
      'conflict securityGroupIds',
    ],
    [
      'does not look at what nobody expected',
      { firstName: 'Zoë' },
      {},
      { sends: { firstName: 'Zoë' }, before: { firstName: 'Ann' } },
    ],
    [
      'sends no more than it sets, though more is as expected',
      { username: 'zoe@x.org' },
      { firstName: 'Ann', username: 'ann@x.org' },
      { sends: { username: 'zoe@x.org' }, before: { username: 'ann@x.org' } },
    ],
    [
      'is a conflict if a value has gone that the row does not set',
      { username: 'zoe@x.org' },
      { lastName: 'Ray' },
      'conflict lastName',
    ],
    [
      'is a conflict if a value has come that the row does not set',
      { username: 'zoe@x.org' },
      { firstName: null },
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

  it.each([
    ['none were told then', [], null, 'conflict'],
    ['none are told now', undefined, [], 'conflict'],
    ['none are told at all', undefined, null, 'command'],
    ['there are none', [], [], 'command'],
  ])('tells no groups from groups that are not told: %s', (_, securityGroupIds, before, outcome) => {
    const planned = row({ securityGroupIds: ['c'] }, { securityGroupIds: before });
    expect(compare(planned, { ...user, securityGroupIds }, { partly: false })).toHaveProperty(outcome);
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

describe('the person of a row', () => {
  const person = { username: 'ann@x.org', firstName: 'Amy', lastName: 'Ray' };
  const personAfter = (details: UserDetails, before?: Before) => {
    const compared = compare({ ...row(details, before), person }, user, { partly: true });
    return 'command' in compared ? compared.person : undefined;
  };

  it('has the names that somebody else has given them as the row wants them', () => {
    expect(personAfter({ firstName: 'Ann', username: 'zoe@x.org' })).toStrictEqual({
      ...person,
      firstName: 'Ann',
    });
  });

  it('keeps those that the row changes, or does not name', () => {
    expect(personAfter({ username: 'zoe@x.org' })).toStrictEqual(person);
  });

  it('is none if the row has none', () => {
    const compared = compare(row({ firstName: 'Zoë' }), user, { partly: false });
    expect(compared).not.toHaveProperty('person');
  });
});

describe('a value that the user had already', () => {
  const first = compare(row({ firstName: 'Zoë', securityGroupIds: ['b', 'a'] }), user, { partly: false });
  const again = (now: Partial<typeof user>, partly = false) => {
    if (!('command' in first)) throw new Error('it has something to send');
    return compare(first, { ...user, ...now }, { partly });
  };

  it('is looked at again, and is still none of those that are sent', () => {
    expect(first).toMatchObject({ already: { securityGroupIds: ['b', 'a'] } });
    expect(again({ securityGroupIds: ['b', 'a'] })).toStrictEqual(first);
  });

  it('is a conflict once somebody else has changed it', () => {
    const conflicts = ['securityGroupIds'];
    expect(again({ securityGroupIds: ['a'] })).toMatchObject({ conflict: expect.any(String), conflicts });
    expect(again({ securityGroupIds: ['a'] }, true)).toMatchObject({
      command: { details: { firstName: 'Zoë' } },
      conflicts,
    });
  });

  it('is a conflict though all that was to be sent is there by now', () => {
    expect(again({ firstName: 'Zoë', securityGroupIds: ['a'] })).toHaveProperty('conflict');
  });

  it.each<[string, UserDetails, readonly Field[] | undefined, UserDetails]>([
    [
      'what the run did not want to change',
      { firstName: 'Ann', lastName: 'Lee' },
      undefined,
      { lastName: 'Lee' },
    ],
    ['nothing that another one had changed', { firstName: 'Ann', lastName: 'Lee' }, ['lastName'], {}],
    ['nothing that no read shows', { firstName: 'Ann', inviteCode: 'x' }, undefined, {}],
  ])('is, by what a run has recorded, %s', (_, asked, conflicts, expected) => {
    const { command } = row({ firstName: 'Ann' });
    expect(alreadyHad(asked, { command, ...(conflicts && { conflicts }) })).toEqual(expected);
  });
});

describe('what is known from an earlier look', () => {
  const given = row({ firstName: 'Zoë' });
  const sent = () => compare(given, user, { partly: false });
  const done = () => compare(row({ firstName: 'Ann' }), user, { partly: false });
  const refused = () => compare(row({ firstName: 'Zoë' }, { firstName: 'Amy' }), user, { partly: false });

  it('is nothing: the row is as it was compared', () => {
    for (const compared of [sent(), done(), refused()]) expect(withConflicts(given, compared)).toBe(compared);
    expect(withConflicts(given, sent(), [])).toEqual(sent());
  });

  it('makes a conflict of a row that has nothing left to send', () => {
    expect(withConflicts(given, done(), ['lastName'])).toMatchObject({
      conflict: 'somebody else has changed the user since',
      conflicts: ['lastName'],
    });
  });

  it('stays with a row that is a conflict already', () => {
    expect(withConflicts(given, refused(), ['lastName'])).toEqual(refused());
  });

  it('is added to what a row that is sent has, each field once', () => {
    const partly = { ...sent(), conflicts: ['lastName', 'username'] } as ReturnType<typeof sent>;
    expect(withConflicts(given, partly, ['firstName', 'lastName'])).toEqual({
      ...sent(),
      conflicts: ['firstName', 'lastName', 'username'],
    });
    expect(withConflicts(given, sent(), ['lastName'])).toEqual({ ...sent(), conflicts: ['lastName'] });
  });
});
