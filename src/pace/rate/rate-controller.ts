/**
 * Which rate to send at: a decider over what was sent and answered. Every event says when it happened. There is no clock,
 * timer, random source or socket in here, so the same events always give the same rate. It changes in place, and its one
 * owner feeds it in order of time, because 40,000 events a second must cost next to nothing.
 *
 * **What can be known.** The service throttles at some rate R after a burst B and states neither. At a throttle its bucket
 * is empty, so what is accepted between two throttles is what flows in: R = accepted / elapsed, to within one row, unless
 * the bucket was full in between (delivery-rate.ts). AIMD (Chiu & Jain, 1989) learns only "too fast" and has to swing
 * between too much and too little. TCP BBR (Cardwell et al., 2016) also models the rate from measured delivery, but takes
 * the largest one seen lately, which a bucket that is being emptied makes too large by any factor.
 *
 * **Phases**
 * - *startup*: growth with each accepted row (startup.ts). At a throttle everything waits for the answers in flight. The
 *   rows accepted among them flowed in meanwhile, and are the first guess.
 * - *tracking*: at each throttle the rate becomes the one measured since the last throttle. A pause lets a few tokens
 *   gather, so that one throttle costs one row, and a service that charges refused calls recovers. Then the rate is the
 *   measured one plus an excess that doubles every quarter of a second and comes to one row per round trip at the end of
 *   a *probe cycle* (probe-cycle.ts). If the limit has not changed, the cycle ends in a throttle of one or two rows; the
 *   bucket stays nearly empty, so no refill is lost and the makespan is that of R. If the limit has risen, the excess
 *   soon finds it.
 * - *stalled*: none of the rows sent since the last throttle was accepted (stall.ts). Now single rows probe, with doubling
 *   waits, and the measured rate is kept: a service that counts in windows accepts nothing for a while and then many rows
 *   at once. AWS SDK's CUBIC limiter cuts the rate at each refusal, and rclone's pacer doubles its pause; both would need
 *   many windows to recover.
 * - *sharing*, with few rows a second: another client takes from the same bucket, and the rate follows AIMD (aimd.ts). The
 *   reason to share is a throttle that, at even latency, hardly happens to a client that is alone at a constant limit:
 *   rows / time was right to within a row when it was measured, the pause left more than one row in the bucket, and yet
 *   it is empty after no more rows than that. Another reason is a stall in which the measured rate gives several rows, or
 *   a long stall at the start.
 *
 * **Strays.** A service on many machines also refuses single calls by chance. So while tracking, once the measured rate is
 * sure, the rate *rests* half a percent below it for most of the probe cycle, and a throttle of a row sent then only adds
 * to a suspicion (suspicion.ts): an alarm is acted on as above, anything less is waited out for a row and a half. In the
 * last part of the cycle, the *look*, a throttle is the limit; when strays are usual it takes two.
 *
 * Throttles of rows sent before the last one was acted on belong to the same event; CUBIC in the AWS SDK cuts the rate at
 * each of them. Retry-After is a wait, up to a minute.
 *
 * **Retry-After.** The bucket fills while the run waits, so rows / time says nothing; two full buckets that were emptied
 * in different times do, as two equations do for two unknowns, the rate and the burst (delivery-rate.ts). A throttle is as
 * dear as the wait then. So the looks are rare, and what has filled the bucket is spent evenly until the next one.
 *
 * **Two clients of one bucket** each measure their own share. The excess is the same for both, whatever their rates, and
 * the cycle nearly so: the smaller client takes as much as the larger one, which is refused more often. That is why the
 * cycle depends on the root of the rate: a cycle counted in rows would let the smaller client probe less often and stay
 * small. With few rows a second this is not enough, hence *sharing*. Two clients whose probes never meet can still take
 * each other for the limit.
 *
 * The figures behind the constants: test/bench/pace.ts.
 */

import { decrease, increase, isFew, isQuiet, isVeryFew, sharesUntil } from './aimd.js';
import { Usage } from './app-limited.js';
import { Measurement } from './delivery-rate.js';
import { LastSecond } from './goodput.js';
import { pauseAt, rowsPause } from './pause.js';
import { ProbeCycle } from './probe-cycle.js';
import { Spacing, spaced } from './spacing.js';
import { isLong, mostThrough, probePause, wasWindow } from './stall.js';
import { SHORTEST_TRIP, START, startupRate } from './startup.js';
import { Suspicion } from './suspicion.js';

/** What the controller may do, in rows/s. */
export interface RateOptions {
  /** Keep this rate whatever happens; a throttle still holds the run back for a moment. */
  readonly fixed?: number;
  /** Never go above this rate. */
  readonly max?: number;
  /** What an earlier run found: startup is faster up to a quarter of it, and goes on from there as usual. */
  readonly start?: number | undefined;
  /** Rows of the run: the more there are, the faster startup is. Default: few. */
  readonly rows?: number;
  /** ms; what the service asks for holds the run no longer than this, and never longer than a minute. Default: a minute. */
  readonly longestWait?: number;
  /** What was found and still holds: there is no startup, and it goes on from there. */
  readonly known?: number;
  /** ms from a decision until rows go out by it, which is part of their round trip. Default: none. */
  readonly lag?: number;
  /** How many share the rate. Default: one. */
  readonly senders?: number;
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

/** Least rows/s, whatever is measured. */
const LEAST = 0.5;

/** Between two looks for a higher rate, this share of the measured one is used: in a clean bucket no throttle comes then. */
const REST = 0.995;

/** A rate that needs this many times the rows in flight is not used. */
const UNDERUSED = 1.5;

/** A measurement this far from the one before, as a share of it, means that the limit has moved. */
const MOVED = 0.15;
/** If a throttle comes only at so many times the known rate, after more rows than that gave, the limit has risen to a rate in between. */
const OUTRUN = 1.5;

/** ms; the shortest and the longest pause after startup went too far. The answers in flight come in it, unless a round trip is longer. */
const STARTUP_PAUSE = 40;
const LONGEST_LISTEN = 200;
/** A first guess from fewer rows than FEW_HEARD is at most this share of the rate that was too much; one after a wait at least. */
const FEW_HEARD = 2;
const LIKELY_PART = 0.45;
/** ms; no Retry-After holds the run longer. */
export const LONGEST_WAIT = 60_000;

/** A throttle at hardly more than the measured rate means another client, */
const HARDLY_MORE = 1.05;
/** once the limit has been the same for SETTLED ms, and WINDOWS ms after the end of a window. */
const SETTLED = 3000;
const WINDOWS = 10_000;

export class RateController {
  readonly #options: RateOptions;
  #phase: 'startup' | 'tracking' | 'spacing' | 'sharing' | 'stalled' = 'startup';
  #rate: number;
  /** What it would be without a bound. */
  #unbounded = START;
  #holdUntil: number;

  /** The measured rate, 0 before the first throttle; whether enough rows are behind it; how many there are. */
  #base = 0;
  #sure = false;
  #behind = 0;
  /** The last measured rate with enough rows behind it. */
  #found: number | undefined;
  readonly #measurement: Measurement;
  /** When the last measurement ended, the rows accepted in the second before, and since when the limit has been the same. */
  #measuredAt = 0;
  #goodput = 0;
  #movedAt = 0;

  /** When the last throttle was acted on, how many rows sent since then were accepted, and the last pause. */
  #actedAt = Number.NEGATIVE_INFINITY;
  #through = 0;
  #pause = 0;
  /** Startup has just gone too far, at the rate `tooMuch`, and rows sent before that was known are being answered. */
  #listening = false;
  #tooMuch = 0;
  readonly #cycle = new ProbeCycle();
  /** Until when sharing lasts; when a window was last seen to end. */
  #sharingUntil = 0;
  #windowAt = Number.NEGATIVE_INFINITY;

  readonly #suspicion = new Suspicion();
  readonly #spacing = new Spacing();

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
    if (options.known !== undefined) this.#goOnFrom(options.known, at);
  }

  #goOnFrom(known: number, at: number): void {
    this.#phase = 'tracking';
    this.#base = this.#bounded(known);
    this.#found = this.#base;
    this.#sure = true;
    this.#measuredAt = at;
    this.#movedAt = at;
    this.#startCycle(at, 0);
  }

  /** Rows/s to send at from now on. */
  get rate(): number {
    return this.#rate;
  }

  /** Nothing may be sent before this time (ms). */
  get holdUntil(): number {
    return this.#holdUntil;
  }

  /** Rows/s that the service was last found to accept; undefined until enough has been seen. */
  get found(): number | undefined {
    return this.#found;
  }

  /** `max` was set anew. */
  cap(): void {
    this.#setRate(this.#unbounded);
  }

  /** A row goes out. @param isAgain its place in the rate was counted before */
  sent(at: number, isAgain = false): void {
    this.#inFlight++;
    if (isAgain) return;
    const used = this.#usage.sent(at, this.#holdUntil, this.#rate, this.#options.senders);
    if (typeof used === 'number') this.#rise(at, used);
    else if (used === 'idle') this.#measurement.restart(at);
  }

  /** An attempt has ended; each row that was sent is answered once. */
  answered({ at, sentAt, result, retryAfter = 0 }: Answer): void {
    this.#inFlight--;
    if (result === 'failed') return;
    this.#roundTrip += (at - sentAt - this.#roundTrip) / (this.#roundTrip === 0 ? 1 : 8);
    if (result === 'accepted') this.#onAccepted(at, sentAt);
    else {
      const { longestWait = LONGEST_WAIT } = this.#options;
      this.#onThrottled(at, sentAt, Math.min(retryAfter, LONGEST_WAIT, longestWait));
    }
  }

  #onAccepted(at: number, sentAt: number): void {
    this.#lastSecond.add(at);
    this.#measurement.add(arrival(sentAt, at));
    this.#suspicion.accepted();
    this.#spacing.accepted(sentAt);
    if (sentAt >= this.#actedAt) this.#onAcceptedSinceThrottle(at);
    else if (this.#listening && this.#phase === 'tracking') this.#guess(at);
    if (this.#phase === 'startup') this.#growInStartup();
  }

  /** A row that was sent after the last throttle was acted on. */
  #onAcceptedSinceThrottle(at: number): void {
    this.#through++;
    if (this.#phase === 'stalled') this.#endStall(at);
  }

  #onThrottled(at: number, sentAt: number, wait: number): void {
    this.#hold(at + wait);
    if (sentAt < this.#actedAt) return;
    if (wait === 0 && this.#mayBeStray(sentAt)) {
      // A service that charges refused calls gets the time to forget it.
      if (this.#phase === 'tracking') this.#hold(at + rowsPause(this.#base));
      return;
    }
    this.#suspicion.clear();
    const through = this.#through;
    const isStalled = this.#base > 0 && through === 0;
    this.#actedAt = at;
    this.#through = 0;
    this.#judgeSpacing(sentAt, wait, through);
    if (this.#phase === 'spacing' && wait === 0 && !this.#spacing.isLikely) this.#startSharing(at);
    const isSharing = this.#phase === 'sharing';
    if (isSharing && wait === 0 && at < this.#sharingUntil) {
      const { rate, pause } = decrease(this.#rate, isStalled);
      this.#hold(at + pause);
      this.#cycle.again();
      this.#setRate(rate);
      return;
    }
    if (isSharing) this.#endSharing(at);
    if (isStalled) this.#stall(at);
    else if (this.#base > 0 && this.#spacing.isLikely) this.#space(at);
    else this.#measure(at, sentAt, wait, through);
  }

  #judgeSpacing(sentAt: number, wait: number, through: number): void {
    const spacing = this.#spacing;
    if (wait > 0) spacing.end();
    else if (this.#base === 0) spacing.begin(this.#measurement.accepted);
    else if (this.#phase === 'tracking') spacing.goOn(through);
    spacing.refused(sentAt, this.#roundTrip);
  }

  /** A throttle of a limit without a burst. */
  #space(at: number): void {
    const { rate, pause } = decrease(this.#base, false);
    this.#startSpacing(at, rate);
    this.#found = this.#base;
    this.#pause = pause;
    this.#hold(at + pause);
  }

  #startSpacing(at: number, rate: number): void {
    this.#phase = 'spacing';
    this.#base = this.#bounded(rate);
    this.#measuredAt = at;
    this.#measurement.restart(at);
    this.#setRate(this.#base);
  }

  /** Whether a throttle may have come by chance: then it is noted, and nothing else. */
  #mayBeStray(sentAt: number): boolean {
    if (this.#phase !== 'tracking' || !this.#sure || this.#through === 0) return false;
    if (!this.#cycle.isLook(sentAt)) return !this.#suspicion.throttled();
    // What a look meets is the limit, unless strays are usual: then it takes a second throttle.
    return this.#suspicion.isNoisy && !this.#suspicion.throttled();
  }

  /** One more row was accepted in startup. If fewer rows are in flight than the rate needs, the rate is not used. */
  #growInStartup(): void {
    const { rows = 0, start: known = 0, lag = 0 } = this.#options;
    // How long a decision is on its way says nothing of the rows in flight, and the service does not feel it.
    const trip = Math.max(0, this.#roundTrip - lag);
    if (UNDERUSED * (this.#inFlight + 1) < (this.#rate * trip) / 1000) return;
    const { accepted } = this.#measurement;
    this.#setRate(startupRate({ rate: this.#rate, accepted, trip, rows, known }));
  }

  /** The rate was used for `gap` ms more. */
  #rise(at: number, gap: number): void {
    if (this.#phase === 'spacing') {
      this.#base = this.#bounded(spaced(this.#base, gap, this.#through));
      this.#setRate(this.#base);
      return;
    }
    if (this.#phase !== 'tracking' && this.#phase !== 'sharing') return;
    this.#cycle.use(gap);
    if (this.#phase === 'sharing') {
      this.#setRate(increase(this.#rate, gap));
      if (!isQuiet(this.#cycle.used)) return;
      this.#endSharing(at);
      this.#measurement.restart(at);
      this.#startCycle(at, 0);
    }
    const trip = Math.max(SHORTEST_TRIP, this.#roundTrip);
    this.#setRate((this.#sure ? REST : 1) * this.#base + this.#cycle.excess(at, trip, this.#base));
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

  /** A throttle after `through` accepted rows. What was accepted since the throttle before it is the measurement. */
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
    // A first guess that is outrun was only a guess, and a service that counts in windows can never be measured well.
    const wasKnown = this.#sure || hasWindows;
    this.#sure = this.#base > 0 && isEnough;
    this.#behind = measurement.accepted;
    const hasOutrun = this.#rate > OUTRUN * this.#base && measurement.hasSurplus(at, this.#base);
    // Above the rate that flows in all the time: nothing of a full bucket was left over.
    if (this.#base === 0 || (measurement.waited > 0 && !this.#cycle.isLook(sentAt))) measurement.emptied(at);
    measurement.wait(wait);
    this.#listening = this.#base === 0 || (hasOutrun && isEnough && wasKnown);
    if (this.#listening) {
      this.#listen(at, sentAt, wait, measured);
      return;
    }
    if (Math.abs(measured - this.#base) > MOVED * this.#base) this.#movedAt = at;
    this.#base = this.#bounded(measured);
    if (this.#sure) this.#found = this.#base;
    this.#pause = pauseAt(this.#base);
    this.#hold(at + this.#pause);
    this.#startCycle(at, wait);
    if (isEnough) measurement.restart(at, undefined, wait);
    if (!isOdd || !isFew(Math.max(this.#base, this.#goodput))) return;
    this.#startSharing(at);
    this.#setRate(decrease(this.#base, false).rate);
  }

  /** Far too fast: waits for the answers in flight, and for one row after them. */
  #listen(at: number, sentAt: number, wait: number, measured: number): void {
    this.#tooMuch = this.#rate;
    this.#base = Math.sqrt(measured * this.#rate) * Math.sign(this.#base);
    this.#movedAt = at;
    this.#measurement.restart(at, arrival(sentAt, at), wait);
    this.#pause = within(1, this.#roundTrip, LONGEST_LISTEN);
    this.#hold(at + Math.max(this.#pause, STARTUP_PAUSE));
    this.#guess(at);
  }

  /** A first guess from the rows in flight that have been accepted so far. */
  #guess(at: number): void {
    const { accepted, waited } = this.#measurement;
    const likely = LIKELY_PART * this.#tooMuch;
    const most = accepted < FEW_HEARD ? likely : Number.POSITIVE_INFINITY;
    const guess = this.#measurement.guess(at, this.#pause, !this.#sure);
    // With Retry-After a guess that is too high costs one wait, and one that is too low lasts until the next look.
    this.#base = this.#bounded(Math.max(this.#base, Math.min(most, guess), waited > 0 ? likely : 0));
    this.#startCycle(at, waited);
  }

  #startCycle(at: number, wait: number): void {
    const rate = this.#base;
    const filled = Math.min(this.#measurement.burst(rate), (rate * wait) / 1000);
    this.#cycle.start({ rate, age: at - this.#movedAt, trip: this.#roundTrip, wait }, filled);
    this.#setRate(rate);
  }

  #stall(at: number): void {
    this.#phase = 'stalled';
    this.#pause = probePause(this.#pause, at - this.#measuredAt);
    this.#hold(at + this.#pause);
    this.#setRate(1000 / this.#pause);
  }

  /** A probe was accepted. */
  #endStall(at: number): void {
    const stalled = at - this.#measuredAt;
    // A first guess that is far too high would cost as many throttles again.
    if (!this.#sure) this.#base = this.#bounded(Math.min(this.#base, mostThrough(stalled)));
    this.#phase = 'tracking';
    if (this.#spacing.isLikely) {
      this.#startSpacing(at, this.#base);
      return;
    }
    this.#cycle.again();
    this.#setRate(this.#base);
    if (wasWindow(stalled, { base: this.#base, sure: this.#sure, goodput: this.#goodput })) {
      this.#reopen(at);
      if (isVeryFew(Math.max(this.#base, this.#goodput))) this.#startSharing(at);
    } else if (!this.#sure && isLong(stalled)) {
      this.#startSharing(at, false);
      this.#measurement.restart(at);
    }
  }

  /** A window has ended: continues as before it. */
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
    this.#unbounded = rate;
    this.#rate = this.#options.fixed ?? this.#bounded(rate);
  }

  #bounded(rate: number): number {
    return within(LEAST, rate, this.#options.max ?? Number.POSITIVE_INFINITY);
  }
}

/** When the service had the row, as far as can be known: answers do not come in the order of arrival. */
const arrival = (sentAt: number, at: number): number => (sentAt + at) / 2;

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
