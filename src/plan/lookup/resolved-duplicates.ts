/** Users who stand in an input twice, once it is known who is meant: by two names, or by a name and by ID. */
import type { Place } from '../../model.js';
import type { Finding } from './lookup-result.js';

/** Knows on which lines the users stand whom the network was asked for. Rows with other users cost nothing. */
export class UserLines {
  readonly #first = new Map<string, number>();
  readonly #second = new Map<string, number>();

  constructor(findings: readonly Finding[]) {
    for (const { asking, userId, excluded, refused } of findings) {
      if (userId !== '' && !excluded && !refused) this.#see(userId, asking.line);
    }
  }

  get size(): number {
    return this.#first.size;
  }

  /** A row that was not asked about stands on this line. */
  meet(userId: string, { line }: Place): void {
    if (this.#first.has(userId)) this.#see(userId, line);
  }

  /** What is wrong with the user's row, as the end of a sentence about its user; undefined where it is the only one. */
  fault(userId: string, { line }: Pick<Place, 'line'>): string | undefined {
    const second = this.#second.get(userId);
    if (second === undefined) return undefined;
    const first = this.#first.get(userId) as number;
    return `is the same user as on line ${first === line ? second : first}`;
  }

  #see(userId: string, line: number): void {
    if (!this.#first.has(userId)) this.#first.set(userId, line);
    else if (!this.#second.has(userId)) this.#second.set(userId, line);
  }
}
