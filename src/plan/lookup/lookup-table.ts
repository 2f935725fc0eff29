/** What was found of each row that asked for something, in as little as a run can keep of it to its end. */
import type { Problem } from '../../model.js';
import { type Finding, isInvalid } from './lookup-result.js';

/** What became of a row's lookup. */
export interface Looked {
  readonly row: number;
  /** Empty where the row means no user that it may change. */
  readonly userId: string;
}

export class Fates {
  readonly #rows: Float64Array;
  readonly #userIds: string[];
  /** A bit for each of the flags below. */
  readonly #flags: Uint8Array;
  /** By row number. */
  readonly problems = new Map<number, readonly Problem[]>();

  /** @param findings in the rows' order */
  constructor(findings: readonly Finding[]) {
    this.#rows = Float64Array.from(findings, ({ asking }) => asking.row);
    this.#userIds = findings.map(({ userId }) => userId);
    this.#flags = Uint8Array.from(findings, flagsOf);
    for (const finding of findings) {
      if (isInvalid(finding) && finding.problems) this.problems.set(finding.asking.row, finding.problems);
    }
  }

  /** The row's user, and whether he is left out; undefined for a row that asked for nothing. */
  of(row: number): { readonly userId: string; readonly excluded: boolean } | undefined {
    const at = this.#indexOf(row);
    if (at === -1) return undefined;
    return { userId: this.#userIds[at] as string, excluded: this.#has(at, EXCLUDED) };
  }

  *looked(): Generator<Looked> {
    for (const [at, row] of this.#rows.entries()) {
      if (!this.#has(at, LOOKED_UP)) continue;
      yield { row, userId: this.#has(at, REFUSED) ? '' : (this.#userIds[at] as string) };
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

const [LOOKED_UP, REFUSED, EXCLUDED] = [1, 2, 4] as const;

const flagsOf = ({ asking, refused, excluded }: Finding): number =>
  (asking.lookup === undefined ? 0 : LOOKED_UP) + (refused ? REFUSED : 0) + (excluded ? EXCLUDED : 0);
