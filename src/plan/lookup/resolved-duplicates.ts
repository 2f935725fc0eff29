/** Users that an input has twice, once it is known who is meant: by two names, or by a name and by ID. */
import type { Place } from '../../model.js';
import type { LookupResult } from './lookup-result.js';

/** Knows the lines of the users that were looked up. Rows of other users take no memory. */
export class ResolvedDuplicates {
  readonly #first = new Map<string, number>();
  readonly #second = new Map<string, number>();

  constructor(results: readonly LookupResult[]) {
    for (const { request, userId, excluded, refused } of results) {
      if (userId !== '' && !excluded && !refused) this.#add(userId, request.line);
    }
  }

  /** How many users were looked up. */
  get size(): number {
    return this.#first.size;
  }

  /** Takes in a row without a lookup. */
  addRow(userId: string, { line }: Place): void {
    if (this.#first.has(userId)) this.#add(userId, line);
  }

  /** What is wrong with the user's row, as the end of a sentence about its user; undefined if it is the only one. */
  fault(userId: string, { line }: Pick<Place, 'line'>): string | undefined {
    const second = this.#second.get(userId);
    if (second === undefined) return undefined;
    const first = this.#first.get(userId) as number;
    return `is the same user as on line ${first === line ? second : first}`;
  }

  #add(userId: string, line: number): void {
    if (!this.#first.has(userId)) this.#first.set(userId, line);
    else if (!this.#second.has(userId)) this.#second.set(userId, line);
  }
}
