/** Filters rows by the options `where` and `exclude`, before anything else is checked. */

import { folded } from '../../text/username.js';
import type { ColumnName } from '../columns/column-names.js';
import { userIdFault } from '../fields/ids.js';
import type { RowBuilder } from '../fields/row-builder.js';
import type { RowOptions, RowRules } from '../options/row-options.js';
import { conditionColumn } from '../options/where-option.js';

/** The text of a column by its index; blank if the row has none. */
export type CellTexts = (index: number) => string;

/** For rows with the same columns. */
export class RowFilter {
  readonly #options: RowOptions;
  readonly #met: number[];
  readonly #conditionsAt: readonly number[];
  readonly #userIdAt: number;
  readonly #usernameAt: number;

  constructor(
    { rowOptions: options, met }: Pick<RowRules, 'rowOptions' | 'met'>,
    names: readonly string[],
    columns: readonly (ColumnName | undefined)[],
  ) {
    this.#options = options;
    this.#met = met;
    this.#conditionsAt = options.conditions.map((condition) => conditionColumn(condition, names, columns));
    this.#userIdAt = columns.indexOf('userId');
    this.#usernameAt = columns.indexOf('lookupUsername');
  }

  /** Whether the options skip any row. */
  static isNeeded({ conditions, exclusions }: RowOptions): boolean {
    return conditions.length > 0 || exclusions !== undefined;
  }

  /** Whether the row is skipped; the row then says why. */
  skips(row: RowBuilder, texts: CellTexts): boolean {
    const userId = texts(this.#userIdAt);
    row.skipped = this.#reasonFor(userId, texts);
    // A cell that is not sure may mean this or that: the row is refused, not left out.
    if (row.problems.length > 0) row.skipped = undefined;
    if (row.skipped === undefined) return false;
    if (userIdFault(userId) === undefined) row.userId = userId;
    const username = texts(this.#usernameAt);
    if (username !== '') row.lookupUsername = username;
    return true;
  }

  #reasonFor(userId: string, texts: CellTexts): string | undefined {
    const { conditions, exclusions } = this.#options;
    let unmet: string | undefined;
    // Each is asked, also behind one that is not met: one that no row meets is told.
    for (const [index, { holds, reason }] of conditions.entries()) {
      if (holds(texts(this.#conditionsAt[index] as number))) this.#met[index] = (this.#met[index] ?? 0) + 1;
      else unmet ??= reason;
    }
    if (unmet !== undefined) return unmet;
    if (exclusions === undefined) return undefined;
    const isIn = exclusions.userIds.has(userId) || exclusions.usernames.has(folded(texts(this.#usernameAt)));
    return isIn ? `\`exclude\`: the user is in ${exclusions.name}` : undefined;
  }
}
