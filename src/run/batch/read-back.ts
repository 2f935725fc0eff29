/** A look at a user right before he is changed, and one after it, where the caller wants them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, Outcome, UpdatedRow } from '../../model.js';
import { compare, fieldsNotTaken } from '../../plan/diff/compare.js';
import type { NetworkReads } from '../../plan/lookup/network-reads.js';
import type { Stop } from '../service/stop-switch.js';
import { settled, unprocessed, unread } from './unsent-outcomes.js';

/** ms before a user who does not show his new values is read once more: nobody says when a read has to know of a write. */
const SECOND_LOOK = 1000;

export interface Guarding {
  /** Epoch ms: what is known of the users is no older. */
  readonly readAt: number;
  /** ms after which a user is read again before he is changed; undefined: he is not. */
  readonly maxAge: number | undefined;
  /** Whether what somebody else has changed of a user does not keep the rest from being sent. */
  readonly partly: boolean;
  /** Whether the user of the next row is read back. */
  readonly verifies: () => boolean;
}

/** Sends rows with a look at their users. */
export class Guard {
  readonly #reads: Pick<NetworkReads, 'user'>;
  readonly #send: (row: CommandRow) => Promise<Outcome>;
  readonly #stop: Stop;
  readonly #guarding: Guarding;

  constructor(
    reads: Pick<NetworkReads, 'user'>,
    send: (row: CommandRow) => Promise<Outcome>,
    stop: Stop,
    guarding: Guarding,
  ) {
    this.#reads = reads;
    this.#send = send;
    this.#stop = stop;
    this.#guarding = guarding;
  }

  async update(row: CommandRow): Promise<Outcome> {
    const verifies = this.#guarding.verifies();
    let outcome: Outcome | undefined;
    try {
      const fresh = this.#isStale(row) ? await this.#lookAgain(row) : row;
      if (!('command' in fresh)) return settled(fresh);
      outcome = noted(await this.#send(fresh), fresh);
      return verifies && outcome.status === 'updated' ? await this.#readBack(fresh, outcome) : outcome;
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      // It was sent, and the service said yes: that nobody could look takes nothing back.
      if (outcome?.status === 'updated') return { ...outcome, message: unverified };
      return this.#stop.signal.aborted ? unprocessed(row) : unread(row, error);
    }
  }

  #isStale({ before }: CommandRow): boolean {
    const { maxAge, readAt } = this.#guarding;
    return before !== undefined && maxAge !== undefined && Date.now() - readAt > maxAge;
  }

  async #lookAgain(row: CommandRow) {
    const user = await this.#reads.user(row.command.userId);
    const compared = compare(row, user, this.#guarding.partly);
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

const message = 'the service said yes but, read back, shows another value than the one sent';
const unverified = 'updated; it could not be read back';

/** An outcome with what of its row was not sent. */
function noted(outcome: Outcome, { conflicts, notRestorable }: CommandRow): Outcome {
  if (outcome.status !== 'updated') return outcome;
  if (conflicts !== undefined) {
    const left = 'somebody else has changed these fields since: they were left, the others were set';
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
