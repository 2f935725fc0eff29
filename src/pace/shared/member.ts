/**
 * One run that takes part in a shared rate: what it has to report, what it may use, and how much of that it can. Pure:
 * all times are ms on the clock that the runs share.
 */
import { pauseAt } from '../rate/pause.js';
import type { Answer } from '../rate/rate-controller.js';
import type { Decision, Report, ReportedAnswer } from './report.js';

/** A demand is judged over so many ms, and so many requests that its share allows, but no longer than LONGEST. */
const JUDGED = 1000;
const JUDGED_REQUESTS = 5;
const LONGEST = 10_000;
/** Who uses this part of a share could use more; */
const USED = 0.9;
/** who does not is given this much of what they use, and these requests/s, so that they find out. */
const ROOM = 1.5;
const LEAST_DEMAND = 2;
/** Requests/s of a run that sends nothing: its next request goes at once, and then it asks for a share again. */
const IDLE = 0.1;
/** ms; a run that was throttled waits no longer by itself: the others hear of it later. */
const LONGEST_PAUSE = 1000;
/** Decisions that are remembered: a request that takes longer counts as sent under the oldest one. */
const REMEMBERED = 600;

export class Member {
  readonly #id: string;
  #sent: number[] = [];
  #answers: ReportedAnswer[] = [];
  #lags = 0;
  #decision: Decision | undefined;
  #share: number;
  readonly #longestWait: number;
  /** The last hold that was decided. */
  #told = Number.NEGATIVE_INFINITY;
  #holdUntil = Number.NEGATIVE_INFINITY;
  /** When decisions were heard of, and when they were made; the newest last. */
  readonly #heard: { readonly at: number; readonly madeAt: number }[] = [];
  #judgedAt: number;
  #used = 0;
  #allowed = 0;
  #allowedSince: number;
  #demand = Number.POSITIVE_INFINITY;

  /**
   * @param share requests/s until the first decision is heard of
   * @param longestWait ms; no hold is longer
   * @param holdUntil of a hold that it knows of already
   */
  constructor(
    id: string,
    share: number,
    at: number,
    longestWait: number,
    holdUntil = Number.NEGATIVE_INFINITY,
  ) {
    this.#id = id;
    this.#longestWait = longestWait;
    this.#share = share;
    this.#judgedAt = at;
    this.#allowedSince = at;
    this.#holdUntil = holdUntil;
  }

  /** Requests/s that it may send. */
  get share(): number {
    return this.#share;
  }

  /** Whether it has given up its share, as it sends nothing. */
  get isIdle(): boolean {
    return this.#demand === 0;
  }

  /** Nothing may be sent before. */
  get holdUntil(): number {
    return this.#holdUntil;
  }

  get decision(): Decision | undefined {
    return this.#decision;
  }

  /** @param isAgain its place in the rate was counted before */
  sent(at: number, isAgain = false): void {
    this.#sent.push(at);
    if (!isAgain) this.#used += 1;
    if (!this.isIdle) return;
    this.#demand = Number.POSITIVE_INFINITY;
    this.#judgedAt = at;
    this.#allowed = 0;
    this.#allowedSince = at;
  }

  answered({ at, sentAt, result, retryAfter }: Answer): void {
    const under = this.#underWhich(sentAt);
    this.#lags += Math.max(0, sentAt - under);
    this.#answers.push({ at, under, result, ...(retryAfter === undefined ? {} : { retryAfter }) });
    if (result !== 'throttled') return;
    const pause = Math.min(LONGEST_PAUSE, pauseAt(this.#share));
    this.#hold(at + Math.max(pause, Math.min(retryAfter ?? 0, this.#longestWait)));
  }

  /** Hands over what was not reported yet. */
  report(): Report {
    const answers = this.#answers;
    const lag = answers.length === 0 ? 0 : this.#lags / answers.length;
    const report = { sent: this.#sent, answers, lag };
    this.#sent = [];
    this.#answers = [];
    this.#lags = 0;
    return report;
  }

  /** Takes back a report that has not arrived. */
  takeBack({ sent, answers, lag }: Report): void {
    this.#sent = [...sent, ...this.#sent];
    this.#answers = [...answers, ...this.#answers];
    this.#lags += lag * answers.length;
  }

  /** Requests/s that it can use. */
  demand(at: number): number {
    this.#allow(at);
    const time = at - this.#judgedAt;
    const enough = Math.min(LONGEST, Math.max(JUDGED, (1000 * JUDGED_REQUESTS) / this.#share));
    if (time < enough) return this.#demand;
    const isUsed = this.#used >= USED * this.#allowed;
    const isIdle = this.#used === 0 && this.#allowed >= 1;
    const some = isIdle ? 0 : (ROOM * 1000 * this.#used) / time + LEAST_DEMAND;
    this.#demand = isUsed ? Number.POSITIVE_INFINITY : some;
    this.#judgedAt = at;
    this.#used = 0;
    this.#allowed = 0;
    return this.#demand;
  }

  /** A decision is heard of. */
  take(decision: Decision, at: number): void {
    this.#allow(at);
    if (decision.madeAt !== this.#decision?.madeAt) this.#heard.push({ at, madeAt: decision.madeAt });
    if (this.#heard.length > REMEMBERED) this.#heard.shift();
    this.#decision = decision;
    // Whoever is not counted yet waits for the next decision with a part that is surely not too large.
    const others = Object.keys(decision.shares).length;
    this.#share = (decision.shares[this.#id] ?? decision.rate / (others + 1) / 2) || IDLE;
    if (decision.holdUntil > Math.max(at, this.#told))
      this.#hold(Math.min(decision.holdUntil + this.#turn(decision), at + this.#longestWait));
    this.#told = Math.max(this.#told, decision.holdUntil);
  }

  /** ms after the end of a wait, so that not all of them begin at once. */
  #turn({ shares, rate }: Decision): number {
    return (Math.max(0, Object.keys(shares).sort().indexOf(this.#id)) * 1000) / rate;
  }

  #underWhich(sentAt: number): number {
    const known = this.#heard.findLast(({ at }) => at <= sentAt);
    return known?.madeAt ?? Math.min(sentAt, this.#heard[0]?.madeAt ?? sentAt);
  }

  #allow(at: number): void {
    const from = Math.max(this.#allowedSince, this.#holdUntil);
    this.#allowed += (Math.max(0, at - from) * this.#share) / 1000;
    this.#allowedSince = Math.max(this.#allowedSince, at);
  }

  #hold(until: number): void {
    this.#holdUntil = Math.max(this.#holdUntil, until);
  }
}
