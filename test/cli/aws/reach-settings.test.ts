import { describe, expect, it } from 'vitest';
import { type ReachFlags, reachSettings, type Variables } from '../../../src/cli/aws/reach-settings.js';
import type { Sections, SharedFiles } from '../../../src/cli/aws/shared-files.js';
import { UsageError } from '../../../src/errors.js';

const filesOf = (configFile: Sections, credentialsFile: Sections = {}): SharedFiles => ({
  configFile,
  credentialsFile,
});
const none = filesOf({});

const hr = filesOf({
  default: { region: 'eu-west-1', endpoint_url: 'https://default.example' },
  hr: { region: 'eu-west-2', endpoint_url: 'https://hr.example', services: 'local' },
  plain: { region: 'eu-west-3' },
  'services.local': {
    'wickr.endpoint_url': 'https://local.example',
    'sts.endpoint_url': 'https://sts.example',
  },
});

const from = (
  name: 'region' | 'endpointUrl' | 'stsEndpointUrl' | 'profile',
  [flags, env, files]: readonly [ReachFlags, Variables, SharedFiles],
) => {
  const setting = reachSettings(flags, env, files)[name];
  return setting && [setting.value, setting.from];
};

describe('the profile', () => {
  it.each<[ReachFlags, Variables, string[]]>([
    [{}, {}, ['default', 'the default profile']],
    [{}, { AWS_DEFAULT_PROFILE: 'b' }, ['b', 'AWS_DEFAULT_PROFILE']],
    [{}, { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'b' }, ['a', 'AWS_PROFILE']],
    [{}, { AWS_PROFILE: '', AWS_DEFAULT_PROFILE: 'b' }, ['b', 'AWS_DEFAULT_PROFILE']],
    [{ profile: 'c' }, { AWS_PROFILE: 'a' }, ['c', '--profile']],
    [{ profile: 'c' }, { WICKR_BULK_PROFILE: 'c' }, ['c', 'WICKR_BULK_PROFILE']],
  ])('%j %j', (flags, env, expected) => {
    expect(from('profile', [flags, env, none])).toEqual(expected);
  });
});

describe('the region', () => {
  it.each<[ReachFlags, Variables, string[]]>([
    [{ region: 'a' }, { AWS_REGION: 'b' }, ['a', '--region']],
    [{ region: 'a' }, { WICKR_BULK_REGION: 'a', AWS_REGION: 'b' }, ['a', 'WICKR_BULK_REGION']],
    [{}, { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, ['b', 'AWS_REGION']],
    [{}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'c' }, ['c', 'AWS_DEFAULT_REGION']],
    [{}, {}, ['eu-west-1', 'profile "default"']],
    [{}, { AWS_DEFAULT_PROFILE: 'hr' }, ['eu-west-2', 'profile "hr"']],
    [{ profile: 'plain' }, { AWS_PROFILE: 'hr' }, ['eu-west-3', 'profile "plain"']],
  ])('%j %j', (flags, env, expected) => {
    expect(from('region', [flags, env, hr])).toEqual(expected);
  });

  it('of the credentials file goes before that of the config file', () => {
    const files = filesOf({ default: { region: 'a' } }, { default: { region: 'b' } });
    expect(reachSettings({}, {}, files).region?.value).toBe('b');
  });

  it('is not known', () => {
    expect(reachSettings({ profile: 'nobody' }, {}, hr).region).toBeUndefined();
  });
});

describe('the endpoint', () => {
  const all = {
    AWS_PROFILE: 'hr',
    AWS_ENDPOINT_URL_WICKR: 'https://wickr.example',
    AWS_ENDPOINT_URL: 'https://any.example',
  };
  const { AWS_ENDPOINT_URL_WICKR: _, ...general } = all;
  const { AWS_ENDPOINT_URL: __, ...profile } = general;
  const ignoring = { ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' };
  it.each<[string, ReachFlags, Variables, SharedFiles, string[] | undefined]>([
    ['flag', { endpointUrl: 'https://f.example' }, all, hr, ['https://f.example', '--endpoint-url']],
    ['its variable', {}, all, hr, ['https://wickr.example', 'AWS_ENDPOINT_URL_WICKR']],
    ['the general variable', {}, general, hr, ['https://any.example', 'AWS_ENDPOINT_URL']],
    ['the services section', {}, profile, hr, ['https://local.example', 'services "local"']],
    ['the profile', {}, {}, hr, ['https://default.example', 'profile "default"']],
    [
      'the profile, whose services section has no word of it',
      {},
      {},
      filesOf({
        default: { services: 's', endpoint_url: 'https://p.example' },
        'services.s': { 'sts.endpoint_url': 'x' },
      }),
      ['https://p.example', 'profile "default"'],
    ],
    ['a services section that is not there', {}, {}, filesOf({ default: { services: 's' } }), undefined],
    ['nothing', { profile: 'plain' }, {}, hr, undefined],
    ['a variable to ignore them', {}, ignoring, hr, undefined],
    [
      'a flag that nothing ignores',
      { endpointUrl: 'https://f.example' },
      ignoring,
      hr,
      ['https://f.example', '--endpoint-url'],
    ],
    [
      'a profile to ignore them',
      {},
      { AWS_ENDPOINT_URL: 'https://any.example' },
      filesOf({ default: { endpoint_url: 'https://p.example', ignore_configured_endpoint_urls: 'true' } }),
      undefined,
    ],
    [
      'a variable not to ignore them, whatever the profile says',
      {},
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
      filesOf({ default: { endpoint_url: 'https://p.example', ignore_configured_endpoint_urls: 'true' } }),
      ['https://p.example', 'profile "default"'],
    ],
  ])('by %s', (_case, flags, env, files, expected) => {
    expect(from('endpointUrl', [flags, env, files])).toEqual(expected);
  });

  it.each<[string, Variables, string[] | undefined]>([
    [
      'its variable',
      { AWS_ENDPOINT_URL_STS: 'https://s.example', AWS_ENDPOINT_URL: 'https://a.example' },
      ['https://s.example', 'AWS_ENDPOINT_URL_STS'],
    ],
    [
      'the general variable',
      { AWS_ENDPOINT_URL: 'https://a.example' },
      ['https://a.example', 'AWS_ENDPOINT_URL'],
    ],
    [
      "not Wickr's variable",
      { AWS_ENDPOINT_URL_WICKR: 'https://w.example', AWS_PROFILE: 'plain' },
      undefined,
    ],
    ['the services section', { AWS_PROFILE: 'hr' }, ['https://sts.example', 'services "local"']],
    ['the profile', {}, ['https://default.example', 'profile "default"']],
    [
      'a variable to ignore them',
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE', AWS_PROFILE: 'hr' },
      undefined,
    ],
  ])('of STS by %s', (_case, env, expected) => {
    expect(from('stsEndpointUrl', [{ endpointUrl: 'https://f.example' }, env, hr])).toEqual(expected);
  });
});

describe.each([
  ['useFipsEndpoint', 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint', '--use-fips-endpoint'],
  [
    'useDualstackEndpoint',
    'AWS_USE_DUALSTACK_ENDPOINT',
    'use_dualstack_endpoint',
    '--use-dualstack-endpoint',
  ],
] as const)('%s', (option, variable, key, flag) => {
  const file = (text: string) => filesOf({ default: { [key]: text } });
  it.each<[string, ReachFlags, Variables, SharedFiles, [boolean, string] | undefined]>([
    ['nothing', {}, {}, none, undefined],
    ['the variable', {}, { [variable]: 'TRUE' }, none, [true, variable]],
    ['the variable, off', {}, { [variable]: 'False' }, file('true'), [false, variable]],
    ['the file', {}, {}, file('true'), [true, 'profile "default"']],
    ['the file, in other letters', {}, {}, file('True'), [true, 'profile "default"']],
    ['the file, off', {}, {}, file('FALSE'), [false, 'profile "default"']],
    ['an empty variable and the file', {}, { [variable]: '' }, file('true'), [true, 'profile "default"']],
    ['the flag', { [option]: false }, { [variable]: 'true' }, file('true'), [false, flag]],
  ])('by %s', (_case, flags, env, files, expected) => {
    const setting = reachSettings(flags, env, files)[option];
    expect(setting && [setting.value, setting.from]).toEqual(expected);
  });

  it.each(['yes', '1', 'on', 'truee'])('%s is refused, with its place', (word) => {
    const byVariable = () => reachSettings({}, { [variable]: word }, none);
    expect(byVariable).toThrow(UsageError);
    expect(byVariable).toThrow(`${variable} is neither true nor false`);
    expect(() => reachSettings({}, {}, file(word))).toThrow(
      `${key} of profile "default" is neither true nor false`,
    );
  });

  it('does not go with an endpoint URL', () => {
    const files = filesOf({ default: { [key]: 'true', endpoint_url: 'https://p.example' } });
    expect(() => reachSettings({}, {}, files)).toThrow(/\(profile "default"\) cannot be combined with/);
    expect(() => reachSettings({}, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, files)).not.toThrow();
  });
});

describe('the way', () => {
  it.each<[Variables, SharedFiles, string[] | undefined]>([
    [{}, none, undefined],
    [{ AWS_CA_BUNDLE: '/a.pem' }, filesOf({ default: { ca_bundle: '/b.pem' } }), ['/a.pem', 'AWS_CA_BUNDLE']],
    [{}, filesOf({ default: { ca_bundle: '/b.pem' } }), ['/b.pem', 'profile "default"']],
  ])('its authorities: %j', (env, files, expected) => {
    const { caBundle } = reachSettings({}, env, files);
    expect(caBundle && [caBundle.value, caBundle.from]).toEqual(expected);
  });

  it.each<[Variables, object | undefined]>([
    [{}, undefined],
    [{ NO_PROXY: '*', ALL_PROXY: 'http://a' }, undefined],
    [{ HTTPS_PROXY: 'http://a' }, { https: 'http://a' }],
    [{ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' }, { https: 'http://a' }],
    [{ https_proxy: '', HTTPS_PROXY: 'http://b' }, undefined],
    [
      { http_proxy: 'http://a', NO_PROXY: 'x' },
      { http: 'http://a', none: 'x' },
    ],
    [
      { HTTP_PROXY: 'http://a', HTTPS_PROXY: 'b:1', no_proxy: 'y', NO_PROXY: 'x' },
      { http: 'http://a', https: 'b:1', none: 'y' },
    ],
  ])('its proxies: %j', (env, expected) => {
    expect(reachSettings({}, env, none).proxies).toEqual(expected);
  });

  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])(
    'a bad %s is named, not repeated',
    (name) => {
      const read = () => reachSettings({}, { [name]: 'socks5://me:secret@proxy' }, none);
      expect(read).toThrow(new RegExp(`^${name} is not the URL of an HTTP proxy$`));
    },
  );
});
