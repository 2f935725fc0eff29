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

  /** Takes in the outcome of a row, also of one that was not sent or was sent by an earlier process. */
  record({ status, userId }: Pick<Outcome, 'status' | 'userId'>): void {
    // An invalid row says nothing of its user, not even whether it names the right one.
    if (succeeded({ status }) || status === 'unprocessed' || status === 'invalid') return;
    if (userId !== undefined) this.failed.add(userId);
  }

  async inTurn(row: CommandRow, update: () => Promise<Outcome>): Promise<Outcome> {
    const { userId } = row.command;
    const turn = async () => {
      if (this.failed.has(userId)) return earlierRowFailed(row);
      const outcome = await update();
      this.record({ status: outcome.status, userId });
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
