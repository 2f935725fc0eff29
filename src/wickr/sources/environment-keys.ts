/** The keys of AWS's variables. */
import { CredentialsError } from '../../errors.js';
import type { Environment } from './shared-files.js';
import type { Source } from './source.js';

/** Undefined if there are none. @throws CredentialsError if there is half a pair */
export function environmentKeys(env: Environment): Source | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = env;
  if (!id && !secret) return undefined;
  if (!id || !secret) throw half(id ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY');
  const expiration = env.AWS_CREDENTIAL_EXPIRATION ? new Date(env.AWS_CREDENTIAL_EXPIRATION) : undefined;
  return {
    kind: 'environment',
    credentials: {
      accessKeyId: id,
      secretAccessKey: secret,
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
      ...(expiration && !Number.isNaN(expiration.getTime()) && { expiration }),
      ...(env.AWS_ACCOUNT_ID && { accountId: env.AWS_ACCOUNT_ID }),
    },
  };
}

const half = (given: string) => {
  const missing = given === 'AWS_ACCESS_KEY_ID' ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID';
  return new CredentialsError(
    `${given} is set and ${missing} is not: half a key pair`,
    `Set ${missing} as well, or unset ${given}.`,
  );
};
