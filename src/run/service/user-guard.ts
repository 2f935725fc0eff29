/** What must hold of a row's user for the row to be sent. */
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, ReadyRow } from '../../model.js';
import { compare } from '../../plan/diff/compare.js';
import type { Precondition, Verdict } from './api-request.js';
import type { Sight } from './paced-reads.js';

/** A row that is not sent, and why. */
export type WithheldRow = Exclude<ReadyRow, CommandRow> | WickrBulkError;

/** How a guard judges. */
export interface GuardRules {
  /** ms, monotonic: what the rows expect of their users was read at this time or later. */
  readonly readAt: number;
  /** ms after which that is too old, so that the user is read again; undefined: never. */
  readonly maxAge: number | undefined;
  /** Whether a row is sent without the fields that somebody else has changed, instead of not at all. */
  readonly partly: boolean;
}

/** Knows what is expected of a row's user and since when. The row that is sent is the guard's, not the one it was made of. */
export class UserGuard implements Precondition {
  /** The row with the fields that are to be sent, as of the last look. */
  row: CommandRow;
  /** Why the row is not sent any more, once that is so. */
  withheld: WithheldRow | undefined;
  readonly #original: CommandRow;
  readonly #rules: GuardRules;
  readonly #read: (row: CommandRow) => Promise<Sight>;
  #seenAt: number;

  constructor(row: CommandRow, rules: GuardRules, read: (row: CommandRow) => Promise<Sight>) {
    this.row = row;
    this.#original = row;
    this.#rules = rules;
    this.#read = read;
    this.#seenAt = rules.readAt;
  }

  isFresh(): boolean {
    const { maxAge } = this.#rules;
    if (this.#original.before === undefined || maxAge === undefined) return true;
    return performance.now() - this.#seenAt <= maxAge;
  }

  async look(): Promise<Verdict> {
    let sight: Sight;
    try {
      sight = await this.#read(this.#original);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      this.withheld = error;
      return 'withhold';
    }
    this.#seenAt = sight.at;
    const compared = compare(this.#original, sight.user, this.#rules);
    if (!('command' in compared)) {
      this.withheld = compared;
      return 'withhold';
    }
    const conflicts = [...(this.#original.conflicts ?? []), ...(compared.conflicts ?? [])];
    this.row = { ...this.#original, ...compared, ...(conflicts.length > 0 && { conflicts }) };
    return 'holds';
  }
}
