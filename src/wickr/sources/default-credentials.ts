/** The credentials of whoever gives none: from the source that the option, the environment and AWS's files name. */
import { env } from 'node:process';
import type { Route } from '../connection/dispatcher.js';
import { RoutedRequestHandler } from '../connection/request-handler.js';
import type { Credentials, MfaCode } from '../credentials.js';
import type { Patience } from './deadline.js';
import { loadCredentials } from './load-credentials.js';
import { namedSource } from './named-source.js';
import { readSharedFiles } from './shared-files.js';
import type { NamedSource } from './source.js';

/** How the named source is asked. */
export interface SourceOptions {
  readonly profile: string | undefined;
  readonly region: string;
  readonly mfaCode: MfaCode | undefined;
  /** ms for the answer of a process or a service. */
  readonly timeout: number;
  /** Of the requests of the SDK's own clients (STS, SSO). */
  readonly route: Route;
}

/** Credentials, and where they come from. */
export interface Sourced {
  readonly credentials: Credentials;
  readonly named: NamedSource;
}

/**
 * Asks the source that is named at the time. The shared files are read anew each time, for somebody may have renewed the
 * keys in them.
 *
 * @throws CredentialsError, StoppedError
 */
export async function sourcedCredentials(options: SourceOptions, signal: AbortSignal): Promise<Sourced> {
  const { profile, region, mfaCode, timeout, route } = options;
  const named = namedSource(profile, env, await readSharedFiles(env));
  const patience: Patience = { deadline: timeout, signal };
  const requestHandler = () => new RoutedRequestHandler(route, timeout);
  const means = { env, region, requestHandler, mfaCode };
  return { credentials: await loadCredentials(named.source, means, patience), named };
}
