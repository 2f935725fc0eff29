/**
 * The rate of a run that shares one: it exchanges words with the others ten times a second, and decides for all if it is
 * its turn. If nobody can be reached it goes on by itself, at the part that it had, and joins again as soon as it can.
 */
import type { Pace } from '../limiter.js';
import { type Answer, LONGEST_WAIT, RateController, type RateOptions } from '../rate/rate-controller.js';
import { BudgetController } from './budget-controller.js';
import type { Incoming, Mailbox, Outgoing } from './mailbox.js';
import { Member } from './member.js';
import type { Decision } from './report.js';
import { SharedClock } from './shared-clock.js';

/** ms from one exchange to the next; what a part of the rate gives in that time is the lease. */
const EVERY = 100;
/** ms to an exchange that cannot wait: of a throttle the others have to hear. */
const SOON = 10;
/** ms without an exchange after which a run goes on by itself. */
const LOST = 1500;
/** ms for which what was found counts as known; after that it is a place to start from. */
const FRESH = 60_000;
/** Requests/s before anything is heard. */
const LEAST = 1;
/** A decision that changes the rate by this share does not wait. */
const MUCH = 0.1;

export interface SharedPaceOptions {
  readonly id: string;
  readonly mailbox: Mailbox;
  readonly rate: RateOptions;
  /** Told when the run goes on by itself, with the reason, and when it has joined again. */
  readonly onAlone: (reason: Error | undefined) => void;
}

export class SharedPace implements Pace {
  readonly #options: SharedPaceOptions;
  /** What holds of this run's own part; the controller that decides alone reads it whenever it sets a rate. */
  readonly #own: { -readonly [Name in keyof RateOptions]: RateOptions[Name] };
  readonly #clock = new SharedClock();
  #member: Member;
  #term: { readonly number: number; readonly controller: BudgetController } | undefined;
  #decided: Outgoing['decided'];
  #last: Decision | undefined;
  #alone: RateController | undefined;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #exchanging: Promise<void> | undefined;
  #isClosed = false;
  /** Something has to be heard by the others before the next exchange is due. */
  #isUrgent = false;
  #onChange: () => void = () => {};

  private constructor(options: SharedPaceOptions) {
    this.#options = options;
    this.#own = { ...options.rate };
    this.#member = this.#newMember(LEAST);
  }

  /** @throws what the mailbox says of why it cannot be used */
  static async join(options: SharedPaceOptions): Promise<SharedPace> {
    const pace = new SharedPace(options);
    try {
      const first = await pace.#exchange(pace.#bounded(Number.POSITIVE_INFINITY));
      // Now it is known what time it is for all.
      pace.#member = pace.#newMember(LEAST);
      pace.#take(first);
      // Whoever decides has decided by now, and is heard of with the next one.
      pace.#take(await pace.#exchange(pace.#bounded(Number.POSITIVE_INFINITY)));
    } catch (cause) {
      throw options.mailbox.errorOf(cause);
    }
    pace.#schedule(EVERY);
    return pace;
  }

  get rate(): number {
    return this.#bounded(this.#alone?.rate ?? this.#member.share);
  }

  get holdUntil(): number {
    const told = this.#clock.own(this.#member.holdUntil);
    return Math.max(told, this.#alone?.holdUntil ?? told);
  }

  get found(): number | undefined {
    return this.#last?.found;
  }

  /** How many take part, this run included; 0 while it goes on by itself. */
  get runs(): number {
    if (this.#alone) return 0;
    const ids = Object.keys(this.#last?.shares ?? {});
    return ids.includes(this.#options.id) ? ids.length : ids.length + 1;
  }

  sent(at: number, isAgain = false): void {
    this.#alone?.sent(at, isAgain);
    const wasIdle = this.#member.isIdle;
    this.#member.sent(this.#clock.shared(at), isAgain);
    if (wasIdle) this.#hurry();
  }

  answered(answer: Answer): void {
    this.#alone?.answered(answer);
    const [at, sentAt] = [this.#clock.shared(answer.at), this.#clock.shared(answer.sentAt)];
    this.#member.answered({ ...answer, at, sentAt });
    if (answer.result !== 'throttled') return;
    this.#hurry();
  }

  cap(most: number): void {
    this.#own.max = most;
    this.#alone?.cap();
  }

  /** Calls the listener whenever the rate or a hold may have changed. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#exchanging;
    await this.#options.mailbox.close();
  }

  #hurry(): void {
    this.#isUrgent = true;
    this.#schedule(SOON);
  }

  /** Has an exchange begin in so many ms, or sooner. */
  #schedule(ms: number): void {
    const due = performance.now() + ms;
    if (this.#isClosed || due >= this.#dueAt) return;
    this.#dueAt = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // What a caller's hook throws ends no exchange.
      this.#exchanging ??= this.#turn()
        .catch(() => {})
        .finally(() => {
          this.#exchanging = undefined;
          this.#dueAt = Number.POSITIVE_INFINITY;
          this.#schedule(this.#isUrgent ? SOON : EVERY);
        });
    }, ms).unref();
  }

  async #turn(): Promise<void> {
    try {
      const incoming = await this.#exchange(this.#bounded(this.#member.demand(this.#now())));
      if (this.#alone) this.#rejoin();
      this.#take(incoming);
    } catch (cause) {
      if (performance.now() - this.#heardAt > LOST) this.#goAlone(cause);
    }
    this.#onChange();
  }

  async #exchange(demand: number): Promise<Incoming> {
    const from = performance.now();
    const held = this.holdUntil;
    const decided = this.#decided;
    this.#decided = undefined;
    this.#isUrgent = false;
    const member = this.#member;
    const report = member.report();
    const incoming = await this.#options.mailbox
      .exchange({ demand, report, ...(decided && { decided }) })
      .catch((cause: unknown) => {
        // A run that goes on by itself has nothing to tell the others.
        if (!this.#alone) member.takeBack(report);
        throw cause;
      });
    const to = performance.now();
    this.#heardAt = to;
    // Times on another clock say nothing: what was seen by the old one is left behind.
    if (this.#clock.note(incoming.now, from, to)) {
      this.#member = this.#newMember(this.#member.share, held);
      this.#term = undefined;
    }
    return incoming;
  }

  #take(incoming: Incoming): void {
    const decision = incoming.term === undefined ? incoming.decision : this.#decide(incoming, incoming.term);
    if (incoming.term === undefined) this.#term = undefined;
    if (!decision) return;
    this.#last = decision;
    this.#member.take(decision, this.#now());
  }

  #decide({ now, decision: before = this.#last, demands, reports }: Incoming, number: number): Decision {
    if (this.#term?.number !== number) {
      const { max: _, fixed: __, ...rate } = this.#options.rate;
      this.#term = {
        number,
        controller: new BudgetController({ ...rate, ...startFrom(before, now) }, now, heldBy(before, now)),
      };
    }
    const { controller } = this.#term;
    controller.take(reports);
    const decision = controller.decide(demands);
    this.#decided = { term: number, decision };
    const isOther = !before || Math.abs(decision.rate - before.rate) > MUCH * before.rate;
    this.#isUrgent ||= isOther || decision.holdUntil > (before?.holdUntil ?? 0);
    return decision;
  }

  #goAlone(cause: unknown): void {
    if (this.#alone) return;
    const { mailbox, onAlone } = this.#options;
    this.#term = undefined;
    this.#own.known = this.#member.share;
    this.#alone = new RateController(this.#own, performance.now());
    onAlone(mailbox.errorOf(cause));
  }

  #rejoin(): void {
    this.#member = this.#newMember(this.rate, this.holdUntil);
    this.#alone = undefined;
    this.#options.onAlone(undefined);
  }

  /** @param held ms on this run's own clock; until then nothing may be sent */
  #newMember(share: number, held = Number.NEGATIVE_INFINITY): Member {
    const { id, rate } = this.#options;
    const longest = Math.min(LONGEST_WAIT, rate.longestWait ?? LONGEST_WAIT);
    return new Member(id, share, this.#now(), longest, this.#clock.shared(held));
  }

  /** A bound of this run's own holds for its part, and not for the others. */
  #bounded(rate: number): number {
    const { fixed = Number.POSITIVE_INFINITY, max = Number.POSITIVE_INFINITY } = this.#own;
    return Math.min(rate, fixed, max);
  }

  #now(): number {
    return this.#clock.shared(performance.now());
  }
}

/** Until when a new term holds because of what was decided before, unless that was by another clock. */
const heldBy = (before: Decision | undefined, now: number): number | undefined =>
  before && before.madeAt <= now ? Math.min(before.holdUntil, now + LONGEST_WAIT) : undefined;

/** What a new term begins with. */
function startFrom(before: Decision | undefined, now: number): Pick<RateOptions, 'known' | 'start'> {
  if (!before) return {};
  const { found, rate, madeAt } = before;
  if (now - madeAt < FRESH) return { known: found ?? rate };
  return found === undefined ? {} : { start: found };
}
