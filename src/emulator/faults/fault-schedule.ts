/** Decides which requests meet which fault. `due` changes nothing; `count` does, once a request has got through. */

import { Random } from '../network/seeded-random.js';
import { checkRule, type FaultKind, type FaultRule, faultKinds, kindsOf } from './fault-rule.js';

/** A fault that a request meets. */
export interface Fault {
  readonly kind: FaultKind;
  readonly rule: FaultRule;
  /** Whether an update takes effect. */
  readonly applied: boolean;
  /** How many faults the rule had before this one. */
  readonly turn: number;
}

/** What a rule matches. */
export interface FaultTarget {
  readonly operation: string;
  readonly userId?: string;
}

/** A rule, how many requests it has counted, and how many of them met its fault. */
interface RuleState {
  readonly rule: FaultRule;
  readonly kinds: readonly FaultKind[];
  readonly place: number;
  seen: number;
  taken: number;
}

export class FaultSchedule {
  readonly #seed: number;
  #watches: RuleState[] = [];
  /** Users whose next update is refused, and the rule that wants it. */
  readonly #refuseNext = new Map<string, FaultRule>();

  constructor(seed: number, rules: readonly FaultRule[]) {
    this.#seed = seed;
    this.replace(rules);
  }

  /** Replaces the rules; the new ones count from 0. */
  replace(rules: readonly FaultRule[]): void {
    for (const rule of rules) checkRule(rule);
    this.#refuseNext.clear();
    this.#watches = rules.map((rule, place) => ({
      rule: { ...rule },
      kinds: kindsOf(rule),
      place,
      seen: 0,
      taken: 0,
    }));
  }

  /** The fault that the request will meet if it gets through. */
  due(target: FaultTarget): Fault | undefined {
    const refusing = this.#refusing(target);
    if (refusing) return { kind: 'refused', rule: refusing, applied: false, turn: 0 };
    const watch = this.#watches.find((each) => concerns(each.rule, target) && this.#isDue(each));
    if (!watch) return undefined;
    const { rule, kinds, taken } = watch;
    const kind = kinds[taken % kinds.length] as FaultKind;
    const applies = faultKinds[kind];
    return {
      kind,
      rule,
      turn: taken,
      applied: applies === 'choice' ? rule.applied === true : applies === 'yes',
    };
  }

  /** The request got through and met this fault, or none. */
  count(target: FaultTarget, fault: Fault | undefined): void {
    if (this.#refusing(target)) {
      this.#refuseNext.delete(target.userId ?? '');
      return;
    }
    if (fault?.kind === 'reset-then-refused') this.#refuseNext.set(target.userId ?? '', fault.rule);
    for (const watch of this.#watches) {
      if (concerns(watch.rule, target)) watch.seen += 1;
      if (watch.rule === fault?.rule) watch.taken += 1;
    }
  }

  #refusing({ operation, userId = '' }: FaultTarget): FaultRule | undefined {
    return operation === 'UpdateUser' ? this.#refuseNext.get(userId) : undefined;
  }

  #isDue({ rule, place, seen, taken }: RuleState): boolean {
    const number = seen + 1 - (rule.after ?? 0);
    if (number < 1 || taken >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
    if (rule.share === undefined) return number % (rule.every ?? 1) === 0;
    return new Random(this.#seed, `fault ${place} ${number}`).share() < rule.share;
  }
}

function concerns({ operation = 'UpdateUser', userId }: FaultRule, target: FaultTarget): boolean {
  return (
    (operation === 'any' || operation === target.operation) &&
    (userId === undefined || userId === target.userId)
  );
}
