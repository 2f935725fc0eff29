/** Members that the service does not tell. */

import { EmulatorOptionError } from '../network/option-error.js';
import { Random } from '../network/seeded-random.js';
import type { Answer } from './answers.js';
import type { Operation } from './route.js';

/** Leaves a member out of answers. */
export interface HiddenField {
  /**
   * Such as `username`, `securityGroupIds` (also as `securityGroups` of a listed user), `suspended`, `status`, or
   * `activeMembers` and `total` of the counts.
   */
  readonly field: string;
  /** Default: every operation that reads. */
  readonly operation?: Exclude<Operation, 'UpdateUser'>;
  /** Default: all users. */
  readonly userId?: string;
  /** Hides the member of this share of the users or groups, chosen by the seed and the ID. Default 1. */
  readonly share?: number;
}

type Item = Record<string, unknown>;

export class HiddenFields {
  readonly #seed: number;
  readonly #rules: readonly HiddenField[];

  constructor(seed: number, rules: readonly HiddenField[]) {
    for (const { field, share = 1 } of rules) {
      if (field !== '' && share > 0 && share <= 1) continue;
      const must = 'It must have a field, and a share above 0 and at most 1 if any.';
      throw new EmulatorOptionError('the hidden field cannot be used', must);
    }
    this.#seed = seed;
    this.#rules = rules;
  }

  /** The answer without the members that are hidden. */
  remove(operation: Operation, answer: Answer): Answer {
    const rules = this.#rules.filter((rule) => rule.operation === undefined || rule.operation === operation);
    if (rules.length === 0 || answer.status !== 200 || operation === 'UpdateUser') return answer;
    const body = JSON.parse(answer.body) as Item;
    for (const item of itemsOf(body)) for (const rule of rules) this.#hide(rule, item);
    return { ...answer, body: JSON.stringify(body) };
  }

  #hide({ field, userId, share = 1 }: HiddenField, item: Item): void {
    if (userId !== undefined && item.userId !== userId) return;
    const id = String(item.userId ?? item.id ?? '');
    if (new Random(this.#seed, `hidden ${field} ${id}`).share() >= share) return;
    delete item[field];
    if (field === 'securityGroupIds') delete item.securityGroups;
  }
}

/** The users or groups of a list; an answer that is no list is its own only item. */
function itemsOf(body: Item): readonly Item[] {
  const list = body.users ?? body.securityGroups;
  return Array.isArray(list) ? (list as Item[]) : [body];
}
