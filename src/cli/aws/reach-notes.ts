/** What chose where a job is going: flags, variables and files, as a screen names them. */
import { parseProxies, proxyFor } from '../../wickr/connection/proxy.js';
import type { ReachSettings, Setting } from './reach-settings.js';

/** Where a job is going. */
export interface Destination {
  readonly networkId: string;
  readonly region: string;
  readonly endpoint: URL;
}

/**
 * Such as `region us-east-1 from AWS_REGION`.
 *
 * @param known what says which region and endpoint it is, if that is neither flags nor variables: `the plan`
 */
export function reachNotes(
  { region, endpoint }: Destination,
  settings: ReachSettings,
  known?: 'the plan' | 'the run',
): string[] {
  const { endpointUrl, useFipsEndpoint, useDualstackEndpoint, caBundle, proxies, proxiesFrom, profile } =
    settings;
  const by = (what: string, setting: Setting<unknown> | undefined) =>
    setting?.value ? [`${what} from ${setting.from}`] : [];
  const regionName = `region ${region}`;
  const proxy = proxyFor(endpoint, parseProxies(proxies ?? {}));
  const proxyFrom = endpoint.protocol === 'https:' ? proxiesFrom.https : proxiesFrom.http;
  const isNamed = profile.from !== 'the default profile';
  return [
    ...(known === undefined ? by(regionName, settings.region) : [`${regionName} from ${known}`]),
    // A run that goes on asks no variable for its endpoint.
    ...(known === 'the run' && !endpointUrl?.from.startsWith('--') ? [] : by('endpoint', endpointUrl)),
    ...(known === undefined || known === 'the plan' ? by('FIPS', useFipsEndpoint) : []),
    ...(known === undefined || known === 'the plan' ? by('dual-stack', useDualstackEndpoint) : []),
    ...(isNamed ? [`profile "${profile.value}" from ${profile.from}`] : []),
    ...(proxy ? [`proxy ${proxy.url.host} from ${proxyFrom}`] : []),
    ...by('CA bundle', caBundle),
  ];
}
