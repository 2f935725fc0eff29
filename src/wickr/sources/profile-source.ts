/** Which source a profile of the shared config files names. Pure; the order within a profile is the AWS CLI's. */
import { CredentialsError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { environmentKeys } from './environment-keys.js';
import type { Environment, SharedFiles } from './shared-files.js';
import type { Role, Source } from './source.js';

type Settings = Readonly<Record<string, string | undefined>>;

/** All that the files say of a profile; undefined if there is no such profile. */
export function settingsOf(profile: string, { config, credentials }: SharedFiles): Settings | undefined {
  const [inConfig, inCredentials] = [config[profile], credentials[profile]];
  return inConfig === undefined && inCredentials === undefined
    ? undefined
    : { ...inConfig, ...inCredentials };
}

/** Whether the profile assumes a role with other credentials. That goes before a web identity of the environment. */
export const assumesRole = (settings: Settings | undefined): boolean =>
  settings?.role_arn !== undefined && settings.web_identity_token_file === undefined;

/**
 * The profile's source; undefined if it says nothing of credentials.
 *
 * @param visited profiles that lead to this one by `source_profile`
 * @throws CredentialsError if what it says is not whole
 */
export function profileSource(
  profile: string,
  files: SharedFiles,
  env: Environment,
  visited: readonly string[] = [],
): Source | undefined {
  const settings = settingsOf(profile, files) ?? {};
  // A profile may name itself, for the keys that stand beside its role.
  const isSource = visited.length > 0;
  if (assumesRole(settings) && !(isSource && hasKeys(settings)))
    return assumedRole(profile, settings, files, env, [...visited, profile]);
  return (
    webIdentity(profile, settings) ??
    sso(profile, settings, files) ??
    keys(profile, files.credentials[profile] ?? {}, settings) ??
    (settings.login_session === undefined ? undefined : { kind: 'login', profile }) ??
    processOf(profile, settings) ??
    keys(profile, files.config[profile] ?? {}, settings)
  );
}

const hasKeys = ({ aws_access_key_id, aws_secret_access_key }: Settings) =>
  aws_access_key_id !== undefined || aws_secret_access_key !== undefined;

/** The keys of one file; those of two files are no pair. */
function keys(profile: string, section: Settings, settings: Settings): Source | undefined {
  if (!hasKeys(section)) return undefined;
  const { aws_access_key_id, aws_secret_access_key, aws_session_token } = section;
  if (!aws_access_key_id || !aws_secret_access_key)
    throw half(profile, aws_access_key_id ? 'aws_secret_access_key' : 'aws_access_key_id');
  const { aws_account_id } = settings;
  return {
    kind: 'keys',
    profile,
    credentials: {
      accessKeyId: aws_access_key_id,
      secretAccessKey: aws_secret_access_key,
      ...(aws_session_token && { sessionToken: aws_session_token }),
      ...(aws_account_id && { accountId: aws_account_id }),
    },
  };
}

const processOf = (profile: string, { credential_process: command }: Settings): Source | undefined =>
  command === undefined ? undefined : { kind: 'process', profile, command };

function webIdentity(profile: string, settings: Settings): Source | undefined {
  const tokenFile = settings.web_identity_token_file;
  if (tokenFile === undefined) return undefined;
  const { role_arn: arn } = settings;
  if (!arn) throw half(profile, 'role_arn');
  return { kind: 'web-identity', profile, tokenFile, role: roleOf(arn, settings) };
}

function sso(profile: string, settings: Settings, { config }: SharedFiles): Source | undefined {
  if (settings.sso_account_id === undefined && settings.sso_role_name === undefined) return undefined;
  const { sso_session: session } = settings;
  const section = session === undefined ? {} : config[`sso-session.${session}`];
  if (section === undefined)
    throw broken(
      profile,
      `names the sso-session ${printable(session ?? '')}, which does not exist`,
      `Add [sso-session ${printable(session ?? '')}] to the AWS config file ("aws configure sso").`,
    );
  const all = { ...settings, ...section };
  const missing = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'].find(
    (name) => !all[name],
  );
  if (missing !== undefined) throw half(profile, missing);
  return { kind: 'sso', profile };
}

function assumedRole(
  profile: string,
  settings: Settings,
  files: SharedFiles,
  env: Environment,
  visited: readonly string[],
): Source {
  const { role_arn: arn, source_profile: from, credential_source: named } = settings;
  if (!arn) throw half(profile, 'role_arn');
  if (from !== undefined && named !== undefined)
    throw broken(profile, 'has both source_profile and credential_source', 'Leave one of them out.');
  if (from === undefined && named === undefined) throw half(profile, 'source_profile');
  const source =
    from === undefined
      ? credentialSource(profile, named ?? '', env)
      : sourceProfile(profile, from, files, env, visited);
  return { kind: 'assume-role', profile, role: roleOf(arn, settings), with: source };
}

function sourceProfile(
  profile: string,
  from: string,
  files: SharedFiles,
  env: Environment,
  visited: readonly string[],
): Source {
  const settings = settingsOf(from, files);
  if (settings === undefined)
    throw broken(
      profile,
      `names the source_profile ${printable(from)}, which does not exist`,
      'Correct the name in the AWS config file, or add that profile.',
    );
  if (visited.includes(from) && !(from === profile && hasKeys(settings)))
    throw broken(
      profile,
      'leads back to itself by source_profile',
      'Have one of the profiles on the way name its credentials.',
    );
  const source = profileSource(from, files, env, visited);
  if (source === undefined)
    throw broken(
      profile,
      `names the source_profile ${printable(from)}, which has no credentials`,
      'Give that profile its credentials in the AWS config files.',
    );
  return source;
}

function credentialSource(profile: string, name: string, env: Environment): Source {
  if (name === 'Ec2InstanceMetadata') return { kind: 'instance' };
  if (name === 'EcsContainer') return { kind: 'container' };
  const source = name === 'Environment' ? environmentKeys(env) : undefined;
  if (source) return source;
  if (name === 'Environment')
    throw broken(
      profile,
      'takes its credentials from the environment, where there are none',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  throw broken(
    profile,
    `has the unknown credential_source ${printable(name)}`,
    'It can be Environment, Ec2InstanceMetadata or EcsContainer.',
  );
}

export function roleOf(arn: string, settings: Settings): Role {
  const { role_session_name, external_id, mfa_serial, region } = settings;
  const duration = Number(settings.duration_seconds);
  return {
    arn,
    ...(role_session_name && { sessionName: role_session_name }),
    ...(external_id && { externalId: external_id }),
    ...(Number.isInteger(duration) && duration > 0 && { duration }),
    ...(mfa_serial && { mfaSerial: mfa_serial }),
    ...(region && { region }),
  };
}

const half = (profile: string, missing: string) =>
  broken(
    profile,
    `has no ${missing}, so its credentials are not whole`,
    `Add ${missing} to the profile in the AWS config files.`,
  );

const broken = (profile: string, what: string, hint: string) =>
  new CredentialsError(`the AWS profile ${printable(profile)} ${what}`, hint);
