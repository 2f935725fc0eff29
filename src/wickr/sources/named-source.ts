/**
 * Which source of credentials was named. Pure. Whoever names one gets that one or an error, never the next in line: a
 * misspelt profile must not become the machine's own role. The order is the AWS CLI's: `profile`, keys in the
 * environment, AWS_PROFILE, the profile `default`, the container's service, the instance's.
 */
import { CredentialsError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { environmentKeys } from './environment-keys.js';
import { assumesRole, profileSource, roleOf, settingsOf } from './profile-source.js';
import type { Environment, SharedFiles } from './shared-files.js';
import type { NamedSource, Source } from './source.js';

/**
 * @param profile the option's; undefined if it was not given
 * @throws CredentialsError if what was named is not there or not whole, or if nothing was named and there is no service
 *   of this machine's to ask
 */
export function namedSource(profile: string | undefined, env: Environment, files: SharedFiles): NamedSource {
  const named = namedProfile(profile, env);
  if (named && settingsOf(named.profile, files) === undefined) throw noSuchProfile(named);
  // The option goes before keys in the environment; a variable does not.
  if (profile !== undefined && named) return { ...named, source: sourceOfProfile(named, files, env) };
  const keys = environmentKeys(env);
  if (keys) return { source: keys };
  const name = named?.profile ?? 'default';
  if (!assumesRole(settingsOf(name, files))) {
    const identity = webIdentity(env, name, files);
    if (identity) return { source: identity };
  }
  if (named) return { ...named, source: sourceOfProfile(named, files, env) };
  const standard = profileSource(name, files, env);
  return { source: standard ?? ofMachine(env) };
}

type NamedProfile = Required<Pick<NamedSource, 'profile' | 'by'>>;

function namedProfile(profile: string | undefined, env: Environment): NamedProfile | undefined {
  if (profile !== undefined) return { profile, by: '`profile`' };
  if (env.AWS_PROFILE) return { profile: env.AWS_PROFILE, by: 'AWS_PROFILE' };
  if (env.AWS_DEFAULT_PROFILE) return { profile: env.AWS_DEFAULT_PROFILE, by: 'AWS_DEFAULT_PROFILE' };
  return undefined;
}

function sourceOfProfile(named: NamedProfile, files: SharedFiles, env: Environment): Source {
  const source = profileSource(named.profile, files, env);
  if (!source) throw noCredentials(named);
  return source;
}

function webIdentity(env: Environment, profile: string, files: SharedFiles): Source | undefined {
  const tokenFile = env.AWS_WEB_IDENTITY_TOKEN_FILE;
  if (!tokenFile) return undefined;
  const arn = env.AWS_ROLE_ARN || settingsOf(profile, files)?.role_arn;
  if (!arn)
    throw new CredentialsError(
      'AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not: no role to assume with that token',
      'Set AWS_ROLE_ARN as well, or unset AWS_WEB_IDENTITY_TOKEN_FILE.',
    );
  return {
    kind: 'web-identity',
    tokenFile,
    role: roleOf(arn, { role_session_name: env.AWS_ROLE_SESSION_NAME }),
  };
}

/** If nothing was named: what the machine has. */
function ofMachine(env: Environment): Source {
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
    return { kind: 'container' };
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') throw nothingNamed;
  return { kind: 'instance' };
}

const nothingNamed = new CredentialsError(
  'no AWS credentials were found: no profile is named, no keys are in the environment, and this machine has no role',
  'Name a profile with `profile` or AWS_PROFILE (if it uses SSO, run "aws sso login" first), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
);

const noSuchProfile = ({ profile, by }: NamedProfile) =>
  new CredentialsError(
    `the AWS profile ${printable(profile)}, named by ${by}, does not exist`,
    '"aws configure list-profiles" lists those that do.',
  );

const noCredentials = ({ profile, by }: NamedProfile) =>
  new CredentialsError(
    `the AWS profile ${printable(profile)}, named by ${by}, says nothing of credentials`,
    `Add them to the profile, or, if this machine's own role is meant, name no profile and give the region by itself.`,
  );
