/**
 * A limit without any burst refuses a row by the time since the last accepted one, and by nothing else. Its bucket is full
 * before each row, so what is accepted between two throttles is what was sent, and says only that the limit is not lower.
 * Nor does a throttle say that the rate is too high: latency brings two rows closer together than they were sent. So the
 * share of throttles is held: each lowers the rate by a step, and each row raises it by so much that the two are even at
 * that share (stochastic approximation; Robbins & Monro, 1951).
 */
import { GIVE } from './aimd.js';

/** The share of throttled rows that is aimed at. */
const SHARE = 0.025;

/**
 * The rate (rows/s) after `ms` of its use; a throttle costs it GIVE.
 *
 * @param through rows accepted since the last throttle; if more than were to be expected, the rate is far too low
 */
export const spaced = (rate: number, ms: number, through: number): number =>
  rate * (1 + (GIVE * SHARE * Math.max(1, SHARE * through) * rate * ms) / 1000);

/** Whether a limit is without a burst; times are ms. */
export class Spacing {
  #isLikely = false;
  #acceptedAt = Number.NEGATIVE_INFINITY;
  /** The shortest time after an accepted row in which another one was. */
  #shortest = Number.POSITIVE_INFINITY;

  /** Whether nothing that was seen speaks against it. */
  get isLikely(): boolean {
    return this.#isLikely;
  }

  /** A row that was sent at `sentAt` was accepted. */
  accepted(sentAt: number): void {
    if (sentAt > this.#acceptedAt) this.#shortest = Math.min(this.#shortest, sentAt - this.#acceptedAt);
    this.#acceptedAt = Math.max(this.#acceptedAt, sentAt);
  }

  /** The first throttle came after `through` accepted rows: a bucket that holds one row lets no more than one through. */
  begin(through: number): void {
    this.#isLikely = through <= 1;
  }

  /** `through` rows were accepted from the first throttle to the second. */
  goOn(through: number): void {
    this.#isLikely &&= through <= 1;
  }

  /**
   * A row sent at `sentAt` was refused. That was not for its spacing if one was accepted that came sooner. Each of the two
   * may have been up to a round trip closer to the one before, or farther from it, than they were sent.
   */
  refused(sentAt: number, trip: number): void {
    this.#isLikely &&= sentAt - this.#acceptedAt <= this.#shortest + 2 * trip;
  }

  /** The service asks to wait, so that every bucket is full again. */
  end(): void {
    this.#isLikely = false;
  }
}
