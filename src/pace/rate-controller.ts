/**
 * Which rate: a decider over what was sent and answered. Every event says when it happened; there is no clock, timer,
 * random source or socket in here, so the same events always give the same rate. It changes in place, fed by its one
 * owner in order of time, since 40,000 events a second must cost next to nothing.
 *
 * **What can be known.** The service throttles at some rate R after a burst B and tells neither. At a throttle its
 * bucket is empty, so what was accepted between two throttles is what flowed in: R = accepted / elapsed, to within one
 * row, unless the bucket was full in between (measurement.ts). AIMD (Chiu & Jain, 1989) learns only "too fast" and has to
 * saw between too much and too little. TCP BBR (Cardwell et al., 2016) also models from measured delivery, but takes the
 * largest lately seen, which a bucket being emptied makes too large by any factor.
 *
 * **Phases**
 * - *seeking*, at first: growth with each accepted row (seeking.ts). At a throttle all wait for the answers under way;
 *   what is accepted of those flowed in meanwhile, and is the first guess.
 * - *tracking*: at each throttle the rate becomes the one measured since the last. A pause lets a few tokens gather,
 *   so that one throttle is one row and a service that charges refused calls recovers. Then the rate is that, plus an
 *   excess that doubles every quarter of a second and comes to one row in a round trip at the end of a *cycle* (cycle.ts).
 *   Where nothing has changed, that ends in a throttle of one or two rows; the bucket stays nearly empty, so no refill is
 *   lost and the makespan is that of R. Where the limit has moved up, the excess soon finds it.
 * - *dry*: of the rows sent since the last throttle none was accepted. Now single rows probe, with doubling waits, and
 *   what was measured is kept: a service that counts in windows gives nothing for a while and then all at once. AWS
 *   SDK's CUBIC limiter cuts at each refusal and rclone's pacer doubles its pause at each; both would need many
 *   windows to come back from that.
 * - *sharing*, with few rows a second: somebody else takes from the same bucket, and the rate follows AIMD (sharing.ts).
 *   The reason for it is a throttle that, at even latency, hardly comes to who is alone at a limit that stays: rate = rows /
 *   time was right to within a row when it was measured, the pause left more than a row in the bucket, and yet it is empty
 *   after no more rows than that. So is a dry time in which the rate that was measured gives several rows, or a long one at
 *   the beginning.
 *
 * Throttles of rows sent before the last one was acted on belong to the same event (CUBIC in the AWS SDK cuts at each
 * of them). Retry-After is a wait, up to a minute, and no measure of the rate.
 *
 * **Two clients of one bucket** each measure their own share. The excess is the same for both whatever they have, and
 * so is, nearly, the cycle: the smaller one takes as much as the larger, which is refused more often. The root in the
 * cycle is for that; with one in rows the smaller client would look for more less often and stay small. With few rows a
 * second that is not enough, hence *sharing*. Two whose looks never meet can still take each other for the limit.
 *
 * The figures behind the constants: test/bench/pace.ts.
 */

import { decrease, increase, isFew, isQuiet, isVeryFew, sharesUntil } from './aimd.js';
import { Usage } from './app-limited.js';
import { Measurement } from './delivery-rate.js';
import { LastSecond } from './goodput.js';
import { cycleLength, excess } from './probe-cycle.js';
import { isFarBelow, isLong, mostThrough, probePause, wasWindow } from './stall.js';
import { SHORTEST_TRIP, START, startupRate } from './startup.js';

/** What the controller may do, in rows/s. */
export interface RateOptions {
  /** Keep to this rate whatever happens; a throttle still holds the run back for a moment. */
  readonly fixed?: number;
  /** Never go above this rate. */
  readonly max?: number;
  /** What an earlier run found: a quarter of it is approached faster, the rest must prove itself. */
  readonly start?: number;
  /** Rows of the run: the more there are, the faster the rate is sought. Default: few. */
  readonly rows?: number;
}

/** One answered attempt; times are ms on one clock that never goes back. */
export interface Answer {
  readonly at: number;
  readonly sentAt: number;
  /** `failed`: no answer, or one that says nothing about the rate. */
  readonly result: 'accepted' | 'throttled' | 'failed';
  /** How long the service asked to wait, in ms. */
  readonly retryAfter?: number;
}

/** Rows/s, whatever is measured. */
const LEAST = 0.5;

/** So many times the rows in flight make a rate that is not used. */
const UNDERUSED = 1.5;

/** A measurement this far from the one before is a limit that moved. */
const MOVED = 0.15;
/** So far above what was known for sure, with so many rows more than that gave, the limit has risen, to something in between. */
const OUTRUN = 1.5;
const SURPLUS = 4;

/** The pause at a throttle: ms, and rows. Less than a bucket of two takes to fill, so that nothing is lost. */
const PAUSE = 20;
const PAUSE_ROWS = 1.5;
/** ms; after seeking too far, for the answers under way; the rows of a longer round trip are not all waited for. */
const SEEKING_PAUSE = 40;
const LONGEST_LISTEN = 200;
/** A first guess from fewer rows than this is at most this part of the rate that was too much. */
const FEW_HEARD = 2;
const LIKELY_PART = 0.45;
/** ms; no Retry-After holds the run longer. */
const LONGEST_WAIT = 60_000;

/** A throttle at hardly more than what was measured says that somebody else is there, */
const HARDLY_MORE = 1.05;
/** once the limit has been as it is for so many ms, and so many after a window's end. */
const SETTLED = 3000;
const WINDOWS = 10_000;

export class RateController {
  readonly #options: RateOptions;
  #phase: 'seeking' | 'tracking' | 'sharing' | 'dry' = 'seeking';
  #rate: number;
  #holdUntil: number;

  /** The measured rate, 0 before the first throttle; whether enough rows are behind it; how many are. */
  #base = 0;
  #sure = false;
  #behind = 0;
  /** The last that had enough. */
  #found: number | undefined;
  readonly #measurement: Measurement;
  /** When the last measurement ended, the rows accepted in the second before, and since when the limit is as it is. */
  #measuredAt = 0;
  #goodput = 0;
  #movedAt = 0;

  /** When the last throttle was acted on, how many rows sent since were accepted, the pause made. */
  #actedAt = Number.NEGATIVE_INFINITY;
  #through = 0;
  #pause = 0;
  /** Seeking has just gone too far, at this rate, and rows sent before that was known are being answered. */
  #listening = false;
  #tooMuch = 0;
  /** ms; the cycle's length, and the time in it in which the rate was used. */
  #cycle = 0;
  #into = 0;
  /** Until when it shares; when a window was last seen to end. */
  #sharingUntil = 0;
  #windowAt = Number.NEGATIVE_INFINITY;

  #inFlight = 0;
  #roundTrip = 0;
  readonly #usage: Usage;
  readonly #lastSecond = new LastSecond();

  constructor(options: RateOptions, at: number) {
    this.#options = options;
    this.#holdUntil = at;
    this.#usage = new Usage(at);
    this.#measurement = new Measurement(at);
    this.#rate = options.fixed ?? this.#bounded(START);
  }

  /** Rows/s to send at from now on. */
  get rate(): number {
    return this.#rate;
  }

  /** Nothing is to be sent before this moment (ms). */
  get holdUntil(): number {
    return this.#holdUntil;
  }

  /** Rows/s that the service was last found to take, to be remembered; undefined before enough was seen. */
  get found(): number | undefined {
    return this.#found;
  }

  /** A row goes out. */
  sent(at: number): void {
    this.#inFlight++;
    const used = this.#usage.sent(at, this.#holdUntil, this.#rate);
    if (typeof used === 'number') this.#rise(at, used);
    else if (used === 'idle') this.#measurement.restart(at);
  }

  /** What became of it; each row sent is answered once. */
  answered({ at, sentAt, result: verdict, retryAfter = 0 }: Answer): void {
    this.#inFlight--;
    if (verdict === 'failed') return;
    this.#roundTrip += (at - sentAt - this.#roundTrip) / (this.#roundTrip === 0 ? 1 : 8);
    if (verdict === 'accepted') this.#onAccepted(at, sentAt);
    else this.#onThrottled(at, sentAt, Math.min(retryAfter, LONGEST_WAIT));
  }

  #onAccepted(at: number, sentAt: number): void {
    this.#lastSecond.add(at);
    this.#measurement.add(sentAt);
    if (sentAt >= this.#actedAt) this.#onAcceptedSinceThrottle(at);
    else if (this.#listening && this.#phase === 'tracking') this.#guess(at);
    if (this.#phase === 'seeking') this.#growInStartup();
  }

  /** A row that was sent after the last throttle was acted on. */
  #onAcceptedSinceThrottle(at: number): void {
    this.#through++;
    if (this.#phase === 'dry') this.#endStall(at);
    else if (this.#through === 1 && this.#listening && isFarBelow(this.#base, this.#goodput))
      this.#reopen(at);
  }

  #onThrottled(at: number, sentAt: number, wait: number): void {
    this.#hold(at + wait);
    if (sentAt < this.#actedAt) return;
    const through = this.#through;
    const isDry = this.#base > 0 && through === 0;
    this.#actedAt = at;
    this.#through = 0;
    const isSharing = this.#phase === 'sharing';
    if (isSharing && wait === 0 && at < this.#sharingUntil) {
      const { rate, pause } = decrease(this.#rate, isDry);
      this.#hold(at + pause);
      this.#into = 0;
      this.#setRate(rate);
      return;
    }
    if (isSharing) this.#endSharing(at);
    if (isDry) this.#stall(at);
    else this.#measure(at, sentAt, wait, through);
  }

  /** One more row was accepted while seeking. Where fewer are in flight than the rate asks for, it is not used. */
  #growInStartup(): void {
    if (UNDERUSED * (this.#inFlight + 1) < (this.#rate * this.#roundTrip) / 1000) return;
    const { rows = 0, start: known = 0 } = this.#options;
    const { accepted } = this.#measurement;
    this.#setRate(startupRate({ rate: this.#rate, accepted, trip: this.#roundTrip, rows, known }));
  }

  /** `gap` ms more in which the rate was used. */
  #rise(at: number, gap: number): void {
    if (this.#phase !== 'tracking' && this.#phase !== 'sharing') return;
    this.#into += gap;
    if (this.#phase === 'sharing') {
      this.#setRate(increase(this.#rate, gap));
      if (!isQuiet(this.#into)) return;
      this.#endSharing(at);
      this.#measurement.restart(at);
      this.#startCycle(at, 0);
    }
    const trip = Math.max(SHORTEST_TRIP, this.#roundTrip);
    this.#setRate(this.#base + excess(this.#into, this.#cycle, trip, this.#base));
  }

  #startSharing(at: number, isMeasured = true): void {
    this.#phase = 'sharing';
    this.#sharingUntil = sharesUntil(at, isMeasured);
  }

  #endSharing(at: number): void {
    this.#phase = 'tracking';
    this.#base = this.#rate;
    this.#goodput = this.#lastSecond.sum(at);
    this.#measuredAt = at;
    this.#movedAt = at;
  }

  /** A throttle after `through` accepted rows. What was accepted since the one before is the measurement. */
  #measure(at: number, sentAt: number, wait: number, through: number): void {
    const measurement = this.#measurement;
    const measured = measurement.rate(at, this.#base);
    const isEnough = measurement.isEnough(at, this.#roundTrip);
    const hasWindows = at <= this.#windowAt + WINDOWS;
    const isSettled = !hasWindows && at > this.#movedAt + SETTLED;
    const isSoon = through <= this.#behind && this.#rate < HARDLY_MORE * this.#base;
    const isOdd = this.#phase === 'tracking' && wait === 0 && isSettled && isSoon;
    this.#phase = 'tracking';
    this.#measuredAt = at;
    this.#goodput = this.#lastSecond.sum(at);
    // An outrun first guess was no more than that; a service that counts in windows is never measured well.
    const wasKnown = this.#sure || hasWindows;
    this.#sure = this.#base > 0 && isEnough;
    this.#behind = measurement.accepted;
    measurement.wait(wait);
    const hasOutrun = this.#rate > OUTRUN * this.#base && measurement.surplus(at, this.#base) > SURPLUS;
    this.#listening = this.#base === 0 || (hasOutrun && isEnough && wasKnown);
    if (this.#listening) {
      this.#listen(at, sentAt, wait, measured);
      return;
    }
    if (Math.abs(measured - this.#base) > MOVED * this.#base) this.#movedAt = at;
    this.#base = this.#bounded(measured);
    if (this.#sure) this.#found = this.#base;
    this.#pause = Math.max(PAUSE, (PAUSE_ROWS * 1000) / this.#base);
    this.#hold(at + this.#pause);
    this.#startCycle(at, wait);
    if (isEnough) measurement.restart(at, undefined, wait);
    if (!isOdd || !isFew(Math.max(this.#base, this.#goodput))) return;
    this.#startSharing(at);
    this.#setRate(decrease(this.#base, false).rate);
  }

  /** Far too fast: waits for the answers under way, and for a row after them. */
  #listen(at: number, sentAt: number, wait: number, measured: number): void {
    this.#tooMuch = this.#rate;
    this.#base = Math.sqrt(measured * this.#rate) * Math.sign(this.#base);
    this.#movedAt = at;
    this.#measurement.restart(at, sentAt, wait);
    this.#pause = within(1, this.#roundTrip, LONGEST_LISTEN);
    this.#hold(at + Math.max(this.#pause, SEEKING_PAUSE));
    this.#guess(at);
  }

  /** From what was accepted so far of the rows that were under way. */
  #guess(at: number): void {
    const few = this.#measurement.accepted < FEW_HEARD;
    const most = few ? LIKELY_PART * this.#tooMuch : Number.POSITIVE_INFINITY;
    const guess = this.#measurement.guess(at, this.#pause, !this.#sure);
    this.#base = this.#bounded(Math.max(this.#base, Math.min(most, guess)));
    this.#startCycle(at, this.#measurement.waited);
  }

  #startCycle(at: number, wait: number): void {
    const trip = this.#roundTrip;
    this.#cycle = cycleLength({ rate: this.#base, age: at - this.#movedAt, trip, wait });
    this.#into = 0;
    this.#setRate(this.#base);
  }

  #stall(at: number): void {
    this.#phase = 'dry';
    this.#pause = probePause(this.#pause, at - this.#measuredAt);
    this.#hold(at + this.#pause);
    this.#setRate(1000 / this.#pause);
  }

  /** A probe came through. */
  #endStall(at: number): void {
    const dry = at - this.#measuredAt;
    // A first guess that was far too high would cost as many throttles again.
    if (!this.#sure) this.#base = this.#bounded(Math.min(this.#base, mostThrough(dry)));
    this.#phase = 'tracking';
    this.#into = 0;
    this.#setRate(this.#base);
    if (wasWindow(dry, { base: this.#base, sure: this.#sure, goodput: this.#goodput })) {
      this.#reopen(at);
      if (isVeryFew(Math.max(this.#base, this.#goodput))) this.#startSharing(at);
    } else if (!this.#sure && isLong(dry)) {
      this.#startSharing(at, false);
      this.#measurement.restart(at);
    }
  }

  /** A window has ended: on as before. */
  #reopen(at: number): void {
    this.#phase = 'tracking';
    this.#base = this.#bounded(this.#listening ? this.#goodput : Math.max(this.#base, this.#goodput));
    this.#movedAt = Number.NEGATIVE_INFINITY;
    this.#windowAt = at;
    this.#measurement.restart(at);
    this.#startCycle(at, 0);
  }

  #hold(until: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, until);
  }

  #setRate(rate: number): void {
    this.#rate = this.#options.fixed ?? this.#bounded(rate);
  }

  #bounded(rate: number): number {
    return within(LEAST, rate, this.#options.max ?? Number.POSITIVE_INFINITY);
  }
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
