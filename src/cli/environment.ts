/** If the flags are silent, the environment and the shared config files speak, as they do for the AWS CLI. */
import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../errors.js';
import type { ReconcileOptions, UpdateOptions } from '../index.js';

type ServiceFlags = Partial<
  Pick<
    UpdateOptions,
    'region' | 'profile' | 'endpointUrl' | 'stsEndpointUrl' | 'useFipsEndpoint' | 'useDualstackEndpoint'
  >
>;

/** The flags with the environment's values if they have none. */
export async function withEnvironment<T extends ServiceFlags>(
  flags: T,
  env = process.env,
): Promise<T & ServiceFlags> {
  const region =
    flags.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || (await profileRegion(flags.profile, env)));
  const stsEndpointUrl = env.AWS_ENDPOINT_URL_STS || env.AWS_ENDPOINT_URL || undefined;
  const useFipsEndpoint = flags.useFipsEndpoint ?? env.AWS_USE_FIPS_ENDPOINT === 'true';
  const useDualstackEndpoint = flags.useDualstackEndpoint ?? env.AWS_USE_DUALSTACK_ENDPOINT === 'true';
  return {
    ...flags,
    ...(region ? { region } : {}),
    ...endpointFrom(flags, env),
    ...(stsEndpointUrl ? { stsEndpointUrl } : {}),
    useFipsEndpoint,
    useDualstackEndpoint,
  };
}

/** The endpoint that a flag or AWS's variables name. A plan's file does not decide where credentials are used. */
export function endpointFrom(
  flags: Pick<ServiceFlags, 'endpointUrl'>,
  env = process.env,
): Pick<ServiceFlags, 'endpointUrl'> {
  const endpointUrl = flags.endpointUrl ?? (env.AWS_ENDPOINT_URL_WICKR || env.AWS_ENDPOINT_URL || undefined);
  return endpointUrl === undefined ? {} : { endpointUrl };
}

async function profileRegion(
  profile: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = profile ?? env.AWS_PROFILE ?? 'default';
  return configFile[name]?.region ?? credentialsFile[name]?.region;
}

/** Files that runs of one user of this machine have in common. */
export type SharedState = Pick<ReconcileOptions, 'locks' | 'rateMemory' | 'inputMemory'>;

/**
 * What runs of this user share on this machine, in the system's folder for such things.
 *
 * @param rateMemory false: found rates are neither used nor kept
 */
export function sharedState(rateMemory: boolean, env = process.env, system = platform()): SharedState {
  const folder = join(...stateFolder(env, system));
  return {
    locks: join(folder, 'locks'),
    inputMemory: join(folder, 'inputs.json'),
    ...(rateMemory ? { rateMemory: join(folder, 'rates.json') } : {}),
  };
}

/**
 * On Linux that of the XDG Base Directory Specification, whose variable counts everywhere: a relative path in it is
 * ignored, as the specification has it. On Windows and macOS the folder for data that the npm package env-paths has.
 */
function stateFolder(env: NodeJS.ProcessEnv, system: NodeJS.Platform): [string, ...string[]] {
  const { XDG_STATE_HOME: named, LOCALAPPDATA: local } = env;
  if (named && isAbsolute(named)) return [named, 'wickr-bulk'];
  if (system === 'win32') return [local || join(home(), 'AppData', 'Local'), 'wickr-bulk', 'Data'];
  if (system === 'darwin') return [home(), 'Library', 'Application Support', 'wickr-bulk'];
  return [home(), '.local', 'state', 'wickr-bulk'];
}

function home(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new UsageError(
      'there is no home folder to keep the locks in: HOME is not set, and the system knows none for this user',
      'Set HOME, or name a folder for them with XDG_STATE_HOME: its absolute path.',
      { cause },
    );
  }
}
