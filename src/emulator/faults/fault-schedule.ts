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

  constructor(seed: number, rules: readonly FaultRule[]) {
    this.#seed = seed;
    this.replace(rules);
  }

  /** Replaces the rules; the new ones count from 0. */
  replace(rules: readonly FaultRule[]): void {
    for (const rule of rules) checkRule(rule);
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
    for (const watch of this.#watches) {
      if (concerns(watch.rule, target)) watch.seen += 1;
      if (watch.rule === fault?.rule) watch.taken += 1;
    }
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
