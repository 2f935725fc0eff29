/** Where a user may stand in an input more than once: his rows one after the other, in the input's order. */

import type { CommandRow, Outcome } from '../../model.js';
import { succeeded } from '../../row-status.js';
import { unsent } from './unsent-outcomes.js';

/**
 * Holds each row back until the user's row before it has its outcome. Once a row of his has failed, his later ones are
 * not sent: they would be overwritten when the failed row is run again.
 */
export class UserOrder {
  private readonly under = new Map<string, Promise<Outcome>>();
  private readonly failed = new Set<string>();

  /** A row of the user has failed. */
  hasFailed(userId: string): void {
    this.failed.add(userId);
  }

  async inTurn(row: CommandRow, update: () => Promise<Outcome>): Promise<Outcome> {
    const { userId } = row.command;
    const turn = async () => {
      if (this.failed.has(userId)) return earlierRowFailed(row);
      const outcome = await update();
      if (!succeeded(outcome) && outcome.status !== 'unprocessed') this.hasFailed(userId);
      return outcome;
    };
    const before = this.under.get(userId);
    const own = before ? before.then(turn) : turn();
    this.under.set(userId, own);
    try {
      return await own;
    } finally {
      if (this.under.get(userId) === own) this.under.delete(userId);
    }
  }
}

const earlierRowFailed = (row: CommandRow): Outcome => ({
  ...unsent(row, row.command.userId),
  status: 'failed',
  errorCode: 'EarlierRowFailed',
  errorFields: [],
  message:
    'not sent: an earlier row for the same user failed, and running that one again would overwrite this',
});
