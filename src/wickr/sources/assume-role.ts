/** A role that is assumed with other credentials, with a second factor if it asks for one. */

import { CredentialsError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import type { RoutedRequestHandler } from '../connection/request-handler.js';
import type { Credentials } from '../credentials.js';
import { keepSession, keptSession, sessionPath } from './mfa-session.js';
import type { Environment } from './shared-files.js';
import type { Role, Source } from './source.js';

/** What it takes to ask STS. */
export interface StsAccess {
  readonly region: string;
  readonly requestHandler: RoutedRequestHandler;
}

/** Credentials of the role. @throws what STS says */
export async function assumeRole(
  role: Role,
  credentials: Credentials,
  tokenCode: string | undefined,
  { region, requestHandler }: StsAccess,
): Promise<Credentials> {
  const { getDefaultRoleAssumer } = await import('@aws-sdk/nested-clients/sts');
  const assumer = getDefaultRoleAssumer({ region: role.region ?? region, requestHandler });
  return assumer(credentials, {
    RoleArn: role.arn,
    RoleSessionName: role.sessionName ?? `wickr-bulk-${Math.floor(Date.now() / 1000)}`,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    ...(role.duration !== undefined && { DurationSeconds: role.duration }),
    ...(role.mfaSerial !== undefined && { SerialNumber: role.mfaSerial, TokenCode: tokenCode }),
  });
}

/**
 * The session of a role with a second factor: the one that this program or the AWS CLI has kept, else a new one, which
 * is kept.
 *
 * @param ask undefined: nobody is there to ask
 * @param assume with the code
 */
export async function withSecondFactor(
  source: Extract<Source, { kind: 'assume-role' }>,
  env: Environment,
  ask: (() => Promise<string>) | undefined,
  assume: (tokenCode: string) => Promise<Credentials>,
): Promise<Credentials> {
  const path = sessionPath(source.role, env);
  const kept = await keptSession(path, Date.now());
  if (kept) return kept;
  if (!ask) throw nobodyToAsk(source.profile);
  const code = (await ask()).trim();
  if (!/^\d{6,}$/.test(code)) throw noCode(source.profile);
  const credentials = await assume(code);
  await keepSession(path, credentials);
  return credentials;
}

const nobodyToAsk = (profile: string) =>
  new CredentialsError(
    `the AWS profile ${printable(profile)} asks for an MFA code, and there is no terminal to ask on`,
    `Run "aws sts get-caller-identity --profile ${printable(profile)}" on a terminal first: the session that it opens is used here as well.`,
  );

const noCode = (profile: string) =>
  new CredentialsError(
    `the AWS profile ${printable(profile)} asks for an MFA code, and what was given is none`,
    'Give the digits that the device shows.',
  );
