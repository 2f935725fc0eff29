/** What must hold of a row's user for the row to be sent. */
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, OwnChange, ReadyRow } from '../../model.js';
import { compare } from '../../plan/diff/compare.js';
import { asSet, VISIBLE_WITHIN } from '../../plan/diff/own-change.js';
import type { Precondition, Verdict } from './api-request.js';
import type { Sight } from './paced-reads.js';

/** A row that is not sent, and why. */
export type WithheldRow = Exclude<ReadyRow, CommandRow> | WickrBulkError;

/** How a guard judges. */
export interface GuardRules {
  /** ms, monotonic: what the rows expect of their users was read at this time or later. */
  readonly readAt: number;
  /** The same in epoch ms. */
  readonly readOn: number;
  /** ms after which that is too old, so that the user is read again; undefined: never. */
  readonly maxAge: number | undefined;
  /** Whether a row is sent without the fields that somebody else has changed, instead of not at all. */
  readonly partly: boolean;
}

/** ms until a user is read again who does not show yet what this program has set; the last one again and again. */
const PAUSES: readonly number[] = [250, 500, 1000, 2000, 4000];

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
  /** Whether nobody has seen the user yet as this program has left them. */
  #isUnseen: boolean;
  /** ms, monotonic, from which on what is read counts, though it is not what this program has set. */
  readonly #countsFrom: number;
  #waits = 0;

  constructor(row: CommandRow, rules: GuardRules, read: (row: CommandRow) => Promise<Sight>) {
    this.row = row;
    this.#original = row;
    this.#rules = rules;
    this.#read = read;
    this.#seenAt = rules.readAt;
    this.#isUnseen = row.unseen === true;
    this.#countsFrom = row.own ? countingFrom(row.own, rules) : 0;
  }

  isFresh(): boolean {
    if (this.#isUnseen) return false;
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
    const { user, isOld } = this.#seen(sight);
    if (isOld) return { wait: this.#pause() };
    this.#isUnseen = false;
    this.#seenAt = sight.at;
    const compared = compare(this.#original, user, { partly: this.#rules.partly || this.#isHalfway(user) });
    // What the user has may be this run's own, from before it was resumed: only an answer makes that sure.
    if ('unchanged' in compared && this.#original.inDoubt) {
      this.row = this.#original;
      return 'holds';
    }
    if (!('command' in compared)) {
      this.withheld = compared;
      return 'withhold';
    }
    const conflicts = [...(this.#original.conflicts ?? []), ...(compared.conflicts ?? [])];
    this.row = { ...this.#original, ...compared, ...(conflicts.length > 0 && { conflicts }) };
    return 'holds';
  }

  #seen({ user, at }: Sight): { readonly user: Sight['user']; readonly isOld: boolean } {
    const { own, before: set } = this.#original;
    if (!user || !own || !set) return { user, isOld: false };
    return asSet(user, { ...own, set }, at < this.#countsFrom);
  }

  /** Whether the user has the temporary username: nothing that others change keeps them from getting a lasting one. */
  #isHalfway(user: Sight['user']): boolean {
    const { turn, before } = this.#original;
    return turn?.via !== undefined && before?.username === turn.via && user?.username === turn.via;
  }

  /** ms until the user is to be read again. */
  #pause(): number {
    const pause = PAUSES[Math.min(this.#waits, PAUSES.length - 1)] ?? 0;
    this.#waits += 1;
    // The last read is one that counts.
    return Math.min(pause, Math.max(0, this.#countsFrom - performance.now()) + 1);
  }
}

/** From when on a read is no older than the change. Of one from before the run, a clock that is set meanwhile moves nothing. */
function countingFrom({ at }: OwnChange, { readAt, readOn }: GuardRules): number {
  const visibleAt = at <= readOn ? readAt - (readOn - at) : performance.now() - Math.max(0, Date.now() - at);
  return visibleAt + VISIBLE_WITHIN;
}
