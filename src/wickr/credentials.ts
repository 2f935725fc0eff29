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
 * The AWS account that an access key ID holds (bits 1 to 40 behind the prefix of four letters: T. Be'ery, "A short note on
 * AWS KEY ID", 2023). Undefined for a key from before 2019, which holds none: its first bit is not set.
 */
export function accountHint(accessKeyId: string): string | undefined {
  const digits = [...accessKeyId.slice(4, 14)].map((letter) => BASE32.indexOf(letter));
  if (digits.length < 10 || digits.includes(-1) || (digits[0] ?? 0) < 16) return undefined;
  const bits = digits.reduce((sum, digit) => sum * 32n + BigInt(digit), 0n);
  const account = (bits >> 9n) & 0xff_ffff_ffffn;
  return account < 1_000_000_000_000n ? String(account).padStart(12, '0') : undefined;
}

/**
 * Something that is the same for all credentials of an AWS account: its number as the provider names it, else as the key
 * holds it, else the key ID itself.
 */
export const accountOf = ({ accountId, accessKeyId }: Credentials): string =>
  accountId ?? accountHint(accessKeyId) ?? accessKeyId;

/** Resolves to the present credentials; with `forceRefresh` it must not answer from its cache. */
export type CredentialProvider = (options?: { forceRefresh?: boolean }) => Promise<Credentials>;

/** What gives these credentials always; such as are given already are left as they are. */
export const providerOf = (credentials: Credentials | CredentialProvider): CredentialProvider =>
  typeof credentials === 'function' ? credentials : async () => credentials;

/** Asks a person for the code that a device shows now. Rejects when the signal is aborted. */
export type MfaCode = (serial: string, signal: AbortSignal) => Promise<string>;
