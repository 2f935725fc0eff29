/** Rows that have to wait because an earlier row of their user waits for other users: pure. */
import type { CommandRow } from '../../model.js';

/**
 * A rename can wait for others, or be between its two steps, for as long as the run takes. The later rows of its user are
 * kept here meanwhile: were they sent before it, it would overwrite what they have set.
 */
export class RowsBehind {
  /** By the user of a rename under way, the rows that came after it. */
  readonly #waiting = new Map<string, CommandRow[]>();

  /** Whether the row may be started; if not, it waits until `leave` gives it out. */
  enter(row: CommandRow): boolean {
    const { userId } = row.command;
    const behind = this.#waiting.get(userId);
    if (behind) behind.push(row);
    else if (row.turn) this.#waiting.set(userId, []);
    return behind === undefined;
  }

  /** The user's rename has its outcome. Gives the rows that waited, in their order. */
  leave(userId: string): readonly CommandRow[] {
    const behind = this.#waiting.get(userId) ?? [];
    this.#waiting.delete(userId);
    return behind;
  }
}
