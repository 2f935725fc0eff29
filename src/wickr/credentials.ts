/** Credentials as AWS's providers give them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  readonly accountId?: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Something that is the same for all credentials of an AWS account: its ID if the provider names it, else the ID that
 * the key ID holds (bits 1 to 40 behind the prefix of four letters: T. Be'ery, "A short note on AWS KEY ID", 2023), else
 * the key ID itself.
 */
export function accountOf({ accountId, accessKeyId }: Credentials): string {
  if (accountId !== undefined) return accountId;
  const digits = [...accessKeyId.slice(4, 14)].map((letter) => BASE32.indexOf(letter));
  if (digits.length < 10 || digits.includes(-1)) return accessKeyId;
  const bits = digits.reduce((sum, digit) => sum * 32n + BigInt(digit), 0n);
  return String((bits >> 9n) & 0xff_ffff_ffffn).padStart(12, '0');
}

/** Resolves to the present credentials; with `forceRefresh` it must not answer from its cache. */
export type CredentialProvider = (options?: { forceRefresh?: boolean }) => Promise<Credentials>;

/** What gives these credentials always; such as are given already are left as they are. */
export const providerOf = (credentials: Credentials | CredentialProvider): CredentialProvider =>
  typeof credentials === 'function' ? credentials : async () => credentials;

/**
 * AWS's default chain: environment, profile, SSO, web identity, process, container, instance.
 *
 * @param profile name of the profile in the shared config files; default: the environment's, else `default`
 */
export function defaultCredentials(profile?: string): CredentialProvider {
  let chain: Promise<CredentialProvider> | undefined;
  return async (options) => {
    // The chain takes some time to load, and a command that sends nothing never needs it.
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider(profile === undefined ? {} : { profile }),
    );
    return (await chain)(options);
  };
}
