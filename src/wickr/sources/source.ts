/** Where credentials come from. Types, and what a source is called. */
import { printable } from '../../text/printable.js';
import type { Credentials } from '../credentials.js';

/** A role that is assumed with other credentials, as a profile says it. */
export interface Role {
  readonly arn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
  /** Seconds. */
  readonly duration?: number;
  readonly mfaSerial?: string;
  /** Of the STS that is asked; default: the run's. */
  readonly region?: string;
}

/** One source of credentials. `profile` is the profile that says so. */
export type Source =
  | { readonly kind: 'environment'; readonly credentials: Credentials }
  | { readonly kind: 'keys'; readonly profile: string; readonly credentials: Credentials }
  | { readonly kind: 'process'; readonly profile: string; readonly command: string }
  | { readonly kind: 'sso' | 'login'; readonly profile: string }
  | {
      readonly kind: 'web-identity';
      readonly profile?: string;
      readonly tokenFile: string;
      readonly role: Role;
    }
  | { readonly kind: 'assume-role'; readonly profile: string; readonly role: Role; readonly with: Source }
  | { readonly kind: 'container' | 'instance' };

/** The source that counts, and what named it. */
export interface NamedSource {
  readonly source: Source;
  /** The profile that was asked for. Undefined: none was, or the source needs none. */
  readonly profile?: string;
  /** The option or variable that named the profile. */
  readonly by?: '`profile`' | 'AWS_PROFILE' | 'AWS_DEFAULT_PROFILE';
}

const kinds: Readonly<Record<Source['kind'], string>> = {
  environment: 'AWS_ACCESS_KEY_ID',
  keys: 'access keys',
  process: 'credential_process',
  sso: 'SSO',
  login: 'aws login',
  'web-identity': 'web identity',
  'assume-role': 'assumed role',
  container: 'the container service',
  instance: "this machine's instance role",
};

/** A source as a message names it, such as `profile hr (SSO)`. */
export function nameOf(source: Source): string {
  const kind = kinds[source.kind];
  return 'profile' in source && source.profile !== undefined
    ? `profile ${printable(source.profile)} (${kind})`
    : kind;
}
