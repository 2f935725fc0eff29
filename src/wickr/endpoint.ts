import { partition } from '@aws-sdk/util-endpoints';
import { UsageError } from '../errors.js';
import { isLoopback } from './connection/loopback.js';

/** Where the service is. */
export interface EndpointOptions {
  readonly region: string;
  /** A custom endpoint in place of AWS's own; it excludes the two options below. */
  readonly endpointUrl?: string | undefined;
  readonly useFipsEndpoint?: boolean | undefined;
  readonly useDualstackEndpoint?: boolean | undefined;
  /** Permits plain http to a host that is not this machine. Default false. */
  readonly allowHttp?: boolean | undefined;
}

const REGION = /^[a-z]{2,}(-[a-z0-9]+)+$/;

/**
 * The origin to send to. The form of the host comes from the service's endpoint rules, its suffix from the region's
 * partition. Any region name gives a host, so a wrong region shows only in what the service answers.
 *
 * @throws UsageError if the options contradict each other or name no usable URL
 */
export function resolveEndpoint(options: EndpointOptions): URL {
  const { region, endpointUrl, useFipsEndpoint, useDualstackEndpoint } = options;
  if (!REGION.test(region)) {
    throw new UsageError(
      'the region does not look like an AWS region',
      'Set `region` to one such as us-east-1.',
    );
  }
  if (endpointUrl === undefined) {
    const { dnsSuffix, dualStackDnsSuffix } = partition(region);
    const service = useFipsEndpoint ? 'wickr-fips' : 'wickr';
    return new URL(
      `https://admin.${service}.${region}.${useDualstackEndpoint ? dualStackDnsSuffix : dnsSuffix}`,
    );
  }
  if (useFipsEndpoint || useDualstackEndpoint) {
    throw new UsageError(
      'a custom endpoint cannot be combined with FIPS or dual-stack',
      'Leave out `endpointUrl` (or AWS_ENDPOINT_URL_WICKR, AWS_ENDPOINT_URL), or `useFipsEndpoint` and `useDualstackEndpoint`.',
    );
  }
  return customEndpoint(endpointUrl, options.allowHttp ?? false);
}

/** STS's own endpoint in a region. https://docs.aws.amazon.com/general/latest/gr/sts.html */
export function stsEndpoint(region: string, useFips: boolean, useDualstack: boolean): URL {
  const { dnsSuffix, dualStackDnsSuffix } = partition(region);
  return new URL(
    `https://${useFips ? 'sts-fips' : 'sts'}.${region}.${useDualstack ? dualStackDnsSuffix : dnsSuffix}`,
  );
}

function customEndpoint(text: string, allowHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw new UsageError(
      'the endpoint URL is not an http(s) URL',
      'Set `endpointUrl` to one such as http://127.0.0.1:8080.',
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError(
      'the endpoint URL holds more than a scheme, a host, a port and a path',
      'Leave out user, password, query and fragment.',
    );
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw new UsageError(
      `plain http to ${url.hostname} would send names and signatures unencrypted`,
      'Use https, or set `allowHttp` if you trust the network in between.',
    );
  }
  return url;
}
