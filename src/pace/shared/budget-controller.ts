/**
 * The one controller of a shared rate: it sees what all runs have sent and what became of it, and decides for all. The
 * decider is the same as in a single run. What is different is that word of an answer, and of a decision, takes a while.
 * So its time is that of the last thing it was told, and a request counts as sent when the decision was made under which
 * it went out: how long word takes is a part of the round trip. Pure.
 */

import { RateController, type RateOptions } from '../rate/rate-controller.js';
import { smoothed } from '../smoothed.js';
import type { Decision, Demand, Report, ReportedAnswer } from './report.js';
import { sharesOf } from './shares.js';

interface Moment {
  readonly at: number;
  /** Undefined: a request went out. */
  readonly answer?: ReportedAnswer;
}

/** ms; what is told late comes just after what is known. */
const JUST_AFTER = 0.001;

export class BudgetController {
  readonly #options: { -readonly [Name in keyof RateOptions]: RateOptions[Name] };
  readonly #controller: RateController;
  readonly #heldUntil: number;
  #at: number;

  /**
   * @param options `known`: what the runs have found before, and go on from
   * @param heldUntil of a hold that was decided in an earlier term
   */
  constructor(options: RateOptions, at: number, heldUntil = Number.NEGATIVE_INFINITY) {
    this.#heldUntil = heldUntil;
    this.#options = { ...options };
    this.#controller = new RateController(this.#options, at);
    this.#at = at;
  }

  take(reports: readonly Report[]): void {
    for (const { lag, answers } of reports) if (answers.length > 0) this.#noteLag(lag);
    const moments: Moment[] = reports.flatMap(({ sent, answers }) => [
      ...sent.map((at) => ({ at })),
      ...answers.map((answer) => ({ at: answer.at, answer })),
    ]);
    for (const moment of moments.sort((a, b) => a.at - b.at)) this.#see(moment);
  }

  /** @param demands of the runs that take part */
  decide(demands: readonly Demand[]): Decision {
    this.#options.senders = Math.max(1, demands.length);
    const { rate, holdUntil, found } = this.#controller;
    return {
      madeAt: this.#at,
      rate,
      holdUntil: Math.max(holdUntil, this.#heldUntil),
      shares: sharesOf(rate, demands),
      ...(found === undefined ? {} : { found }),
    };
  }

  #see({ at, answer }: Moment): void {
    this.#at = Math.max(this.#at + JUST_AFTER, at);
    if (!answer) {
      this.#controller.sent(this.#at);
      return;
    }
    const { result, under, retryAfter } = answer;
    this.#controller.answered({
      at: this.#at,
      sentAt: Math.min(under, this.#at),
      result,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  #noteLag(lag: number): void {
    this.#options.lag = smoothed(this.#options.lag, lag);
  }
}
