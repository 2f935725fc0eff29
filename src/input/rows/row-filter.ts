/** Which rows are left out before anything else is looked at: by `--where` and `--exclude`. */

import { folded } from '../../text/username.js';
import type { ColumnName } from '../columns/column-names.js';
import { userIdFault } from '../fields/ids.js';
import type { Draft } from '../fields/row-draft.js';
import type { Asked } from '../options/row-options.js';
import { columnAsked } from '../options/where-option.js';

/** The text of a column by its index; blank where the row has none. */
export type Texts = (index: number) => string;

/** For rows with these columns. */
export class Sieve {
  readonly #asked: Asked;
  readonly #conditionsAt: readonly number[];
  readonly #userIdAt: number;
  readonly #usernameAt: number;

  constructor(asked: Asked, names: readonly string[], columns: readonly (ColumnName | undefined)[]) {
    this.#asked = asked;
    this.#conditionsAt = asked.conditions.map((condition) => columnAsked(condition, names, columns));
    this.#userIdAt = columns.indexOf('userId');
    this.#usernameAt = columns.indexOf('lookupUsername');
  }

  /** Whether anything can be left out. */
  static isNeeded({ conditions, exclusions }: Asked): boolean {
    return conditions.length > 0 || exclusions !== undefined;
  }

  /** Whether the row is left out; the draft then says why. */
  leaveOut(draft: Draft, texts: Texts): boolean {
    const userId = texts(this.#userIdAt);
    draft.skipped = this.#reasonFor(userId, texts);
    if (draft.skipped === undefined) return false;
    if (userIdFault(userId) === undefined) draft.userId = userId;
    return true;
  }

  #reasonFor(userId: string, texts: Texts): string | undefined {
    const { conditions, exclusions } = this.#asked;
    for (const [index, { holds, reason }] of conditions.entries()) {
      if (!holds(texts(this.#conditionsAt[index] as number))) return reason;
    }
    if (exclusions === undefined) return undefined;
    const isIn = exclusions.userIds.has(userId) || exclusions.usernames.has(folded(texts(this.#usernameAt)));
    return isIn ? `--exclude: the user is in ${exclusions.name}` : undefined;
  }
}
