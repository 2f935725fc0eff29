/** Ways to say whose credentials to use, and what comes of each: the AWS CLI's order, without its way to the next one. */
import type { Behaviour, FakeAws } from './fake-aws.js';
import { key, keys, keyVariables, processOutput, ssoToken, ssoTokenFile } from './fake-aws.js';

export interface Setup {
  readonly name: string;
  /** Files below the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** `HOME` and `URL` in a value stand for the home folder and the fake's URL. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly behaviours?: FakeAws['behaviours'];
  /** Who signs the requests to Wickr; absent if there is an error. */
  readonly signer?: string;
  /** Who signs what STS is asked, beside GetCallerIdentity. */
  readonly sts?: readonly string[];
  /** What the error says. */
  readonly says?: RegExp;
}

const config = (text: string) => ({ '.aws/config': text });
const credentials = (text: string) => ({ '.aws/credentials': text });
const hr = credentials(`[hr]\n${keys('HR')}[other]\n${keys('OTHER')}`);
const role = (name: string, rest: string) => `role_arn = arn:aws:iam::111122223333:role/${name}\n${rest}\n`;
const ROLE = role('ROLE', 'source_profile = base');
const assumed = (by: string) => [`AssumeRole ${key(by)}`];
const webIdentity = {
  AWS_WEB_IDENTITY_TOKEN_FILE: 'HOME/token',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/WEB',
};
const token = { token: 'a.b.c' };
const WEB = ['AssumeRoleWithWebIdentity '];
const SSO = `[profile hr]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Hr\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n`;
const SSO_LEGACY = `[profile hr]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\nsso_account_id = 111122223333\nsso_role_name = Hr\n`;
const HOUR = 3_600_000;
const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/container' };
const profile = ['--profile', 'hr'] as const;
const behaves = (service: keyof FakeAws['behaviours'], behaviour: Behaviour) => ({
  behaviours: { [service]: behaviour },
});
const slow = ['--credential-timeout', '2'];
const shell = (text: string) => `sh -c '${text}'`;

/** The first two are what `npm test` tries. */
export const setups: readonly Setup[] = [
  {
    name: 'AWS_PROFILE and keys',
    files: hr,
    env: { AWS_PROFILE: 'hr', ...keyVariables('ENV') },
    signer: 'ENV',
  },
  {
    name: 'a profile that does not exist',
    args: ['--profile', 'nope'],
    says: /profile nope, named by --profile/,
  },
  {
    name: 'a process that fails',
    files: config(`[profile hr]\ncredential_process = ${shell('echo vault is sealed >&2; exit 3')}\n`),
    args: profile,
    says: /profile hr \(credential_process\): ended with 3: vault is sealed/,
  },
  {
    name: 'half a pair in the environment',
    env: { AWS_ACCESS_KEY_ID: key('ENV') },
    says: /AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not/,
  },
  {
    name: 'a role by its source profile',
    files: { ...config(`[profile hr]\n${ROLE}`), ...credentials(`[base]\n${keys('BASE')}`) },
    args: profile,
    signer: 'ROLE',
    sts: assumed('BASE'),
  },
  {
    name: 'an SSO session that has expired',
    files: { ...config(SSO), [ssoTokenFile('corp')]: ssoToken(-HOUR) },
    args: profile,
    says: /profile hr \(SSO\).*expired[\s\S]*aws sso login --profile hr/,
  },
  // Sources that are named and there.
  { name: 'keys in the environment', env: keyVariables('ENV'), signer: 'ENV' },
  { name: 'with a token', env: { ...keyVariables('ENV'), AWS_SESSION_TOKEN: 't' }, signer: 'ENV' },
  { name: 'the default profile', files: credentials(`[default]\n${keys('FILE')}`), signer: 'FILE' },
  {
    name: 'the default profile of the config file',
    files: config(`[default]\n${keys('FILE')}`),
    signer: 'FILE',
  },
  {
    name: 'both files',
    files: { ...credentials(`[default]\n${keys('FILE')}`), ...config(`[default]\n${keys('CONFIG')}`) },
    signer: 'FILE',
  },
  { name: 'a named profile', files: hr, args: profile, signer: 'HR' },
  {
    name: 'a named profile of the config file',
    files: config(`[profile hr]\n${keys('HR')}`),
    args: profile,
    signer: 'HR',
  },
  { name: 'AWS_PROFILE', files: hr, env: { AWS_PROFILE: 'hr' }, signer: 'HR' },
  { name: 'AWS_DEFAULT_PROFILE', files: hr, env: { AWS_DEFAULT_PROFILE: 'hr' }, signer: 'HR' },
  {
    name: 'both variables',
    files: hr,
    env: { AWS_PROFILE: 'hr', AWS_DEFAULT_PROFILE: 'other' },
    signer: 'HR',
  },
  { name: 'a profile and keys', files: hr, args: profile, env: keyVariables('ENV'), signer: 'HR' },
  {
    name: 'a profile and AWS_PROFILE',
    files: hr,
    args: profile,
    env: { AWS_PROFILE: 'other' },
    signer: 'HR',
  },
  {
    name: 'keys and the default profile',
    files: credentials(`[default]\n${keys('FILE')}`),
    env: keyVariables('ENV'),
    signer: 'ENV',
  },
  {
    name: 'files that are elsewhere',
    files: { 'a/creds': `[hr]\n${keys('HR')}` },
    env: { AWS_SHARED_CREDENTIALS_FILE: 'HOME/a/creds', AWS_CONFIG_FILE: 'HOME/a/none' },
    args: profile,
    signer: 'HR',
  },
  {
    name: 'a process',
    files: config(
      `[profile hr]\ncredential_process = ${shell(`printf %s "${processOutput('PROCESS').replaceAll('"', '\\"')}"`)}\n`,
    ),
    args: profile,
    signer: 'PROCESS',
  },
  {
    name: 'a process, and keys in the credentials file',
    files: { ...config('[profile hr]\ncredential_process = exit 1\n'), ...hr },
    args: profile,
    signer: 'HR',
  },
  {
    name: 'a role by a role',
    files: {
      ...config(
        `[profile hr]\n${role('OUTER', 'source_profile = mid')}[profile mid]\n${role('MIDDLE', 'source_profile = base')}`,
      ),
      ...credentials(`[base]\n${keys('BASE')}`),
    },
    args: profile,
    signer: 'OUTER',
    sts: [...assumed('BASE'), ...assumed('MIDDLE')],
  },
  {
    name: 'a role with keys of its own profile',
    files: { ...config(`[profile hr]\n${role('ROLE', 'source_profile = hr')}`), ...hr },
    args: profile,
    signer: 'ROLE',
    sts: assumed('HR'),
  },
  {
    name: 'a role by the environment',
    files: config(`[profile hr]\n${role('ROLE', 'credential_source = Environment')}`),
    args: profile,
    env: keyVariables('ENV'),
    signer: 'ROLE',
    sts: assumed('ENV'),
  },
  {
    name: 'a role by the instance',
    files: config(`[profile hr]\n${role('ROLE', 'credential_source = Ec2InstanceMetadata')}`),
    args: profile,
    signer: 'ROLE',
    sts: assumed('IMDS'),
  },
  {
    name: 'a role by the container',
    files: config(`[profile hr]\n${role('ROLE', 'credential_source = EcsContainer')}`),
    args: profile,
    env: container,
    signer: 'ROLE',
    sts: assumed('ECS'),
  },
  { name: 'a web identity', files: token, env: webIdentity, signer: 'WEB', sts: WEB },
  {
    name: 'a web identity and the default profile',
    files: { ...token, ...credentials(`[default]\n${keys('FILE')}`) },
    env: webIdentity,
    signer: 'WEB',
    sts: WEB,
  },
  {
    name: 'a web identity of a profile',
    files: { ...token, ...config(`[profile hr]\n${role('WEB', 'web_identity_token_file = HOME/token')}`) },
    args: profile,
    signer: 'WEB',
    sts: WEB,
  },
  {
    name: 'a profile and a web identity',
    files: { ...token, ...hr },
    env: webIdentity,
    args: profile,
    signer: 'HR',
  },
  {
    name: 'keys and a web identity',
    files: token,
    env: { ...webIdentity, ...keyVariables('ENV') },
    signer: 'ENV',
  },
  {
    name: 'SSO',
    files: { ...config(SSO), [ssoTokenFile('corp')]: ssoToken(HOUR) },
    args: profile,
    signer: 'SSO',
  },
  {
    name: 'SSO without a session',
    files: { ...config(SSO_LEGACY), [ssoTokenFile('https://corp.example/start')]: ssoToken(HOUR) },
    args: profile,
    signer: 'SSO',
  },
  {
    name: 'SSO as the source of a role',
    files: {
      ...config(`${SSO.replace('profile hr', 'profile base')}[profile hr]\n${ROLE}`),
      [ssoTokenFile('corp')]: ssoToken(HOUR),
    },
    args: profile,
    signer: 'ROLE',
    sts: assumed('SSO'),
  },
  { name: 'the container', env: container, signer: 'ECS' },
  { name: 'the instance', signer: 'IMDS' },
  {
    name: 'the instance and a default profile without credentials',
    files: config('[default]\nregion = eu-west-1\n'),
    signer: 'IMDS',
  },
  {
    name: 'the default profile and the container',
    files: credentials(`[default]\n${keys('FILE')}`),
    env: container,
    signer: 'FILE',
  },
  // Sources that are named and not there, or not whole. The instance's role is there each time.
  {
    name: 'AWS_PROFILE of none',
    env: { AWS_PROFILE: 'nope' },
    says: /profile nope, named by AWS_PROFILE, does not exist/,
  },
  {
    name: 'AWS_DEFAULT_PROFILE of none',
    env: { AWS_DEFAULT_PROFILE: 'nope' },
    says: /named by AWS_DEFAULT_PROFILE/,
  },
  {
    name: 'AWS_PROFILE of none, and keys',
    env: { AWS_PROFILE: 'nope', ...keyVariables('ENV') },
    says: /profile nope/,
  },
  {
    name: 'a profile of none, and keys',
    args: ['--profile', 'nope'],
    env: keyVariables('ENV'),
    says: /profile nope/,
  },
  { name: 'the other half', env: { AWS_SECRET_ACCESS_KEY: 's' }, says: /AWS_SECRET_ACCESS_KEY is set/ },
  {
    name: 'half a pair in the default profile',
    files: credentials(`[default]\naws_access_key_id = ${key('FILE')}\n`),
    says: /profile default has no aws_secret_access_key/,
  },
  {
    name: 'half a pair in a profile',
    files: credentials('[hr]\naws_secret_access_key = s\n'),
    args: profile,
    says: /profile hr has no aws_access_key_id/,
  },
  {
    name: 'a pair in two files',
    files: {
      ...credentials(`[hr]\naws_access_key_id = ${key('HR')}\n`),
      ...config('[profile hr]\naws_secret_access_key = s\n'),
    },
    args: profile,
    says: /profile hr has no aws_secret_access_key/,
  },
  {
    name: 'a profile without credentials',
    files: config('[profile hr]\nregion = eu-west-1\n'),
    args: profile,
    says: /says nothing of credentials/,
  },
  {
    name: 'AWS_PROFILE without credentials',
    files: config('[profile hr]\nregion = eu-west-1\n'),
    env: { AWS_PROFILE: 'hr', ...container },
    says: /says nothing of credentials/,
  },
  {
    name: 'a process of the default profile that fails',
    files: config('[default]\ncredential_process = exit 1\n'),
    says: /credential_process\): ended with 1/,
  },
  {
    name: 'a process that is not there',
    files: config('[profile hr]\ncredential_process = /no/such/command\n'),
    args: profile,
    says: /ended with 127/,
  },
  {
    name: 'a process that prints no JSON',
    files: config('[profile hr]\ncredential_process = echo Password:\n'),
    args: profile,
    says: /no JSON/,
  },
  {
    name: 'a process that prints half a pair',
    files: config(
      `[profile hr]\ncredential_process = ${shell('printf %s "{\\"Version\\":1,\\"AccessKeyId\\":\\"A\\"}"')}\n`,
    ),
    args: profile,
    says: /no SecretAccessKey/,
  },
  {
    name: 'a process that hangs',
    files: config('[profile hr]\ncredential_process = sleep 1000\n'),
    args: [...profile, ...slow],
    says: /no answer within 2 s/,
  },
  {
    name: 'a source profile of none',
    files: config(`[profile hr]\n${role('ROLE', 'source_profile = nope')}`),
    args: profile,
    says: /source_profile nope, which does not exist/,
  },
  {
    name: 'a source profile without credentials',
    files: config(`[profile hr]\n${ROLE}[profile base]\nregion = us-east-1\n`),
    args: profile,
    says: /source_profile base, which has no credentials/,
  },
  {
    name: 'source profiles in a circle',
    files: config(`[profile hr]\n${ROLE}[profile base]\n${role('B', 'source_profile = hr')}`),
    args: profile,
    says: /leads back to itself/,
  },
  {
    name: 'a role without a source',
    files: config(`[profile hr]\n${role('ROLE', '')}`),
    args: profile,
    says: /no source_profile/,
  },
  {
    name: 'a role with two sources',
    files: {
      ...config(`[profile hr]\n${role('ROLE', 'source_profile = base\ncredential_source = Environment')}`),
    },
    args: profile,
    says: /both source_profile and credential_source/,
  },
  {
    name: 'an unknown source',
    files: config(`[profile hr]\n${role('ROLE', 'credential_source = Vault')}`),
    args: profile,
    says: /unknown credential_source Vault/,
  },
  {
    name: 'a role by an empty environment',
    files: config(`[profile hr]\n${role('ROLE', 'credential_source = Environment')}`),
    args: profile,
    says: /from the environment, where there are none/,
  },
  {
    name: 'a role that STS refuses',
    files: { ...config(`[profile hr]\n${ROLE}`), ...credentials(`[base]\n${keys('BASE')}`) },
    args: profile,
    ...behaves('sts', 'deny'),
    sts: assumed('BASE'),
    says: /assumed role\): not authorized to perform: sts:AssumeRole[\s\S]*trust policy/,
  },
  {
    name: 'an STS that hangs',
    files: { ...config(`[profile hr]\n${ROLE}`), ...credentials(`[base]\n${keys('BASE')}`) },
    args: [...profile, ...slow],
    ...behaves('sts', 'hang'),
    sts: assumed('BASE'),
    says: /no answer within 2 s/,
  },
  {
    name: 'an STS that is not there',
    files: { ...config(`[profile hr]\n${ROLE}`), ...credentials(`[base]\n${keys('BASE')}`) },
    args: profile,
    env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' },
    says: /ECONNREFUSED/,
  },
  { name: 'a web identity without its token', env: webIdentity, says: /web identity: ENOENT/ },
  {
    name: 'a web identity without a role',
    files: token,
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: 'HOME/token' },
    says: /AWS_ROLE_ARN is not/,
  },
  {
    name: 'a web identity that STS refuses',
    files: token,
    env: webIdentity,
    ...behaves('sts', 'deny'),
    sts: WEB,
    says: /web identity: not authorized/,
  },
  {
    name: 'SSO without a login',
    files: config(SSO),
    args: profile,
    says: /SSO\).*not found[\s\S]*aws sso login --profile hr/,
  },
  {
    name: 'SSO that refuses',
    files: { ...config(SSO), [ssoTokenFile('corp')]: ssoToken(HOUR) },
    args: profile,
    ...behaves('sso', 'deny'),
    says: /SSO\).*Session token not found[\s\S]*aws sso login/,
  },
  {
    name: 'SSO that hangs',
    files: { ...config(SSO), [ssoTokenFile('corp')]: ssoToken(HOUR) },
    args: [...profile, ...slow],
    ...behaves('sso', 'hang'),
    says: /SSO\): no answer within 2 s/,
  },
  {
    name: 'an SSO session of none',
    files: config(SSO.replace('sso-session corp', 'sso-session corps')),
    args: profile,
    says: /sso-session corp, which does not exist/,
  },
  {
    name: 'SSO without a role',
    files: config(SSO.replace('sso_role_name = Hr\n', '')),
    args: profile,
    says: /no sso_role_name/,
  },
  {
    name: 'a container that fails',
    env: container,
    ...behaves('container', 'fail'),
    says: /the container service/,
  },
  {
    name: 'a container that hangs',
    env: container,
    args: slow,
    ...behaves('container', 'hang'),
    says: /the container service: no answer/,
  },
  {
    name: 'an instance that hangs',
    args: slow,
    ...behaves('instance', 'hang'),
    says: /instance role: no answer/,
  },
  { name: 'nothing', env: { AWS_EC2_METADATA_DISABLED: 'true' }, says: /no AWS credentials were found/ },
  {
    name: 'a config file that cannot be read',
    files: { '.aws/config/in-the-way': '' },
    says: /config is there and cannot be read \(EISDIR\)/,
  },
  {
    name: 'a role with a second factor, without a terminal',
    files: {
      ...config(
        `[profile hr]\n${role('ROLE', 'source_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me')}`,
      ),
      ...credentials(`[base]\n${keys('BASE')}`),
    },
    args: profile,
    says: /asks for an MFA code, and there is no terminal[\s\S]*aws sts get-caller-identity --profile hr/,
  },
];
