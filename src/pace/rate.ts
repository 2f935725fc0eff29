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
 * - *seeking*, at first and when the limit turns out to lie far above: growth with each accepted row, so only while
 *   the rate is really used, and at most doubling in a round trip. At a throttle all wait for the answers under way;
 *   what is accepted of those flowed in meanwhile, and is the first guess.
 * - *tracking*: at each throttle the rate becomes the one measured since the last. A pause lets a few tokens gather,
 *   so that one throttle is one row and a service that charges refused calls recovers. Then the rate is flat for a
 *   *cycle*, and rises ever steeper until the next throttle, which thus comes soon after the cycle where nothing has
 *   changed. The bucket stays nearly empty, so no refill is lost: the makespan is that of R, and the price is one or
 *   two throttled rows a cycle. A rate that doubled without a throttle shows that the limit moved: seeking.
 * - *dry*: of the rows sent since the last throttle none was accepted. Now single rows probe, with doubling waits, and
 *   what was measured is kept: a service that counts in windows gives nothing for a while and then all at once. AWS
 *   SDK's CUBIC limiter cuts at each refusal and rclone's pacer doubles its pause at each; both would need many
 *   windows to come back from that.
 *
 * Throttles of rows sent before the last one was acted on belong to the same event (CUBIC in the AWS SDK cuts at each
 * of them). Retry-After is a wait, up to a minute, and no measure of the rate.
 *
 * **How often to look for more** is a trade: until a row is refused, a limit that stayed and one that doubled answer
 * alike, so each look at a limit that stayed costs a throttle. A cycle of 240 rows makes that 0.5 % of the rows; one of
 * 2.5 s, taken where it is longer, finds a doubled limit within 5 s. Below 100 rows/s that takes longer (10 s at 20).
 *
 * Two clients of one bucket each measure their own share. Whoever sends more is refused more often, while the other
 * gets to the steep end of its cycle; that draws them together, slowly where throttles are rare.
 *
 * The figures behind the constants: test/bench/pace.ts.
 */

/** What the controller may do, in rows/s. */
export interface RateOptions {
  /** Keep to this rate whatever happens; a throttle still holds the run back for a moment. */
  readonly fixed?: number;
  /** Never go above this rate. */
  readonly max?: number;
  /** What an earlier run found: half of it is approached faster, the rest must prove itself. */
  readonly start?: number;
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
const LEAST = 0.5;

/** So many accepted rows are a measurement good to 5 %; with fewer it goes on from the same throttle. */
const ENOUGH = 20;
/** With fewer, the part of the next token counts, and rather much of it, as too high a rate is soon found out. */
const NEXT_TOKEN = 0.75;
/** A measurement this far from the one before is a limit that moved. */
const MOVED = 0.15;
/** So far above what was measured the bucket was probably full for a while: the measurement is a little low. */
const OUTRUN = 1.5;
const OUTRUN_RAISE = 1.1;

/** The pause at a throttle: ms, and rows. Less than the smallest bucket takes to fill, so that nothing is lost. */
const PAUSE = 20;
const PAUSE_ROWS = 1.5;
/** ms; after seeking too far, for the answers under way; the rows of a longer round trip are not all waited for. */
const SEEKING_PAUSE = 60;
const LONGEST_LISTEN = 200;
/** ms; the longest wait for a probe, until an eighth of the dry time is longer. */
const PROBE = 500;
/** Where so many rows should have come through a dry time, it was a window's end, not an empty bucket. */
const WINDOW_ROWS = 4;
/** ms; no answer holds the run longer. */
const LONGEST_WAIT = 60_000;

/** The cycle is the longest of these: ms, rows, round trips; */
const CYCLE = 2500;
const CYCLE_ROWS = 240;
const CYCLE_TRIPS = 10;
/** but at most three times the age of what is known, so that a first guess is soon mended; */
const CYCLE_AGES = 3;
/** and at least these, the last of them in waits asked for by Retry-After, so that those cost 4 % of the time. */
const SHORT_CYCLE = 500;
const SHORT_CYCLE_ROWS = 20;
const SHORT_CYCLE_TRIPS = 2;
const CYCLE_WAITS = 25;
/** The rise at the end of a cycle. It grows with the eighth power: a tenth of it at 0.75 cycles, doubled rate at 1.3. */
const RISE = 0.12;

/** A rate of which less than 95 % goes out for a tenth of a second is not used, and does not rise. */
const USED = 0.95;
const UNUSED_ROWS = 3;
const UNUSED_SECONDS = 0.1;
/** ms without any row: the bucket may have filled, and the measurement begins anew. */
const IDLE = 1000;

export class RateController {
  readonly #options: RateOptions;
  #phase: 'seeking' | 'tracking' | 'dry' = 'seeking';
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
  /** Rows accepted before seeking began. */
  #soughtFrom = 0;

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
    if (unused < most) this.#rise(gap);
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
    if (dry) this.#probe(at);
    else this.#measure(at, sentAt, wait);
  }

  /**
   * One more row was accepted while seeking. What the first throttle costs is the rows in flight then, so the rate
   * goes with the rows accepted: 160/s (5 in flight at 30 ms) is cheap at once, n²/75 and later 3n keep the cost near
   * 1 % of a run in which the bucket gave n rows at the start, and 2000/s is still reached in 1.2 s.
   */
  #seek(): void {
    if (1.5 * (this.#inFlight + 1) < (this.#rate * this.#roundTrip) / 1000) return;
    const rows = this.#accepted - this.#soughtFrom;
    const trusted = Math.max(this.#options.start ?? 0, this.#goodput) / 2;
    const first = Math.min(30 + 12 * rows, Math.max(160, trusted));
    const doubling = this.#rate + 1000 / this.#roundTrip;
    const rate = Math.min(doubling, Math.max(first, Math.min(rows ** 2 / 75, 3 * rows)));
    this.#setRate(Math.max(this.#rate, rate));
  }

  /** `gap` ms more in which the rate was used. */
  #rise(gap: number): void {
    if (this.#phase !== 'tracking') return;
    this.#into += gap;
    const rise = RISE * (this.#into / this.#cycle) ** 8;
    this.#setRate(this.#base * (1 + Math.min(1, rise)));
    if (rise > 1) this.#startSeeking();
  }

  #startSeeking(): void {
    this.#phase = 'seeking';
    this.#soughtFrom = this.#accepted;
  }

  /** A throttle after accepted rows, which are the measurement. */
  #measure(at: number, sentAt: number, wait: number): void {
    const measured = this.#measured(at - this.#markAt);
    this.#phase = 'tracking';
    this.#measuredAt = at;
    this.#goodput = this.#lastSecond.sum(at);
    this.#sure = this.#base > 0 && this.#accepted >= ENOUGH;
    this.#waited += wait;
    this.#listening = measured > this.#base * (1 + MOVED);
    if (this.#listening) {
      this.#base = this.#base > 0 ? measured : 0;
      this.#movedAt = at;
      this.#mark(at, sentAt, wait);
      this.#pause = within(1, this.#roundTrip, LONGEST_LISTEN);
      this.#hold(at + Math.max(this.#pause, SEEKING_PAUSE));
      this.#listen(at);
      return;
    }
    const outrun = this.#rate > OUTRUN * measured && measured > 1.03 * this.#base;
    if (outrun || measured < this.#base * (1 - MOVED)) this.#movedAt = at;
    this.#base = this.#bounded(outrun ? measured * OUTRUN_RAISE : measured);
    this.#pause = Math.max(PAUSE, (PAUSE_ROWS * 1000) / this.#base);
    this.#hold(at + this.#pause);
    this.#startCycle(at, wait);
    if (this.#accepted >= ENOUGH) this.#mark(at, this.#markSentAt, wait);
  }

  /** Over `elapsed` ms. A wait that was asked for may have filled the bucket: then R lies anywhere in between. */
  #measured(elapsed: number): number {
    const rows = 1000 * (this.#accepted + (this.#accepted < ENOUGH ? NEXT_TOKEN : 0));
    const least = rows / Math.max(1, elapsed);
    if (this.#waited === 0) return least;
    return within(least, 0.97 * this.#base, rows / Math.max(1, elapsed - this.#waited));
  }

  #listen(at: number): void {
    const span = Math.max(this.#pause, at - this.#markAt);
    this.#base = this.#bounded(Math.max(this.#base, (1000 * (this.#accepted + NEXT_TOKEN)) / span));
    this.#startCycle(at, this.#waited);
  }

  #startCycle(at: number, wait: number): void {
    const row = 1000 / this.#base;
    const trip = this.#roundTrip;
    const full = Math.max(CYCLE, CYCLE_ROWS * row, CYCLE_TRIPS * trip);
    const short = Math.max(SHORT_CYCLE, SHORT_CYCLE_ROWS * row, SHORT_CYCLE_TRIPS * trip, CYCLE_WAITS * wait);
    this.#cycle = Math.max(short, Math.min(full, CYCLE_AGES * (at - this.#movedAt)));
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
    this.#phase = 'tracking';
    this.#into = 0;
    this.#setRate(this.#base);
    if (!this.#sure && dry > PROBE) this.#startSeeking();
    if (this.#sure && dry * this.#base > WINDOW_ROWS * 1000) {
      this.#base = this.#bounded(Math.max(this.#base, this.#goodput));
      this.#movedAt = Number.NEGATIVE_INFINITY;
      this.#mark(at);
      this.#startCycle(at, 0);
    }
  }

  /** The next measurement begins. */
  #mark(at: number, sentAt = this.#markSentAt, waited = 0): void {
    this.#markAt = at;
    this.#markSentAt = sentAt;
    this.#accepted = 0;
    this.#soughtFrom = 0;
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

/** How many in the last second, to a tenth of it. */
class LastSecond {
  readonly #tenths: number[] = new Array(10).fill(0);
  #now = 0;

  add(at: number): void {
    this.#turn(at);
    const tenth = this.#now % 10;
    this.#tenths[tenth] = (this.#tenths[tenth] ?? 0) + 1;
  }

  sum(at: number): number {
    this.#turn(at);
    return this.#tenths.reduce((sum, count) => sum + count, 0);
  }

  #turn(at: number): void {
    const now = Math.floor(at / 100);
    for (let tenth = Math.max(this.#now + 1, now - 9); tenth <= now; tenth++) this.#tenths[tenth % 10] = 0;
    this.#now = now;
  }
}
