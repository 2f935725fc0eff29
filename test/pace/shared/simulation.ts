/** Several runs that share a rate, in simulated time: their members, the mailbox between them, and the one that decides. */
import type { RateOptions } from '../../../src/pace/rate/rate-controller.js';
import { BudgetController } from '../../../src/pace/shared/budget-controller.js';
import { Member } from '../../../src/pace/shared/member.js';
import type { Decision, Report } from '../../../src/pace/shared/report.js';
import type { Pace } from '../rate/simulation.js';

/** ms from one exchange to the next, and for an exchange that cannot wait. */
export interface Exchanging {
  readonly every: number;
  readonly soon: number;
}

class SharedPace implements Pace {
  readonly member: Member;
  next: number;
  readonly replans = true;
  readonly #hub: Hub;

  constructor(id: string, hub: Hub, next: number) {
    this.member = new Member(id, 1, 0, 60_000);
    this.next = next;
    this.#hub = hub;
  }

  get rate() {
    return this.member.share;
  }
  get holdUntil() {
    return this.member.holdUntil;
  }
  get found() {
    return this.member.decision?.found;
  }
  sent(at: number) {
    this.#hub.advance(at);
    this.member.sent(at);
  }
  answered(answer: Parameters<Pace['answered']>[0]) {
    this.#hub.advance(answer.at);
    this.member.answered(answer);
    if (answer.result === 'throttled') this.next = Math.min(this.next, answer.at + this.#hub.times.soon);
  }
}

export class Hub {
  readonly paces: SharedPace[];
  readonly controller: BudgetController;
  readonly times: Exchanging;
  #mail: Report[] = [];
  #decision: Decision | undefined;
  readonly #demands = new Map<string, number>();

  constructor(clients: number, options: RateOptions, times: Exchanging) {
    this.times = times;
    this.controller = new BudgetController(options, 0);
    this.paces = Array.from(
      { length: clients },
      (_, i) => new SharedPace(String(i), this, (i * times.every) / clients),
    );
    this.advance(times.every);
  }

  advance(at: number): void {
    for (;;) {
      const [due] = this.paces.toSorted((a, b) => a.next - b.next);
      if (!due || due.next > at) return;
      this.#exchange(due, due.next);
    }
  }

  #exchange(pace: SharedPace, at: number): void {
    pace.next = at + this.times.every;
    const { member } = pace;
    const id = String(this.paces.indexOf(pace));
    const report = member.report();
    this.#mail.push(report);
    this.#demands.set(id, member.demand(at));
    if (id === '0') {
      this.controller.take(this.#mail.splice(0));
      this.#decision = this.controller.decide([...this.#demands].map(([of, rate]) => ({ id: of, rate })));
    } else if (report.answers.some(({ result }) => result === 'throttled')) {
      const [leader] = this.paces;
      if (leader) leader.next = Math.min(leader.next, at + this.times.soon);
    }
    if (this.#decision) member.take(this.#decision, at);
  }
}
