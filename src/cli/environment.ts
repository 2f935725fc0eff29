/** If the flags are silent, the environment and the shared config files speak, as they do for the AWS CLI. */
import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../errors.js';
import type { ReconcileOptions, UpdateOptions } from '../index.js';
import { type ReachSettings, reachSettings } from './aws/reach-settings.js';
import { readSharedFiles } from './aws/shared-files.js';
import { type Destination, startLine } from './aws/start-line.js';
import { trustedAuthorities } from './aws/trusted-authorities.js';
import { metricsFile } from './metrics/metrics-file.js';
import { notice } from './process/notices.js';

type ReachOptions = Partial<
  Pick<
    UpdateOptions,
    | 'region'
    | 'profile'
    | 'endpointUrl'
    | 'stsEndpointUrl'
    | 'useFipsEndpoint'
    | 'useDualstackEndpoint'
    | 'proxies'
    | 'ca'
    | 'onReach'
  >
>;

/** The settings that count, by flags, AWS's variables and the shared files. */
const settingsFor = async (flags: ReachOptions, env: NodeJS.ProcessEnv): Promise<ReachSettings> =>
  reachSettings(flags, env, await readSharedFiles(env));

/** The flags with the environment's values if they have none. */
export async function withEnvironment<T extends ReachOptions>(
  flags: T,
  env = process.env,
): Promise<T & ReachOptions> {
  const settings = await settingsFor(flags, env);
  const { region, useFipsEndpoint, useDualstackEndpoint } = settings;
  return {
    ...flags,
    ...given({ region: region?.value }),
    ...endpointsIn(settings),
    ...(await wayIn(settings, env)),
    onReach: announced(settings),
    useFipsEndpoint: useFipsEndpoint?.value ?? false,
    useDualstackEndpoint: useDualstackEndpoint?.value ?? false,
  };
}

/**
 * For a run that carries out a plan: the endpoint is that of the command and the environment. A plan's file does not
 * decide where credentials are used.
 */
export async function endpointFrom(flags: ReachOptions, env = process.env): Promise<ReachOptions> {
  const settings = await settingsFor(flags, env);
  const { useFipsEndpoint, useDualstackEndpoint } = settings;
  return {
    ...endpointsIn(settings),
    ...given({ useFipsEndpoint: useFipsEndpoint?.value, useDualstackEndpoint: useDualstackEndpoint?.value }),
    ...(await wayIn(settings, env)),
    onReach: announced(settings, 'the plan'),
  };
}

/** For a run of which it is known where its service is: the way there, and who is asked for the caller's name. */
export async function wayFrom(flags: ReachOptions, env = process.env): Promise<ReachOptions> {
  const settings = await settingsFor(flags, env);
  const { stsEndpointUrl } = settings;
  return {
    ...given({ stsEndpointUrl: stsEndpointUrl?.value }),
    ...(await wayIn(settings, env)),
    onReach: announced(settings, 'the run'),
  };
}

const announced = (settings: ReachSettings, known?: 'the plan' | 'the run') => (destination: Destination) => {
  metricsFile()?.setNetwork(destination.networkId);
  notice(startLine(destination, settings, known));
};

const endpointsIn = ({ endpointUrl, stsEndpointUrl }: ReachSettings): ReachOptions =>
  given({ endpointUrl: endpointUrl?.value, stsEndpointUrl: stsEndpointUrl?.value });

const wayIn = async ({ proxies, caBundle }: ReachSettings, env: NodeJS.ProcessEnv): Promise<ReachOptions> =>
  given({ proxies, ca: await trustedAuthorities(caBundle, env) });

/** Without the members that are undefined. */
function given<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
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
