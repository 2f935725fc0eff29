/**
 * Where the service is, and the way to it, by flags, AWS's variables and the shared files: pure. The order is that of
 * the AWS CLI, version 2 (AWS SDKs and Tools Reference Guide: "Service-specific endpoints", "Dual-stack and FIPS
 * endpoints", "AWS Region"). In the files a profile's settings in `credentials` go before those in `config`.
 */
import { UsageError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { type ProxySettings, parseProxy } from '../../wickr/connection/proxy.js';
import type { SharedFiles } from './shared-files.js';

/** What flags can say of it. */
export interface ReachFlags {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly useFipsEndpoint?: boolean | undefined;
  readonly useDualstackEndpoint?: boolean | undefined;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** A setting, and the flag, the variable or the place in a file that it comes from. */
export interface Setting<T> {
  readonly value: T;
  readonly from: string;
}

/** What is set; a member that is undefined is set nowhere. */
export interface ReachSettings {
  /** The profile whose settings count; `default` if none is named. */
  readonly profile: Setting<string>;
  readonly region: Setting<string> | undefined;
  readonly endpointUrl: Setting<string> | undefined;
  readonly stsEndpointUrl: Setting<string> | undefined;
  readonly useFipsEndpoint: Setting<boolean> | undefined;
  readonly useDualstackEndpoint: Setting<boolean> | undefined;
  /** Path of a file with the certificate authorities to trust. */
  readonly caBundle: Setting<string> | undefined;
  readonly proxies: ProxySettings | undefined;
  /** The variables that name the proxies. */
  readonly proxiesFrom: { readonly https?: string | undefined; readonly http?: string | undefined };
}

/** @throws UsageError that names the setting which cannot be used */
export function reachSettings(flags: ReachFlags, env: Variables, files: SharedFiles): ReachSettings {
  const profile = profileOf(flags, env);
  const source = new Source(env, files, profile.value);
  const settings = {
    profile,
    region:
      byFlag(flags.region, 'region', env) ?? source.text(['AWS_REGION', 'AWS_DEFAULT_REGION'], 'region'),
    ...endpointsOf(flags, env, source),
    useFipsEndpoint:
      byFlag(flags.useFipsEndpoint, 'use-fips-endpoint', env) ??
      source.flag('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
    useDualstackEndpoint:
      byFlag(flags.useDualstackEndpoint, 'use-dualstack-endpoint', env) ??
      source.flag('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
    caBundle: source.text(['AWS_CA_BUNDLE'], 'ca_bundle'),
    ...proxiesOf(env),
  };
  refuseContradiction(settings);
  return settings;
}

function endpointsOf(
  { endpointUrl }: ReachFlags,
  env: Variables,
  source: Source,
): Pick<ReachSettings, 'endpointUrl' | 'stsEndpointUrl'> {
  const ignoring = source.flag('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls');
  const configured = (service: string) => (ignoring?.value ? undefined : endpointOf(source, service));
  return {
    endpointUrl: byFlag(endpointUrl, 'endpoint-url', env) ?? configured('wickr'),
    stsEndpointUrl: configured('sts'),
  };
}

/** An endpoint that is named is not one of AWS's variants. */
function refuseContradiction({
  endpointUrl,
  useFipsEndpoint,
  useDualstackEndpoint,
}: Pick<ReachSettings, 'endpointUrl' | 'useFipsEndpoint' | 'useDualstackEndpoint'>): void {
  const variant = [useFipsEndpoint, useDualstackEndpoint].find((setting) => setting?.value);
  if (!endpointUrl || !variant) return;
  const kind = variant === useFipsEndpoint ? 'FIPS' : 'dual-stack';
  throw new UsageError(
    `an endpoint URL (${endpointUrl.from}) cannot be combined with ${kind} (${variant.from})`,
    'Leave out one of them.',
  );
}

function profileOf({ profile }: ReachFlags, env: Variables): Setting<string> {
  const named = byFlag(profile, 'profile', env) ?? variableOf(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'], env);
  return named ?? { value: 'default', from: 'the default profile' };
}

/** A flag may have come as a variable of its own. */
function byFlag<T>(value: T | undefined, flag: string, env: Variables): Setting<T> | undefined {
  if (value === undefined) return undefined;
  const variable = `WICKR_BULK_${flag.replaceAll('-', '_').toUpperCase()}`;
  const isVariable =
    env[variable] !== undefined && env[variable]?.toLowerCase() === String(value).toLowerCase();
  return { value, from: isVariable ? variable : `--${flag}` };
}

/** The first of the variables that is set and not empty. */
function variableOf(names: readonly string[], env: Variables): Setting<string> | undefined {
  const from = names.find((name) => env[name]);
  return from === undefined ? undefined : { value: env[from] ?? '', from };
}

/** Variables, and behind them the profile. */
class Source {
  readonly #env: Variables;
  readonly #files: SharedFiles;
  readonly #profile: string;

  constructor(env: Variables, files: SharedFiles, profile: string) {
    this.#env = env;
    this.#files = files;
    this.#profile = profile;
  }

  text(variables: readonly string[], key: string): Setting<string> | undefined {
    return variableOf(variables, this.#env) ?? this.inProfile(key);
  }

  /** @throws UsageError for anything but true and false */
  flag(variable: string, key: string): Setting<boolean> | undefined {
    const set = this.text([variable], key);
    if (set === undefined) return undefined;
    const word = set.value.trim().toLowerCase();
    if (word === 'true' || word === 'false') return { value: word === 'true', from: set.from };
    const where = set.from === variable ? variable : `${key} of ${set.from}`;
    throw new UsageError(`${where} is neither true nor false`, 'Correct it, or leave it out.');
  }

  inProfile(key: string): Setting<string> | undefined {
    const { configFile, credentialsFile } = this.#files;
    const value = credentialsFile[this.#profile]?.[key] || configFile[this.#profile]?.[key];
    return value ? { value, from: `profile "${printable(this.#profile)}"` } : undefined;
  }

  /** Of the `services` section that the profile names. */
  inServices(service: string, key: string): Setting<string> | undefined {
    const section = this.inProfile('services')?.value;
    const value = section && this.#files.configFile[`services.${section}`]?.[`${service}.${key}`];
    return value ? { value, from: `services "${printable(section)}"` } : undefined;
  }

  variable(names: readonly string[]): Setting<string> | undefined {
    return variableOf(names, this.#env);
  }
}

const endpointOf = (source: Source, service: string): Setting<string> | undefined =>
  source.variable([`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) ??
  source.inServices(service, 'endpoint_url') ??
  source.inProfile('endpoint_url');

/** The variable in small letters goes first, as for curl and the AWS CLI, even if it is empty. */
function eitherCase(name: string, env: Variables): Setting<string> | undefined {
  const small = name.toLowerCase();
  const from = env[small] === undefined ? name : small;
  const value = env[from];
  return value ? { value, from } : undefined;
}

/** @throws UsageError that names the variable and does not repeat it: it may hold a password */
function proxiesOf(env: Variables): Pick<ReachSettings, 'proxies' | 'proxiesFrom'> {
  const https = eitherCase('HTTPS_PROXY', env);
  const http = eitherCase('HTTP_PROXY', env);
  for (const proxy of [https, http]) if (proxy) parseProxy(proxy.value, proxy.from);
  const none = eitherCase('NO_PROXY', env);
  const isSet = https !== undefined || http !== undefined;
  return {
    proxies: isSet ? { https: https?.value, http: http?.value, none: none?.value } : undefined,
    proxiesFrom: { https: https?.from, http: http?.from },
  };
}
