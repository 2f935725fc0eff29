import { describe, expect, it } from 'vitest';
import type { Member } from '../../../src/model.js';
import { asSet, type SetValues } from '../../../src/plan/diff/own-change.js';

const member = (values: Partial<Member>): Member => ({
  ...{ userId: '1', username: 'a@x.org', firstName: 'Ann', lastName: 'Lee', securityGroupIds: ['g'] },
  ...{ pending: false, suspended: false, bot: false },
  ...values,
});
const named: SetValues = { set: { firstName: 'New' }, was: { firstName: 'Old' } };
const moved: SetValues = { set: { securityGroupIds: ['h'] }, was: { securityGroupIds: ['g', 'f'] } };
const renamed: SetValues = { set: { username: 'b@x.org' }, was: {}, via: 'tmp@x.org' };

describe('a user whom this program has changed', () => {
  it.each([
    ['is old as long as the former value shows', named, { firstName: 'Old' }, true, { firstName: 'New' }],
    ['is not once the new one does', named, { firstName: 'New' }, false, { firstName: 'New' }],
    ['is not if somebody has set a third', named, { firstName: 'X' }, false, { firstName: 'X' }],
    ['may have former groups in any order', moved, { securityGroupIds: ['f', 'g'] }, true, moved.set],
    ['may not tell', named, { firstName: undefined }, false, { firstName: undefined }],
    ['may have been anything', { set: { firstName: 'New' } }, { firstName: 'X' }, true, { firstName: 'New' }],
    ['may keep a temporary username', renamed, { username: 'TMP@x.org' }, false, { username: 'TMP@x.org' }],
    ['with exactly that username', renamed, { username: 'tmp@x.org' }, false, { username: 'b@x.org' }],
  ] as const)('%s', (_case, change, read, isOld, seen) => {
    expect(asSet(member(read), change, true)).toEqual({ user: member(seen as Partial<Member>), isOld });
  });

  it('counts as read once that is long enough ago', () => {
    const old = member({ firstName: 'Old' });
    expect(asSet(old, named, false)).toEqual({ user: old, isOld: false });
  });
});
