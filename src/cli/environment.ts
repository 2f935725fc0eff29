/** If the flags are silent, the environment and the shared config files speak, as they do for the AWS CLI. */
import { platform } from 'node:os';
import { join } from 'node:path';
import type { ReconcileOptions, SharedRate, UpdateOptions } from '../index.js';
import { type Destination, reachNotes } from './aws/reach-notes.js';
import { type ReachSettings, reachSettings } from './aws/reach-settings.js';
import { readSharedFiles } from './aws/shared-files.js';
import { trustedAuthorities } from './aws/trusted-authorities.js';
import { metricsFile } from './metrics/metrics-file.js';
import { notice } from './process/notices.js';
import { runHeader } from './process/run-header.js';
import { stateFolder } from './process/state-folder.js';

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
    | 'redis'
    | 'onShared'
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
    ...sharing(flags, env),
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
    ...sharing(flags, env),
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
    ...sharing(flags, env),
  };
}

const announced = (settings: ReachSettings, known?: 'the plan' | 'the run') => (destination: Destination) => {
  metricsFile()?.setNetwork(destination.networkId);
  const { networkId, endpoint } = destination;
  const notes = reachNotes(destination, settings, known);
  runHeader.add({ reach: { networkId, host: endpoint.host, notes } });
};

/** The client writes what it sends, also a password, to standard error if this variable asks for it. */
function sharing({ redis }: ReachOptions, env: NodeJS.ProcessEnv): ReachOptions {
  if (redis !== undefined) delete env.DEBUG;
  return { onShared: announcedSharing };
}

function announcedSharing({ isShared, rate, reason }: SharedRate): void {
  const now = `${Math.round(rate * 10) / 10} requests/s`;
  notice(
    isShared
      ? `Redis is there again: the rate is shared (this run: ${now})\n`
      : `${reason}: this run goes on by itself from ${now}, and shares the rate again when it can\n`,
  );
}

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
  const folder = stateFolder(env, system);
  return {
    locks: join(folder, 'locks'),
    inputMemory: join(folder, 'inputs.json'),
    ...(rateMemory ? { rateMemory: join(folder, 'rates.json') } : {}),
  };
}
