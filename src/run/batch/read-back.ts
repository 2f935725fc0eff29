/** Reads users right before they are changed, and again after it, if the caller wants that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, Member, Outcome, UpdatedRow } from '../../model.js';
import { compare, fieldsNotTaken } from '../../plan/diff/compare.js';
import type { NetworkReads } from '../../plan/lookup/network-reads.js';
import type { Stop } from '../service/stop-switch.js';
import { settled, unprocessed, unread } from './unsent-outcomes.js';

/** ms until a user who does not show the new values is read once more: it is not documented how soon a read sees a write. */
const SECOND_LOOK = 1000;

export interface UpdateChecks {
  /** Epoch ms: the users were read at this time or later. */
  readonly readAt: number;
  /** ms after which a user is read again before the change; undefined: never. */
  readonly maxAge: number | undefined;
  /** Whether a row is sent without the fields that somebody else has changed, instead of not at all. */
  readonly partly: boolean;
  /** The user as the plan knows them: a temporary username that this run gave is nobody else's change. */
  readonly asPlanned: (user: Member) => Member;
  /** Whether the user of the next row is read back. */
  readonly verifies: () => boolean;
}

/** Sends rows, and checks their users before and after. */
export class CheckedUpdates {
  readonly #reads: Pick<NetworkReads, 'user'>;
  readonly #send: (row: CommandRow) => Promise<Outcome>;
  readonly #stop: Stop;
  readonly #checks: UpdateChecks;

  constructor(
    reads: Pick<NetworkReads, 'user'>,
    send: (row: CommandRow) => Promise<Outcome>,
    stop: Stop,
    guarding: UpdateChecks,
  ) {
    this.#reads = reads;
    this.#send = send;
    this.#stop = stop;
    this.#checks = guarding;
  }

  async update(row: CommandRow): Promise<Outcome> {
    const verifies = this.#checks.verifies();
    let outcome: Outcome | undefined;
    try {
      const fresh = this.#isStale(row) ? await this.#lookAgain(row) : row;
      if (!('command' in fresh)) return settled(fresh);
      outcome = noted(await this.#send(fresh), fresh);
      return verifies && outcome.status === 'updated' ? await this.#readBack(fresh, outcome) : outcome;
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      // The service has accepted the change, whether or not the user can be read back.
      if (outcome?.status === 'updated') return { ...outcome, message: unverified };
      return this.#stop.signal.aborted ? unprocessed(row) : unread(row, error);
    }
  }

  #isStale({ before }: CommandRow): boolean {
    const { maxAge, readAt } = this.#checks;
    return before !== undefined && maxAge !== undefined && Date.now() - readAt > maxAge;
  }

  async #lookAgain(row: CommandRow) {
    const user = await this.#reads.user(row.command.userId);
    const compared = compare(row, user && this.#checks.asPlanned(user), this.#checks.partly);
    return 'command' in compared ? { ...row, ...compared } : compared;
  }

  async #readBack(row: CommandRow, outcome: UpdatedRow): Promise<Outcome> {
    let differing = await this.#differing(row);
    if (differing.length > 0) {
      await sleep(SECOND_LOOK, undefined, { signal: this.#stop.signal }).catch(() => {});
      differing = await this.#differing(row);
    }
    if (differing.length === 0) return outcome;
    return {
      ...outcome,
      status: 'mismatch',
      errorCode: 'Mismatch',
      errorFields: differing,
      message,
    };
  }

  async #differing({ command }: CommandRow): Promise<string[]> {
    return fieldsNotTaken(command.details, await this.#reads.user(command.userId));
  }
}

const message =
  'the service accepted the change, but, read back, the user shows another value than the one sent';
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
