/** How the service is reached. */
import type { Identity } from '../../../model.js';
import type { ProxySettings } from '../../../wickr/connection/proxy.js';
import type { CredentialProvider, Credentials, MfaCode } from '../../../wickr/credentials.js';
import { hook, milliseconds, neededText, option, text, value, yesOrNo } from './option.js';

/** Where a job finds its network. */
export interface Reach {
  readonly networkId: string;
  readonly region: string;
  readonly endpoint: URL;
}

/** The jobs that are told which network's service to reach. */
const reaching = ['update', 'reconcile', 'plan', 'validate', 'export'] as const;
/** All jobs that reach it: the others know from the run or the plan which it is. */
const all = [...reaching, 'apply', 'undo', 'resume', 'retry'] as const;

const isCredentials = (given: unknown) =>
  typeof given === 'function' ||
  (typeof given === 'object' && given !== null && 'accessKeyId' in given && 'secretAccessKey' in given);

const isProxySettings = (given: unknown) =>
  typeof given === 'object' &&
  given !== null &&
  Object.entries(given).every(
    ([name, set]) =>
      ['https', 'http', 'none'].includes(name) && (set === undefined || typeof set === 'string'),
  );

const isPemList = (given: unknown) =>
  Array.isArray(given) &&
  given.every((text) => typeof text === 'string' && text.includes('-----BEGIN CERTIFICATE-----'));

export const serviceOptions = {
  /** Such as `us-east-1`. */
  region: option(neededText('the region of the network, such as us-east-1 (or set AWS_REGION)'), {
    on: reaching,
    flag: {
      group: 'common',
      value: '<region>',
      help: 'of the network',
      default: 'AWS_REGION, AWS_DEFAULT_REGION, the profile',
    },
  }),
  /** In place of AWS's own endpoint; plain http only to this machine. */
  endpointUrl: option(text(), {
    on: all,
    flag: {
      group: 'service',
      value: '<url>',
      help: 'in place of AWS',
      default: 'AWS_ENDPOINT_URL_WICKR, AWS_ENDPOINT_URL, the profile',
    },
  }),
  /** Default: false. */
  useFipsEndpoint: option(yesOrNo(), {
    on: [...reaching, 'apply'],
    flag: { group: 'service', help: 'send to the FIPS endpoint' },
  }),
  /** Default: false. */
  useDualstackEndpoint: option(yesOrNo(), {
    on: [...reaching, 'apply'],
    flag: { group: 'service', help: 'send to the IPv4 and IPv6 endpoint' },
  }),
  /** Permit plain http to another machine. Default: false. */
  allowHttp: option(yesOrNo(), {
    on: all,
    recorded: true,
    flag: { group: 'service', help: 'permit an http endpoint on another machine', noVariable: true },
  }),
  /** A profile of AWS's shared config files. */
  profile: option(text(), {
    on: all,
    recorded: true,
    flag: {
      group: 'common',
      value: '<name>',
      help: 'of the shared AWS config files',
      default: 'AWS_PROFILE',
    },
  }),
  /**
   * Credentials, or a function that gives them, such as a provider of the AWS SDK; it is called again with `forceRefresh`
   * when what it gave is refused. Default: from the source that `profile`, the environment or AWS's shared files name,
   * and from no other.
   */
  credentials: option(
    value<Credentials | CredentialProvider>('credentials, or a function that gives them', isCredentials),
    { on: all },
  ),
  /** Milliseconds for a connection, and for an answer. Default: 30,000. */
  timeoutMs: option(milliseconds(30_000, 3_600_000), {
    on: all,
    recorded: true,
    flag: {
      group: 'service',
      name: 'timeout',
      value: '<s>',
      help: 'seconds for a connection, and for an answer',
      default: '30',
    },
  }),
  /**
   * The proxies on the way to Wickr and to STS, by scheme, and the hosts that are reached without one. This machine is.
   * Default: none.
   */
  proxies: option(
    value<ProxySettings>('an object with `https`, `http` and `none`, each a text', isProxySettings),
    {
      on: all,
    },
  ),
  /** PEM texts of the certificate authorities to trust, in place of Node's own. */
  ca: option(value<readonly string[]>('a list of PEM texts', isPemList), { on: all }),
  /** Told where the service is, before the first request. */
  onReach: option(hook<(reach: Reach) => void>(), { on: all }),
  /** Milliseconds for credentials: for the answer of a process, of SSO or of STS. Default: 60,000. */
  credentialTimeoutMs: option(milliseconds(60_000, 3_600_000), {
    on: all,
    recorded: true,
    flag: {
      group: 'service',
      name: 'credential-timeout',
      value: '<s>',
      help: 'seconds for a process, SSO or STS to give credentials',
      default: '60',
    },
  }),
  /**
   * Asks a person for the code of the MFA device whose serial number it is given, as a profile's `mfa_serial` demands.
   * Default: a profile that demands one is an error.
   */
  mfaCode: option(hook<MfaCode>(), { on: all }),
  /** Told once whose credentials are used, before anything is changed; `text` is a line about it. */
  onIdentity: option(hook<(identity: Identity, text: string) => void>(), { on: all }),
  /** Go on with other credentials than the run was started with, of the same account. Default: false. */
  otherIdentity: option(yesOrNo(), {
    on: ['resume', 'retry'],
    flag: {
      group: 'safety',
      help: 'go on as another user or role of the same AWS account',
      noVariable: true,
    },
  }),
  /** An STS endpoint that is asked for the caller's ARN. Default: AWS's own if Wickr's is AWS's own, else nobody is asked. */
  stsEndpointUrl: option(text(), { on: all }),
};
