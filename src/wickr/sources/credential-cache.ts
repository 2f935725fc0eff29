/** The credentials in use, and when their source is asked again: by one at a time, and not at every request. */
import type { CredentialProvider, Credentials } from '../credentials.js';

/** ms before their end at which other credentials are asked for. AWS's own SDKs and CLI begin at 5 to 15 minutes. */
const EARLY = 5 * 60_000;
/** ms before their end at which credentials are no longer used: a request is under way for a while. */
const LATE = 10_000;
/** ms for which a source is left alone that has failed, or has given credentials that end soon. */
const PAUSE = 60_000;

/** What is known of the credentials in use. Times are epoch ms. */
export interface CacheState {
  readonly isPresent: boolean;
  /** Undefined: they do not end. */
  readonly expiration: number | undefined;
  /** Until then the source is left alone. */
  readonly pausedUntil: number;
  /** Whether the source failed when it was asked last. */
  readonly hasFailed: boolean;
}

/** What a request for credentials gets: those in use, maybe while others are asked for, other ones, or the last error. */
export type CacheDecision = 'use' | 'use-and-renew' | 'renew' | 'fail';

export function decideCache(state: CacheState, now: number, isForced: boolean): CacheDecision {
  const { isPresent, expiration, pausedUntil, hasFailed } = state;
  if (isForced) return 'renew';
  const isPaused = now < pausedUntil;
  if (!isPresent) return isPaused && hasFailed ? 'fail' : 'renew';
  if (expiration === undefined || expiration - now > EARLY) return 'use';
  if (expiration - now > LATE) return isPaused ? 'use' : 'use-and-renew';
  // If they have ended by this machine's clock alone, the service does not mind.
  if (isPaused) return hasFailed ? 'fail' : 'use';
  return 'renew';
}

/** Until when a source is left alone that was asked now. */
export function pauseAfter(expiration: number | undefined, now: number): number {
  const usable = (expiration ?? Number.POSITIVE_INFINITY) - LATE;
  // Once more when they end, however soon that is.
  return usable > now ? Math.min(now + PAUSE, usable) : now + PAUSE;
}

const unknown: CacheState = { isPresent: false, expiration: undefined, pausedUntil: 0, hasFailed: false };

export interface CacheOptions {
  /** Whether credentials that do not say when they end are asked for at each request. */
  readonly asksAlways: boolean;
  /** Told when the source failed while the credentials in use can still be used. */
  readonly onProblem: (error: unknown) => void;
  /** Whether an error ends all use of the credentials, also of those that could still be used. */
  readonly isFinal: (error: unknown) => boolean;
}

/** Keeps credentials. A source that is being asked is asked by nobody else. */
export class CredentialCache {
  #state = unknown;
  #credentials: Promise<Credentials> | undefined;
  #asking: Promise<Credentials> | undefined;
  #failure: unknown;
  #isOver = false;
  readonly #source: CredentialProvider;
  readonly #options: CacheOptions;

  constructor(source: CredentialProvider, options: CacheOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** @throws what the source throws, if there are no credentials that can be used */
  readonly provider: CredentialProvider = ({ forceRefresh = false } = {}) => {
    if (this.#isOver) return Promise.reject(this.#failure);
    const decision = decideCache(this.#state, Date.now(), forceRefresh || this.#isVolatile());
    if (decision === 'fail') return Promise.reject(this.#failure);
    if (decision === 'renew' || this.#credentials === undefined) return this.#renew(forceRefresh);
    if (decision === 'use-and-renew') this.#renew(false).catch(this.#options.onProblem);
    return this.#credentials;
  };

  #isVolatile(): boolean {
    const { isPresent, expiration } = this.#state;
    return this.#options.asksAlways && isPresent && expiration === undefined;
  }

  #renew(forceRefresh: boolean): Promise<Credentials> {
    this.#asking ??= this.#ask(forceRefresh).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(forceRefresh: boolean): Promise<Credentials> {
    try {
      const credentials = await this.#source({ forceRefresh });
      const expiration = credentials.expiration?.getTime();
      const pausedUntil = pauseAfter(expiration, Date.now());
      this.#state = { isPresent: true, expiration, pausedUntil, hasFailed: false };
      this.#credentials = Promise.resolve(credentials);
      return credentials;
    } catch (error) {
      this.#failure = error;
      this.#isOver = this.#options.isFinal(error);
      const pausedUntil = pauseAfter(this.#state.expiration, Date.now());
      this.#state = { ...this.#state, pausedUntil, hasFailed: true };
      throw error;
    }
  }
}
