import { partition } from '@aws-sdk/util-endpoints';
import { UsageError } from '../errors.js';

/** Where the service is to be found. */
export interface EndpointOptions {
  readonly region: string;
  /** A custom endpoint in place of AWS's own; excludes the two flags below. */
  readonly endpointUrl?: string | undefined;
  readonly useFipsEndpoint?: boolean | undefined;
  readonly useDualstackEndpoint?: boolean | undefined;
  /** Permit unencrypted http to a host that is not this machine. Default false. */
  readonly allowHttp?: boolean | undefined;
}

const REGION = /^[a-z]{2,}(-[a-z0-9]+)+$/;

/**
 * The origin to send to. The host's form is that of the service's endpoint rules, its suffix that of the region's
 * partition. A host exists for any region name, so that a wrong region shows only in what the service answers.
 *
 * @throws UsageError where the options contradict each other or name no usable URL
 */
export function resolveEndpoint(options: EndpointOptions): URL {
  const { region, endpointUrl, useFipsEndpoint, useDualstackEndpoint } = options;
  if (!REGION.test(region)) {
    throw new UsageError(
      'the region does not look like an AWS region',
      'Give one such as --region us-east-1.',
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
      'Leave out --endpoint-url (or AWS_ENDPOINT_URL_WICKR, AWS_ENDPOINT_URL), or the two --use-… flags.',
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
      'Give one such as --endpoint-url http://127.0.0.1:8080.',
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
      'Use https, or add --allow-http if you are sure of the network in between.',
    );
  }
  return url;
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
