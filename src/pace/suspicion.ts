/**
 * Whether a throttle that was not looked for means something. Services that count on many machines refuse single calls
 * by chance, so each throttle only adds to a suspicion, and each accepted row takes some of it away (Page's CUSUM test,
 * 1954). A limit that has fallen to half is noticed after some eight rows, strays of 2 % raise an alarm once in a
 * thousand.
 */

/** What an accepted row takes away: more strays than this share, lastingly, are not strays. */
const DRAIN = 0.1;
/** The suspicion, in throttles, that is an alarm. */
const ALARM = 1.75;
/** How many rows the noise is remembered for, and the share of throttles above which it is taken for granted. */
const MEMORY = 500;
const NOISY = 0.005;

export class Suspicion {
  #level = 0;
  #noise = 0;

  accepted(): void {
    this.#level = Math.max(0, this.#level - DRAIN);
    this.#noise -= this.#noise / MEMORY;
  }

  /** One more throttle, of a row that should have been accepted; true for an alarm, which `enough` may bring nearer. */
  throttled(enough = ALARM): boolean {
    this.#level += 1;
    this.#noise += (1 - this.#noise) / MEMORY;
    return this.#level >= enough;
  }

  /** Whether single throttles have come without any reason lately. */
  get isNoisy(): boolean {
    return this.#noise > NOISY;
  }

  /** The throttle was acted on. */
  clear(): void {
    this.#level = 0;
  }
}
