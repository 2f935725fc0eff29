/** The credentials of a job: where they come from, whose they are, and that they stay somebody's. */
import { CredentialsError, type WickrBulkError } from '../../errors.js';
import type { Identity } from '../../model.js';
import { callerOf } from '../../wickr/caller-identity.js';
import { CredentialGate } from '../../wickr/credential-gate.js';
import type { CredentialProvider, Credentials } from '../../wickr/credentials.js';
import { CredentialCache } from '../../wickr/sources/credential-cache.js';
import { within } from '../../wickr/sources/deadline.js';
import { sourcedCredentials } from '../../wickr/sources/default-credentials.js';
import { redactCause } from '../../wickr/sources/failure.js';
import {
  describeIdentity,
  identityChange,
  identityOf,
  type WantedIdentity,
} from '../../wickr/sources/identity.js';
import type { NamedSource } from '../../wickr/sources/source.js';
import type { ControlStage, ServiceStage, SessionStages } from '../options/parsed-options.js';
import { logEvent } from '../options/table/log-events.js';
import { errorOf, stopReasonOf } from './stop-switch.js';

/** ms for the answer to who the caller is. */
const CALLER_TIMEOUT = 5000;

/** The credentials are not those of who they were. Nothing more may be sent with them. */
class OtherIdentityError extends CredentialsError {}

/** Gives a job its credentials. */
export class Access {
  readonly gate: CredentialGate;
  readonly #ended = new AbortController();
  readonly #service: ServiceStage;
  readonly #control: ControlStage;
  #named: NamedSource | undefined;
  /** Whose credentials the job began with, and a key that is theirs. */
  #pinned: { readonly identity: Identity; accessKeyId: string } | undefined;

  constructor({ service, control }: Pick<SessionStages, 'service' | 'control'>) {
    this.#service = service;
    this.#control = control;
    if (control.signal) this.yieldTo(control.signal);
    const cache = new CredentialCache((options) => this.#ask(options), {
      asksAlways: service.credentials !== undefined,
      onProblem: (error) => this.#warn(error),
      isFinal: (error) => error instanceof OtherIdentityError,
    });
    this.gate = new CredentialGate(cache.provider);
  }

  /** Nobody waits for credentials once this is aborted. */
  yieldTo(signal: AbortSignal): void {
    const end = () => this.#ended.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  }

  /** The credentials in use. @throws CredentialsError if there are none, InterruptedError if the job is stopped meanwhile */
  async credentials(): Promise<Credentials> {
    try {
      return await this.gate.provider();
    } catch (error) {
      throw this.#stopError() ?? error;
    }
  }

  /**
   * Finds out whose credentials they are, as far as that can be told, and holds the job to it: later ones have to be of
   * the same.
   *
   * @throws CredentialsError if there are none, or they are not of who they have to be; InterruptedError if the job is
   *   stopped meanwhile
   */
  async identify(wanted?: WantedIdentity): Promise<Identity> {
    const credentials = await this.credentials();
    const identity = await this.#identityOf(credentials);
    const stopped = this.#stopError();
    if (stopped) throw stopped;
    const change = wanted && identityChange(wanted.identity, identity, wanted.byAccountAlone);
    if (wanted && change !== undefined) throw notWanted(change, wanted);
    this.#pinned = { identity, accessKeyId: credentials.accessKeyId };
    const { logger, onIdentity } = this.#control;
    logEvent(logger, 'credentials', { identity });
    onIdentity?.(identity, describeIdentity(identity, this.#service.sts !== undefined));
    return identity;
  }

  #stopError(): WickrBulkError | undefined {
    const { signal } = this.#control;
    return signal?.aborted ? errorOf(stopReasonOf(signal)) : undefined;
  }

  async #ask(options: Parameters<CredentialProvider>[0]): Promise<Credentials> {
    const credentials = await this.#askSource(options);
    await this.#hold(credentials);
    return credentials;
  }

  async #askSource(options: Parameters<CredentialProvider>[0]): Promise<Credentials> {
    const {
      credentials: given,
      profile,
      region,
      credentialTimeoutMs: timeout,
      mfaCode,
      route,
    } = this.#service;
    const { signal } = this.#ended;
    if (given) return within({ deadline: timeout, signal }, () => given(options)).catch(refuseGiven);
    const sourced = await sourcedCredentials({ profile, region, mfaCode, timeout, route }, signal);
    this.#named = sourced.named;
    return sourced.credentials;
  }

  /** @throws OtherIdentityError if the credentials are of somebody else than the job's first ones */
  async #hold(credentials: Credentials): Promise<void> {
    const pinned = this.#pinned;
    if (!pinned || pinned.accessKeyId === credentials.accessKeyId) return;
    const change = identityChange(pinned.identity, await this.#identityOf(credentials), false);
    if (change !== undefined) throw changed(change);
    pinned.accessKeyId = credentials.accessKeyId;
    logEvent(this.#control.logger, 'credentials renewed', { source: pinned.identity.source });
  }

  async #identityOf(credentials: Credentials): Promise<Identity> {
    const { sts, region, route } = this.#service;
    const { signal } = this.#ended;
    const asking = { region, credentials: async () => credentials, timeout: CALLER_TIMEOUT, signal, route };
    const arn = sts && (await callerOf({ ...asking, endpoint: sts }));
    return identityOf(credentials, arn, this.#named);
  }

  #warn(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    logEvent(this.#control.logger, 'credentials not renewed; those in use still hold', { reason });
  }
}

/** What the caller's own function met. */
function refuseGiven(cause: unknown): never {
  if (cause instanceof CredentialsError) throw cause;
  throw new CredentialsError(
    `\`credentials\` gave none: ${redactCause(cause instanceof Error ? cause.message : String(cause))}`,
    'Check the function that gives them, and start again or resume the run.',
    { cause },
  );
}

const notWanted = (change: string, wanted: WantedIdentity) =>
  new OtherIdentityError(
    `the credentials are ${change}: ${wanted.for}; nothing was sent`,
    wanted.byAccountAlone
      ? 'Use credentials of that account.'
      : 'Use the credentials of then. If others of the same account are meant, name their `profile`, or give `otherIdentity`.',
  );

const changed = (change: string) =>
  new OtherIdentityError(
    `the new credentials are ${change}, with which the run began; nothing was sent with them`,
    'Give back the credentials that the run began with, and resume the run.',
  );
