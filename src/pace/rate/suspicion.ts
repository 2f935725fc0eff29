/**
 * Whether a throttle that was not looked for means something. Services that count on many machines refuse single calls
 * by chance, so each throttle only adds to a suspicion, and each accepted row takes some of it away (Page's CUSUM test,
 * 1954). Two throttles within three rows are an alarm, or three within thirteen: a limit that has fallen to half is noticed
 * after some four rows, and strays of 2 % raise an alarm about once in a thousand rows.
 */

/** What an accepted row takes away, in throttles. */
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

  /** One more throttle, of a row that should have been accepted; true for an alarm. */
  throttled(): boolean {
    this.#level += 1;
    this.#noise += (1 - this.#noise) / MEMORY;
    return this.#level >= ALARM;
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
