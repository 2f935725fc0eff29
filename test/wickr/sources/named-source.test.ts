import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../../src/errors.js';
import { namedSource } from '../../../src/wickr/sources/named-source.js';
import type { Environment, SharedFiles } from '../../../src/wickr/sources/shared-files.js';

const keys = { aws_access_key_id: 'A', aws_secret_access_key: 's' };
const files = (config: SharedFiles['config'] = {}, credentials: SharedFiles['credentials'] = {}) => ({
  config,
  credentials,
});
const KEYS = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's' };
const nameIn = (profile: string | undefined, env: Environment, shared: SharedFiles) => {
  const { source, profile: named, by } = namedSource(profile, env, shared);
  return [source.kind, 'profile' in source ? source.profile : undefined, named, by];
};
const role = { role_arn: 'arn:aws:iam::111122223333:role/R' };

describe('the order of sources', () => {
  const shared = files({}, { default: keys, hr: keys, other: keys });

  it.each<[string, string | undefined, Environment, SharedFiles, unknown[]]>([
    ['the option', 'hr', { ...KEYS, AWS_PROFILE: 'other' }, shared, ['keys', 'hr', 'hr', '`profile`']],
    ['keys', undefined, { ...KEYS, AWS_PROFILE: 'other' }, shared, ['environment']],
    [
      'AWS_PROFILE',
      undefined,
      { AWS_PROFILE: 'hr', AWS_DEFAULT_PROFILE: 'other' },
      shared,
      ['keys', 'hr', 'hr', 'AWS_PROFILE'],
    ],
    [
      'AWS_DEFAULT_PROFILE',
      undefined,
      { AWS_DEFAULT_PROFILE: 'hr' },
      shared,
      ['keys', 'hr', 'hr', 'AWS_DEFAULT_PROFILE'],
    ],
    ['the default profile', undefined, {}, shared, ['keys', 'default']],
    ['the container', undefined, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/c' }, files(), ['container']],
    ['the instance', undefined, {}, files(), ['instance']],
    [
      'the instance, if the metadata service is not disabled',
      undefined,
      { AWS_EC2_METADATA_DISABLED: 'false' },
      files(),
      ['instance'],
    ],
    [
      'no variable that is empty',
      undefined,
      { AWS_PROFILE: '', AWS_ACCESS_KEY_ID: '' },
      shared,
      ['keys', 'default'],
    ],
  ])('%s', (_, profile, env, given, expected) => {
    expect(nameIn(profile, env, given)).toEqual([...expected, ...Array(4 - expected.length).fill(undefined)]);
  });

  it.each<[string, SharedFiles['config'][string], string]>([
    ['a role before keys', { ...role, source_profile: 'base', ...keys }, 'assume-role'],
    [
      'a web identity before SSO',
      { ...role, web_identity_token_file: 't', sso_account_id: '1' },
      'web-identity',
    ],
    [
      'SSO before a process',
      {
        sso_account_id: '1',
        sso_role_name: 'r',
        sso_region: 'x',
        sso_start_url: 'u',
        credential_process: 'p',
      },
      'sso',
    ],
    ['a login before a process', { login_session: 'l', credential_process: 'p' }, 'login'],
    ['a process before keys of the config file', { credential_process: 'p', ...keys }, 'process'],
  ])('within a profile: %s', (_, settings, kind) => {
    expect(namedSource('hr', {}, files({ hr: settings, base: keys })).source.kind).toBe(kind);
  });

  it('keys of the credentials file go before a process', () => {
    expect(namedSource('hr', {}, files({ hr: { credential_process: 'p' } }, { hr: keys })).source.kind).toBe(
      'keys',
    );
  });

  it('a role of the default profile goes before a web identity of the environment, and keys do not', () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: 't', AWS_ROLE_ARN: role.role_arn };
    const kind = (shared: SharedFiles) => namedSource(undefined, env, shared).source.kind;
    expect(kind(files({ default: { ...role, source_profile: 'base' }, base: keys }))).toBe('assume-role');
    expect(kind(files({ default: keys }))).toBe('web-identity');
  });
});

it('what is named and not there is an error, whatever else is there', () => {
  const none = files({ default: keys, plain: { region: 'eu-west-1' } });
  for (const [profile, env] of [
    ['nope', KEYS],
    [undefined, { AWS_PROFILE: 'nope', ...KEYS }],
    ['plain', KEYS],
    [undefined, { AWS_PROFILE: 'plain' }],
    [undefined, { AWS_ACCESS_KEY_ID: 'A' }],
    [undefined, { AWS_SECRET_ACCESS_KEY: 's' }],
  ] as const)
    expect(() => namedSource(profile, env, none), JSON.stringify([profile, env])).toThrow(CredentialsError);
});

it('roles are followed to their keys, and not in circles', () => {
  const shared = files({
    hr: { ...role, source_profile: 'mid', mfa_serial: 'm', duration_seconds: '900', external_id: 'e' },
    mid: { ...role, source_profile: 'mid', ...keys },
    a: { ...role, source_profile: 'b' },
    b: { ...role, source_profile: 'a' },
  });
  expect(namedSource('hr', {}, shared).source).toMatchObject({
    kind: 'assume-role',
    role: { mfaSerial: 'm', duration: 900, externalId: 'e' },
    with: { kind: 'keys', profile: 'mid' },
  });
  expect(() => namedSource('a', {}, shared)).toThrow('leads back to itself');
});
