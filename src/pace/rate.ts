/**
 * Which rate: a decider over what was sent and answered. Every event says when it happened; there is no clock, timer,
 * random source or socket in here, so the same events always give the same rate. It changes in place, fed by its one
 * owner in order of time, since 40,000 events a second must cost next to nothing.
 *
 * **What can be known.** The service throttles at some rate R after a burst B and tells neither. At a throttle its
 * bucket is empty, so what was accepted between two throttles is what flowed in: R = accepted / elapsed, to within one
 * row, unless the bucket was full in between. AIMD (Chiu & Jain, 1989) learns only "too fast" and has to saw between
 * too much and too little. TCP BBR (Cardwell et al., 2016) also models from measured delivery, but takes the largest
 * lately seen, which a bucket being emptied makes too large by any factor.
 *
 * **Phases**
 * - *seeking*, at first: growth with each accepted row, so only while the rate is really used; doubling in a round trip
 *   as far as the rows then in flight, which the first throttle costs, are few against the rows of the run, and slower
 *   beyond. At a throttle all wait for the answers under way; what is accepted of those flowed in meanwhile, and is the
 *   first guess.
 * - *tracking*: at each throttle the rate becomes the one measured since the last. A pause lets a few tokens gather,
 *   so that one throttle is one row and a service that charges refused calls recovers. Then the rate is that, plus an
 *   excess that doubles every quarter of a second and comes to one row in a round trip at the end of a *cycle* (cycle.ts). Where
 *   nothing has changed, that ends in a throttle of one or two rows; the bucket stays nearly empty, so no refill is lost
 *   and the makespan is that of R. Where the limit has moved up, the excess soon finds it.
 * - *sharing*, with few rows a second: a throttle comes early, which a client that is alone seldom meets. Now AIMD, which
 *   makes shares even, and costs a client that is alone after all some throttles until its time is over.
 * - *dry*: of the rows sent since the last throttle none was accepted. Now single rows probe, with doubling waits, and
 *   what was measured is kept: a service that counts in windows gives nothing for a while and then all at once. AWS
 *   SDK's CUBIC limiter cuts at each refusal and rclone's pacer doubles its pause at each; both would need many
 *   windows to come back from that.
 *
 * Throttles of rows sent before the last one was acted on belong to the same event (CUBIC in the AWS SDK cuts at each
 * of them). Retry-After is a wait, up to a minute, and no measure of the rate.
 *
 * **Two clients of one bucket** each measure their own share. The excess is the same for both whatever they have, and
 * so is, nearly, the cycle: the smaller one takes as much as the larger, which is refused more often. The root in the
 * cycle is for that; with one in rows the smaller client would look for more less often and stay small. With few rows a
 * second that is not enough, as chance decides who gets a token, and moves the shares faster than this evens them out:
 * hence *sharing*.
 *
 * The figures behind the constants: test/bench/pace.ts.
 */

import { cycleLength } from './cycle.js';
import { LastSecond } from './last-second.js';

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
  readonly verdict: 'accepted' | 'throttled' | 'failed';
  /** How long the service asked to wait, in ms. */
  readonly retryAfter?: number;
}

/** Rows/s before anything is known: two rows in the first 50 ms. */
const START = 20;
/** ms; permits come in leases of 20 ms, so that a shorter round trip does not make going too fast any cheaper. */
const SHORTEST_TRIP = 25;
/** While so many rows are in flight, or this share of all rows, the rate doubles in a round trip; */
const CHEAP_ROWS = 1.5;
const CHEAP_SHARE = 0.002;
/**
 * Later each accepted row adds as many rows/s as 1/200 of those accepted so far, at most 1.5 (which doubles the rate in
 * 460 ms): the burst of a slow service is over while that is little, and the rows of a fast one have hardly begun.
 */
const SLOW_GROWTH = 1 / 200;
const MOST_GROWTH = 1.5;
const LEAST = 0.5;

/** So many accepted rows in so many round trips are a measurement good to 5 %; else it goes on from the same throttle. */
const ENOUGH = 20;
const ENOUGH_TRIPS = 8;
/** With fewer, the part of the next token counts. */
const NEXT_TOKEN = 0.5;
/** A measurement this far from the one before is a limit that moved. */
const MOVED = 0.15;
/** So far above what was measured, with so many rows more than that gave, the limit lies in between. */
const OUTRUN = 1.5;
const SURPLUS = 4;
/**
 * So far above without them, and by so many rows/s more, the bucket was full for a while, or a window's quota unused:
 * a step up.
 */
const FAR_OUTRUN = 3.3;
const FAR_OUTRUN_ROWS = 6;
const STEP_UP = 1.15;

/** The pause at a throttle: ms, and rows. Less than the smallest bucket takes to fill, so that nothing is lost. */
const PAUSE = 20;
const PAUSE_ROWS = 1.5;
/** ms; after seeking too far, for the answers under way; the rows of a longer round trip are not all waited for. */
const SEEKING_PAUSE = 40;
const LONGEST_LISTEN = 200;
/** ms; the longest wait for a probe, until an eighth of the dry time is longer. */
const PROBE = 500;
/**
 * Where so many rows should have come through a dry time, it was a window's end, not an empty bucket; at the rate that
 * was measured, or where the dry time was longer than so many ms, at that of the second before it.
 */
const WINDOW_ROWS = 4;
const LONG_DRY = 250;
/** ms; no answer holds the run longer. */
const LONGEST_WAIT = 60_000;

/** The excess doubles in so many ms, or round trips, as one passes before a throttle is heard of. */
const EXCESS_DOUBLES = 250;
const EXCESS_TRIPS = 2;

/** A throttle before this part of the cycle is over is early. */
const EARLY = 0.75;
/**
 * Below so many rows/s it means that somebody else is there, once the limit has been as it is for so many ms, and so many
 * after a window's end, as windows end early too:
 */
const FEW = 60;
const SETTLED = 3000;
const WINDOWS = 10_000;
/**
 * then each throttle costs this share of the rate, and the next of throttles in a row this one and the time of so many
 * rows, and each second brings this share, and so many rows/s,
 */
const GIVE = 0.15;
const GIVE_AGAIN = 0.25;
const GIVE_ROWS = 2.5;
const TAKE = 0.1;
const TAKE_ROWS = 0.5;
/** for so many ms, or until none has come for so many. */
const SHARING = 30_000;
const QUIET = 5000;

/** A rate of which less than 95 % goes out for a tenth of a second is not used, and does not rise. */
const USED = 0.95;
const UNUSED_ROWS = 3;
const UNUSED_SECONDS = 0.1;
/** ms without any row: the bucket may have filled, and the measurement begins anew. */
const IDLE = 1000;

export class RateController {
  readonly #options: RateOptions;
  #phase: 'seeking' | 'tracking' | 'sharing' | 'dry' = 'seeking';
  #rate: number;
  #holdUntil: number;

  /** The measured rate, 0 before the first throttle, and whether enough rows are behind it. */
  #base = 0;
  #sure = false;
  /** The measurement under way: when it began (a throttle), when the last row before it was sent, rows since. */
  #markAt: number;
  #markSentAt = Number.NEGATIVE_INFINITY;
  #accepted = 0;
  /** ms of it that the service asked to wait. */
  #waited = 0;
  /** When the last measurement ended, the rows accepted in the second before, and since when the limit is as it is. */
  #measuredAt = 0;
  #goodput = 0;
  #movedAt = 0;

  /** When the last throttle was acted on, how many rows sent since were accepted, the pause made. */
  #actedAt = Number.NEGATIVE_INFINITY;
  #through = 0;
  #pause = 0;
  /** Seeking has just gone too far, and rows sent before that was known are being answered. */
  #listening = false;
  /** ms; the cycle's length, and the time in it in which the rate was used. */
  #cycle = 0;
  #into = 0;
  /** Until when it shares; when a window was last seen to end. */
  #sharingUntil = 0;
  #windowAt = Number.NEGATIVE_INFINITY;

  #inFlight = 0;
  #roundTrip = 0;
  #sentAt: number;
  /** Rows that the rate allowed and that were not sent. */
  #unused = 0;
  readonly #lastSecond = new LastSecond();

  constructor(options: RateOptions, at: number) {
    this.#options = options;
    this.#holdUntil = at;
    this.#markAt = at;
    this.#sentAt = at;
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

  /** Rows/s that the service was found to take, to be remembered; undefined before enough was seen. */
  get found(): number | undefined {
    return this.#sure ? this.#base : undefined;
  }

  /** A row goes out. */
  sent(at: number): void {
    this.#inFlight++;
    const gap = Math.max(0, at - Math.max(this.#sentAt, this.#holdUntil));
    this.#sentAt = at;
    const unused = this.#unused + (USED * this.#rate * gap) / 1000;
    const most = UNUSED_ROWS + UNUSED_SECONDS * this.#rate;
    this.#unused = Math.max(0, Math.min(unused, most) - 1);
    if (unused < most) this.#rise(at, gap);
    else if (gap > IDLE) this.#mark(at);
  }

  /** What became of it; each row sent is answered once. */
  answered({ at, sentAt, verdict, retryAfter = 0 }: Answer): void {
    this.#inFlight--;
    if (verdict === 'failed') return;
    this.#roundTrip += (at - sentAt - this.#roundTrip) / (this.#roundTrip === 0 ? 1 : 8);
    if (verdict === 'accepted') this.#let(at, sentAt);
    else this.#refused(at, sentAt, Math.min(retryAfter, LONGEST_WAIT));
  }

  #let(at: number, sentAt: number): void {
    this.#lastSecond.add(at);
    if (sentAt > this.#markSentAt) this.#accepted++;
    if (sentAt >= this.#actedAt) this.#through++;
    else if (this.#listening) this.#listen(at);
    if (this.#phase === 'dry' && this.#through > 0) this.#flow(at);
    if (this.#phase === 'seeking') this.#seek();
  }

  #refused(at: number, sentAt: number, wait: number): void {
    this.#hold(at + wait);
    if (sentAt < this.#actedAt) return;
    const dry = this.#base > 0 && this.#through === 0;
    this.#actedAt = at;
    this.#through = 0;
    const isSharing = this.#phase === 'sharing';
    if (isSharing && wait === 0 && at < this.#sharingUntil) {
      this.#giveWay(at, dry);
      return;
    }
    if (isSharing) this.#endSharing(at);
    if (dry) this.#probe(at);
    else this.#measure(at, sentAt, wait);
  }

  /** One more row was accepted while seeking. */
  #seek(): void {
    const trip = Math.max(SHORTEST_TRIP, this.#roundTrip);
    if (1.5 * (this.#inFlight + 1) < (this.#rate * this.#roundTrip) / 1000) return;
    const { rows = 0, start = 0 } = this.#options;
    const cheap = Math.max(CHEAP_ROWS, this.#base > 0 ? 0 : CHEAP_SHARE * rows);
    const quick = Math.max((1000 * cheap) / trip, Math.max(start, this.#goodput) / 4);
    const slower = this.#rate + Math.min(this.#accepted * SLOW_GROWTH, MOST_GROWTH);
    this.#setRate(Math.max(slower, Math.min(quick, this.#rate + 1000 / trip)));
  }

  /** `gap` ms more in which the rate was used. */
  #rise(at: number, gap: number): void {
    if (this.#phase !== 'tracking' && this.#phase !== 'sharing') return;
    this.#into += gap;
    if (this.#phase === 'sharing') {
      this.#setRate(this.#rate + (gap / 1000) * (TAKE * this.#rate + TAKE_ROWS));
      if (this.#into < QUIET) return;
      this.#endSharing(at);
      this.#startCycle(at, 0);
    }
    const trip = Math.max(SHORTEST_TRIP, this.#roundTrip);
    const doubles = Math.max(EXCESS_DOUBLES, EXCESS_TRIPS * trip);
    this.#setRate(this.#base + (1000 / trip) * 2 ** ((this.#into - this.#cycle) / doubles));
  }

  /** The second of two throttles with no row in between costs more, as refused calls may be charged. */
  #giveWay(at: number, again: boolean): void {
    this.#hold(at + (again ? Math.max(PAUSE, (GIVE_ROWS * 1000) / this.#rate) : PAUSE));
    this.#into = 0;
    this.#setRate((1 - (again ? GIVE_AGAIN : GIVE)) * this.#rate);
  }

  #endSharing(at: number): void {
    this.#phase = 'tracking';
    this.#base = this.#rate;
    this.#movedAt = at;
  }

  /** A throttle after accepted rows, which are the measurement. */
  #measure(at: number, sentAt: number, wait: number): void {
    const elapsed = at - this.#markAt;
    const measured = this.#measured(elapsed);
    const surplus = this.#accepted - (this.#base * (elapsed - this.#waited)) / 1000;
    const enough = this.#accepted >= ENOUGH && elapsed >= ENOUGH_TRIPS * this.#roundTrip;
    const isSettled = this.#sure && at > Math.max(this.#movedAt + SETTLED, this.#windowAt + WINDOWS);
    const early = this.#phase === 'tracking' && wait === 0 && this.#into < EARLY * this.#cycle;
    this.#phase = 'tracking';
    this.#measuredAt = at;
    this.#goodput = this.#lastSecond.sum(at);
    this.#sure = this.#base > 0 && enough;
    this.#waited += wait;
    this.#listening = this.#base === 0 || (this.#rate > OUTRUN * this.#base && surplus > SURPLUS && enough);
    if (this.#listening) {
      this.#base = Math.sqrt(measured * this.#rate) * Math.sign(this.#base);
      this.#movedAt = at;
      this.#mark(at, sentAt, wait);
      this.#pause = within(1, this.#roundTrip, LONGEST_LISTEN);
      this.#hold(at + Math.max(this.#pause, SEEKING_PAUSE));
      this.#listen(at);
      return;
    }
    if (Math.abs(measured - this.#base) > this.#base * MOVED) this.#movedAt = at;
    const least = this.#rate > FAR_OUTRUN * this.#base + FAR_OUTRUN_ROWS ? STEP_UP * this.#base : 0;
    this.#base = this.#bounded(Math.max(measured, least));
    this.#pause = Math.max(PAUSE, (PAUSE_ROWS * 1000) / this.#base);
    this.#hold(at + this.#pause);
    this.#startCycle(at, wait, early);
    if (enough) this.#mark(at, this.#markSentAt, wait);
    if (!early || !isSettled || Math.max(this.#base, this.#goodput) >= FEW) return;
    this.#phase = 'sharing';
    this.#sharingUntil = at + SHARING;
    this.#setRate((1 - GIVE) * this.#base);
  }

  /** Over `elapsed` ms. A wait that was asked for may have filled the bucket: then R lies anywhere in between. */
  #measured(elapsed: number): number {
    const rows = 1000 * (this.#accepted + (this.#accepted < ENOUGH ? NEXT_TOKEN : 0));
    const least = rows / Math.max(1, elapsed);
    if (this.#waited === 0) return least;
    return within(least, 0.97 * this.#base, rows / Math.max(1, elapsed - this.#waited));
  }

  #listen(at: number): void {
    const rows = this.#accepted + (this.#sure ? 0 : NEXT_TOKEN);
    const span = Math.max(this.#pause, at - this.#markAt);
    this.#base = this.#bounded(Math.max(this.#base, (1000 * rows) / span));
    this.#startCycle(at, this.#waited);
  }

  #startCycle(at: number, wait: number, early = false): void {
    const trip = this.#roundTrip;
    this.#cycle = cycleLength({ rate: this.#base, age: at - this.#movedAt, trip, wait, early });
    this.#into = 0;
    this.#setRate(this.#base);
  }

  #probe(at: number): void {
    this.#phase = 'dry';
    this.#pause = Math.min(2 * this.#pause, Math.max(PROBE, (at - this.#measuredAt) / 8));
    this.#hold(at + this.#pause);
    this.#setRate(1000 / this.#pause);
  }

  /** A probe came through. */
  #flow(at: number): void {
    const dry = at - this.#measuredAt;
    // One row in all that time: a first guess that was far too high would cost as many throttles again.
    if (!this.#sure && dry > LONG_DRY) {
      this.#base = this.#bounded(Math.min(this.#base, (1000 * (1 + NEXT_TOKEN)) / dry));
    }
    this.#phase = this.#sure || dry <= PROBE ? 'tracking' : 'seeking';
    this.#into = 0;
    this.#setRate(this.#base);
    const expected = dry > LONG_DRY ? Math.max(this.#base, this.#goodput) : this.#sure ? this.#base : 0;
    if (dry * expected > WINDOW_ROWS * 1000) {
      this.#phase = 'tracking';
      this.#base = this.#bounded(Math.max(this.#base, this.#goodput));
      this.#movedAt = Number.NEGATIVE_INFINITY;
      this.#windowAt = at;
      this.#mark(at);
      this.#startCycle(at, 0);
    }
  }

  /** The next measurement begins. */
  #mark(at: number, sentAt = this.#markSentAt, waited = 0): void {
    this.#markAt = at;
    this.#markSentAt = sentAt;
    this.#accepted = 0;
    this.#waited = waited;
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
  return Math.max(least, Math.min(value, most));
}
