/** A source's credentials, by the AWS SDK's own provider for that kind of source and no other. */
import type { RoutedRequestHandler } from '../connection/request-handler.js';
import type { Credentials, MfaCode } from '../credentials.js';
import { assumeRole, withSecondFactor } from './assume-role.js';
import { type Patience, within } from './deadline.js';
import { failureOf } from './failure.js';
import { runCredentialProcess } from './process-credentials.js';
import { type Environment, sharedFilePaths } from './shared-files.js';
import type { Source } from './source.js';

/** What it takes to ask a source. */
export interface Means {
  readonly env: Environment;
  /** Of the STS that is asked if a profile names no other. */
  readonly region: string;
  /** Makes what sends the requests of the SDK's own clients (STS, SSO); it is destroyed after use. */
  readonly requestHandler: () => RoutedRequestHandler;
  /** Undefined: nobody is there to ask for a code. */
  readonly mfaCode: MfaCode | undefined;
}

type SourceOf<Kind extends Source['kind']> = Extract<Source, { kind: Kind }>;

/** ms that a person has to type a code. */
const CODE_DEADLINE = 300_000;
/** ms for each request to the container's or the instance's service, which is next door. The AWS CLI waits as long. */
const NEIGHBOUR = 1000;

/**
 * The source's credentials.
 *
 * @throws CredentialsError that says what the source said; StoppedError once the signal is aborted
 */
export async function loadCredentials(
  source: Source,
  means: Means,
  patience: Patience,
): Promise<Credentials> {
  if (source.kind === 'environment' || source.kind === 'keys') return source.credentials;
  if (source.kind === 'assume-role') return assumedRole(source, means, patience);
  try {
    return await within(patience, (signal) => ask(source, means, signal));
  } catch (cause) {
    throw failureOf(source, cause);
  }
}

async function assumedRole(
  source: SourceOf<'assume-role'>,
  means: Means,
  patience: Patience,
): Promise<Credentials> {
  const assume = async (tokenCode?: string) => {
    const base = await loadCredentials(source.with, means, patience);
    const { role } = source;
    const { region } = means;
    try {
      return await within(patience, (signal) =>
        withHandler(means, signal, (requestHandler) =>
          assumeRole(role, base, tokenCode, { region, requestHandler }),
        ),
      );
    } catch (cause) {
      throw failureOf(source, cause);
    }
  };
  const { mfaSerial } = source.role;
  if (mfaSerial === undefined) return assume();
  const { mfaCode, env } = means;
  const typing = { ...patience, deadline: CODE_DEADLINE };
  const asking = mfaCode && (() => within(typing, (signal) => mfaCode(mfaSerial, signal)));
  try {
    return await withSecondFactor(source, env, asking, assume);
  } catch (cause) {
    throw failureOf(source, cause);
  }
}

/** The sources that are asked as they are. */
type Asked = Exclude<Source, { kind: 'environment' | 'keys' | 'assume-role' }>;

function ask(source: Asked, means: Means, signal: AbortSignal): Promise<Credentials> {
  switch (source.kind) {
    case 'process':
      return runCredentialProcess(source.command, signal);
    case 'sso':
      return withHandler(means, signal, (handler) => bySso(source, means, handler));
    case 'login':
      return withHandler(means, signal, (handler) => byLogin(source, means, handler));
    case 'web-identity':
      return withHandler(means, signal, (handler) => byWebIdentity(source, means, handler));
    case 'container':
      return byContainer();
    case 'instance':
      return byInstance(means);
  }
}

/** Lets go of its connections when it is done, and when nobody waits any more. */
async function withHandler<T>(
  { requestHandler }: Means,
  signal: AbortSignal,
  task: (handler: RoutedRequestHandler) => Promise<T>,
): Promise<T> {
  const handler = requestHandler();
  const end = () => handler.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await task(handler);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

async function bySso(
  { profile }: SourceOf<'sso' | 'login'>,
  { env }: Means,
  requestHandler: RoutedRequestHandler,
): Promise<Credentials> {
  const { fromSSO } = await import('@aws-sdk/credential-provider-sso');
  return fromSSO({ profile, ...sharedFilePaths(env), ignoreCache: true, clientConfig: { requestHandler } })();
}

async function byLogin(
  { profile }: SourceOf<'sso' | 'login'>,
  { env, region }: Means,
  requestHandler: RoutedRequestHandler,
): Promise<Credentials> {
  const { fromLoginCredentials } = await import('@aws-sdk/credential-provider-login');
  const clientConfig = { requestHandler, region };
  return fromLoginCredentials({ profile, ...sharedFilePaths(env), ignoreCache: true, clientConfig })();
}

async function byWebIdentity(
  { tokenFile, role }: SourceOf<'web-identity'>,
  { region }: Means,
  requestHandler: RoutedRequestHandler,
): Promise<Credentials> {
  const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity');
  return fromTokenFile({
    webIdentityTokenFile: tokenFile,
    roleArn: role.arn,
    ...(role.sessionName !== undefined && { roleSessionName: role.sessionName }),
    ...(role.duration !== undefined && { durationSeconds: role.duration }),
    clientConfig: { region: role.region ?? region, requestHandler },
  })();
}

/** What the SDK would write to the console. What it comes to is in the error. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

async function byContainer(): Promise<Credentials> {
  const { fromHttp } = await import('@aws-sdk/credential-provider-http');
  return fromHttp({ timeout: NEIGHBOUR, logger: silent })();
}

async function byInstance({ env }: Means): Promise<Credentials> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true')
    throw new Error('AWS_EC2_METADATA_DISABLED is set');
  const { fromInstanceMetadata } = await import('@smithy/credential-provider-imds');
  return fromInstanceMetadata({ timeout: NEIGHBOUR, logger: silent })();
}
