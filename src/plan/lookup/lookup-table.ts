/** The results of all lookups by row, small enough for a run to keep them to its end. */
import type { Problem } from '../../model.js';
import { MISSING } from './lookup-requests.js';
import { isInvalid, type LookupResult } from './lookup-result.js';

/** Which user a row's lookupUsername was found to be. */
export interface ResolvedLookup {
  readonly row: number;
  /** Empty if the row means no user that it may change; `MISSING` if it is left out as its user is not there. */
  readonly userId: string;
}

export class LookupTable {
  readonly #rows: Float64Array;
  readonly #userIds: string[];
  /** A bit for each of the flags below. */
  readonly #flags: Uint8Array;
  /** By row number. */
  readonly problems = new Map<number, readonly Problem[]>();
  /** Rows whose users are not in the network. */
  readonly missing: number;

  /** @param results in the rows' order */
  constructor(results: readonly LookupResult[]) {
    this.#rows = Float64Array.from(results, ({ request }) => request.row);
    this.#userIds = results.map(({ userId }) => userId);
    this.#flags = Uint8Array.from(results, flagsOf);
    this.missing = results.filter(({ missing, excluded }) => missing && !excluded).length;
    for (const result of results) {
      if (isInvalid(result) && result.problems) this.problems.set(result.request.row, result.problems);
    }
  }

  /** The row's user, and whether it is left out, and why; undefined for a row without a lookup. */
  of(
    row: number,
  ): { readonly userId: string; readonly excluded: boolean; readonly skipped: boolean } | undefined {
    const at = this.#indexOf(row);
    if (at === -1) return undefined;
    const userId = this.#userIds[at] as string;
    return { userId, excluded: this.#has(at, EXCLUDED), skipped: this.#has(at, SKIPPED) };
  }

  /** The rows that name their user by username, in their order. */
  *lookups(): Generator<ResolvedLookup> {
    for (const [at, row] of this.#rows.entries()) {
      if (!this.#has(at, LOOKED_UP)) continue;
      if (this.#has(at, SKIPPED)) yield { row, userId: MISSING };
      else yield { row, userId: this.#has(at, REFUSED) ? '' : (this.#userIds[at] as string) };
    }
  }

  #has(at: number, flag: number): boolean {
    return ((this.#flags[at] as number) & flag) !== 0;
  }

  #indexOf(row: number): number {
    let [low, high] = [0, this.#rows.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const here = this.#rows[middle] as number;
      if (here === row) return middle;
      if (here < row) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

const [LOOKED_UP, REFUSED, EXCLUDED, SKIPPED] = [1, 2, 4, 8] as const;

const flagsOf = ({ request, refused, excluded, skipped }: LookupResult): number =>
  (request.lookupUsername === undefined ? 0 : LOOKED_UP) +
  (refused ? REFUSED : 0) +
  (excluded ? EXCLUDED : 0) +
  (skipped ? SKIPPED : 0);
