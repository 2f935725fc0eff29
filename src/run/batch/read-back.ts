/** Sends rows under guard, and reads their users again after it, if the caller wants that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, Outcome, UpdatedRow } from '../../model.js';
import { fieldsNotTaken } from '../../plan/diff/compare.js';
import type { Sight } from '../service/paced-reads.js';
import type { Stop } from '../service/stop-switch.js';
import { type GuardRules, UserGuard } from '../service/user-guard.js';

/**
 * ms until a user who does not show the new values is read once more, each time: it is not documented how soon a read
 * sees a write. Together they bound how long a row waits for that.
 */
export const READ_BACK_PAUSES: readonly number[] = [250, 500, 1000, 2000, 4000];

export interface UpdateChecks {
  readonly guard: GuardRules;
  /** Whether the user of the next row is read back. */
  readonly verifies: () => boolean;
  /** ms between the reads of a user who does not show the new values. Default: `READ_BACK_PAUSES`. */
  readonly pauses?: readonly number[];
}

/** What checked updates are made with. */
export interface UpdateMeans {
  /** Reads a user for a request that has its slot, and apart from one. */
  readonly look: (row: CommandRow) => Promise<Sight>;
  readonly readBack: (row: CommandRow) => Promise<Sight['user']>;
  readonly send: (guard: UserGuard) => Promise<Outcome>;
  readonly stop: Stop;
}

/** Sends rows, and checks their users before and after. */
export class CheckedUpdates {
  readonly #means: UpdateMeans;
  readonly #checks: UpdateChecks;

  constructor(means: UpdateMeans, checks: UpdateChecks) {
    this.#means = means;
    this.#checks = checks;
  }

  async update(row: CommandRow): Promise<Outcome> {
    const { look, send } = this.#means;
    const verifies = this.#checks.verifies();
    const guard = new UserGuard(row, this.#checks.guard, look);
    const outcome = noted(await send(guard), guard.row);
    if (!verifies || outcome.status !== 'updated') return outcome;
    try {
      return await this.#readBack(guard.row, outcome);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      // The service has accepted the change, whether or not the user can be read back.
      return { ...outcome, message: unverified };
    }
  }

  async #readBack(row: CommandRow, outcome: UpdatedRow): Promise<Outcome> {
    let user = await this.#means.readBack(row);
    for (const pause of this.#checks.pauses ?? READ_BACK_PAUSES) {
      if (fieldsNotTaken(row.command.details, user).length === 0) return outcome;
      const hasWaited = await sleep(pause, true, { signal: this.#means.stop.signal }).catch(() => false);
      if (!hasWaited) return { ...outcome, message: unverified };
      user = await this.#means.readBack(row);
    }
    const differing = fieldsNotTaken(row.command.details, user);
    if (differing.length === 0) return outcome;
    const isOld = user !== undefined && row.before !== undefined && isAsBefore(row, user, differing);
    return {
      ...outcome,
      status: 'mismatch',
      errorCode: 'Mismatch',
      errorFields: differing,
      message: isOld ? notVisible : otherValue,
    };
  }
}

/** Whether the fields have the values from before the change, as they have until a read shows it. */
const isAsBefore = ({ before }: CommandRow, user: Sight['user'], fields: readonly string[]): boolean =>
  fieldsNotTaken(
    Object.fromEntries(Object.entries(before ?? {}).filter(([field]) => fields.includes(field))),
    user,
  ).length === 0;

const otherValue =
  'the service accepted the change, but, read back, the user shows another value than the one sent';
const notVisible =
  'the service accepted the change, but it is not visible yet: read back again and again, the user shows the value from before';
const unverified = 'updated; the user could not be read back';

/** The outcome, with a note of the fields of its row that were not sent. */
function noted(outcome: Outcome, { conflicts, notRestorable }: CommandRow): Outcome {
  if (outcome.status !== 'updated') return outcome;
  if (conflicts !== undefined) {
    const left =
      'somebody else has changed these fields since: they were left as they are, and the others were set';
    return {
      ...outcome,
      status: 'conflict',
      errorCode: 'Conflict',
      errorFields: conflicts,
      message: left,
    };
  }
  return notRestorable === undefined
    ? outcome
    : { ...outcome, message: `cannot be put back: ${notRestorable.join(', ')}` };
}
