/** The line with which a job says where it is going, and by what that was chosen. */
import { printable } from '../../text/printable.js';
import { parseProxies, proxyFor } from '../../wickr/connection/proxy.js';
import type { ReachSettings, Setting } from './reach-settings.js';

/** Where a job is going. */
export interface Destination {
  readonly networkId: string;
  readonly region: string;
  readonly endpoint: URL;
}

/** Characters of a line on the smallest terminal. */
const COLUMNS = 80;

/**
 * One line, or several if it does not fit.
 *
 * @param known what says which region and endpoint it is, if that is neither flags nor variables: `the plan`
 */
export function startLine(destination: Destination, settings: ReachSettings, known?: string): string {
  const { networkId, endpoint } = destination;
  const head = printable(`wickr-bulk: network ${networkId} at ${endpoint.host}`);
  const notes = notesOn(destination, settings, known).map((note) => printable(note));
  if (notes.length === 0) return `${head}\n`;
  const whole = `${head} (${notes.join(', ')})`;
  return whole.length <= COLUMNS ? `${whole}\n` : `${head}\n${filled(notes)}`;
}

/** Notes side by side as far as they fit. */
function filled(notes: readonly string[]): string {
  const lines: string[] = [];
  for (const note of notes) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + note.length + 3 <= COLUMNS)
      lines[lines.length - 1] = `${last}, ${note}`;
    else lines.push(`  ${note}`);
  }
  return lines.map((line, i) => `${line}${i < lines.length - 1 ? ',' : ''}\n`).join('');
}

function notesOn(
  { region, endpoint }: Destination,
  settings: ReachSettings,
  known: string | undefined,
): string[] {
  const { endpointUrl, useFipsEndpoint, useDualstackEndpoint, caBundle, proxies, proxiesFrom, profile } =
    settings;
  const by = (what: string, setting: Setting<unknown> | undefined) =>
    setting?.value ? [`${what} from ${setting.from}`] : [];
  // AWS's own host names the region.
  const regionName = endpoint.hostname.includes(region) ? 'region' : `region ${region}`;
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
