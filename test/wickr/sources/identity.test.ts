import { describe, expect, it } from 'vitest';
import { accountHint } from '../../../src/wickr/credentials.js';
import { describeIdentity, identityChange, identityOf } from '../../../src/wickr/sources/identity.js';

const user = (account: string, name: string) => ({
  ...{ source: 'profile hr (SSO)', account },
  arn: `arn:aws:iam::${account}:user/${name}`,
});
const session = (name: string) => ({
  ...{ source: 'profile hr (SSO)', account: '111122223333' },
  arn: `arn:aws:sts::111122223333:assumed-role/Hr/${name}`,
});

describe('somebody', () => {
  it.each([
    ['is the same with the same ARN', user('111122223333', 'a'), user('111122223333', 'a'), undefined],
    [
      'is another one in another account',
      user('111122223333', 'a'),
      user('444455556666', 'a'),
      'of AWS account 444455556666',
    ],
    [
      'is another one with another name',
      user('111122223333', 'a'),
      user('111122223333', 'b'),
      'user/b, not arn',
    ],
    ['is the same in another session of the role', session('1'), session('2'), undefined],
    [
      'is the same by another way, if STS says so',
      user('111122223333', 'a'),
      { ...user('111122223333', 'a'), source: 'SSO' },
      undefined,
    ],
    [
      'may be the same if nothing is known',
      { source: 'AWS_ACCESS_KEY_ID' },
      { source: 'AWS_ACCESS_KEY_ID' },
      undefined,
    ],
    [
      'is taken for another one by another way, if STS says nothing',
      { source: 'profile hr (SSO)' },
      { source: 'AWS_ACCESS_KEY_ID' },
      'from AWS_ACCESS_KEY_ID, not profile hr',
    ],
    [
      'is another one by the keys alone',
      { source: 'x', accountByKey: '111122223333' },
      { source: 'x', account: '444455556666' },
      'of AWS account 444455556666',
    ],
    [
      'is unknown if what was recorded is a key',
      { account: 'AKIAEMULATOR00000000' },
      user('444455556666', 'a'),
      undefined,
    ],
  ])('%s', (_, was, is, change) => {
    const found = identityChange(was, is, false);
    if (change === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(change);
  });

  it('else of the same account will do if that is meant', () => {
    expect(identityChange(user('111122223333', 'a'), user('111122223333', 'b'), true)).toBeUndefined();
    expect(identityChange(user('111122223333', 'a'), user('444455556666', 'b'), true)).toContain(
      '444455556666',
    );
  });
});

it('a key holds its account, unless it is an old one', () => {
  // The example of the note on AWS key IDs.
  expect(accountHint('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
  expect(accountHint('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
  expect(accountHint('nonsense')).toBeUndefined();
});

it('a line says who it is, by what, and what is not known', () => {
  const named = { source: { kind: 'sso', profile: 'hr' }, profile: 'hr', by: 'AWS_PROFILE' } as const;
  const credentials = { accessKeyId: 'ASIAQNZGKIQY56JQ7WML', secretAccessKey: 's' };
  const arn = 'arn:aws:sts::111122223333:assumed-role/Hr/me';
  expect(describeIdentity(identityOf(credentials, arn, named), true)).toBe(
    `${arn} (profile hr (SSO), named by AWS_PROFILE)`,
  );
  expect(describeIdentity(identityOf(credentials, undefined, named), true)).toBe(
    'account not known, as STS did not answer; by the key it is 029608264753 (profile hr (SSO), named by AWS_PROFILE)',
  );
  expect(
    describeIdentity(identityOf({ ...credentials, accountId: '111122223333' }, undefined, undefined), false),
  ).toBe('account 111122223333 (the program)');
});
