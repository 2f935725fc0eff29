/** For inputs with several rows for one user: those rows are sent one after the other, in the input's order. */
import type { CommandRow, Outcome } from '../../model.js';
import { succeeded } from '../../row-status.js';
import { unsent } from './unsent-outcomes.js';

/**
 * Holds each row back until the row before it for the same user has its outcome. Once a row for a user has failed, the
 * later ones are not sent: they would be overwritten when the failed row is run again.
 */
export class UserOrder {
  private readonly latest = new Map<string, Promise<Outcome>>();
  private readonly failed = new Set<string>();

  /** Records that a row for the user has failed. */
  markFailed(userId: string): void {
    this.failed.add(userId);
  }

  async inTurn(row: CommandRow, update: () => Promise<Outcome>): Promise<Outcome> {
    const { userId } = row.command;
    const turn = async () => {
      if (this.failed.has(userId)) return earlierRowFailed(row);
      const outcome = await update();
      if (!succeeded(outcome) && outcome.status !== 'unprocessed') this.markFailed(userId);
      return outcome;
    };
    const before = this.latest.get(userId);
    const own = before ? before.then(turn) : turn();
    this.latest.set(userId, own);
    try {
      return await own;
    } finally {
      if (this.latest.get(userId) === own) this.latest.delete(userId);
    }
  }
}

const earlierRowFailed = (row: CommandRow): Outcome => ({
  ...unsent(row, row.command.userId),
  status: 'failed',
  errorCode: 'EarlierRowFailed',
  errorFields: [],
  message: 'not sent: an earlier row for the same user failed, and running it again would overwrite this one',
});
