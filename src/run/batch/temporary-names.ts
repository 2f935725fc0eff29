/** Users who have a temporary username for a moment: each gets a lasting one again, or the report says who did not. */
import { RunFolderError, WickrBulkError } from '../../errors.js';
import type { CommandRow, Outcome, Place } from '../../model.js';
import { isCertainNo } from '../../row-status.js';
import { composed } from '../../text/username.js';
import type { Stop } from '../service/stop-switch.js';
import type { Journal, TemporaryName } from '../state/journal.js';
import { nameRestored, withTemporaryName } from './unsent-outcomes.js';

/** What giving a username back needs. */
export interface TemporaryNamesOptions {
  readonly networkId: string;
  /** Undefined: nothing is kept of it. */
  readonly journal: Pick<Journal, 'intend' | 'note'> | undefined;
  /** Of a run that goes on: what its journal says, for rows that have no outcome yet. */
  readonly known: Iterable<TemporaryName>;
  /** Sends a row at once, whatever became of other rows of its user. */
  readonly send: (row: CommandRow) => Promise<Outcome>;
  /** The username that a user has; undefined if there is no such user. */
  readonly usernameOf: (userId: string) => Promise<string | undefined>;
  readonly stop: Stop;
}

/**
 * How sure it is that the user has the temporary username: `earlier` is what the journal says of an earlier process,
 * `sent` may have been applied, `given` has been, and `replaced` may have been replaced by the wanted one.
 */
type Certainty = 'earlier' | 'sent' | 'given' | 'replaced';

interface Given extends Omit<TemporaryName, 'kind' | 'via' | 'from'> {
  readonly via: string;
  /** Undefined if it is not known what to give back. */
  readonly from: string | undefined;
  certainty: Certainty;
}

export class TemporaryNames {
  readonly #given = new Map<number, Given>();
  readonly #options: TemporaryNamesOptions;

  constructor(options: TemporaryNamesOptions) {
    this.#options = options;
    for (const { row, userId, from, via } of options.known)
      this.#given.set(row, { row, userId, from, via, certainty: 'earlier' });
  }

  /** Keeps in the journal that the user is about to get the name. False if that fails, which stops the run. */
  async intend({ row, command, turn }: CommandRow, via: string): Promise<boolean> {
    const { userId } = command;
    const from = turn?.from;
    const isKnown = this.#given.has(row);
    try {
      await this.#options.journal?.intend({ kind: 'temporary-name', row, userId, from: from ?? '', via });
    } catch (error) {
      this.#stopFor(error);
      return false;
    }
    this.#given.set(row, { row, userId, from, via, certainty: isKnown ? 'earlier' : 'sent' });
    return true;
  }

  /** The service has accepted the temporary username. */
  accepted(row: number): void {
    const given = this.#given.get(row);
    if (given) given.certainty = 'given';
  }

  /** The wanted username was sent, and may have been taken though the outcome is none of success. */
  replaced(row: number, outcome: Outcome): void {
    const given = this.#given.get(row);
    if (given && outcome.attempts > 0 && !isCertainNo(outcome)) given.certainty = 'replaced';
  }

  /** The outcome of a row as it is to be written, once its user has a lasting username again if that is possible. */
  settle(outcome: Outcome, place: Place): Outcome | Promise<Outcome> {
    const given = this.#given.get(outcome.row);
    if (!given) return outcome;
    const isUnsent = given.certainty === 'sent' && (outcome.attempts === 0 || isCertainNo(outcome));
    const isTaken = isAnothers(outcome) && !isDoubtful(outcome, given);
    if (isUnsent || isTaken || hasLastingName(outcome, given)) {
      this.#end(given);
      return outcome;
    }
    const { stop } = this.#options;
    if (stop.signal.aborted || !given.from) return left(outcome, given);
    return this.#giveBack(outcome, place, given, given.from);
  }

  async #giveBack(outcome: Outcome, place: Place, given: Given, from: string): Promise<Outcome> {
    const { networkId, send } = this.#options;
    const { row, line, start, end } = place;
    try {
      // Somebody else may be at work on the user of a conflict, or of a mismatch that was read back.
      const isSure = given.certainty !== 'earlier' && outcome.status === 'failed';
      if (!isSure && !(await this.#isOurs(given, from))) {
        if (isDoubtful(outcome, given)) return left(outcome, given);
        this.#end(given);
        return outcome;
      }
      const command = { networkId, userId: given.userId, details: { username: from } };
      const back = await send({ ...{ row, line, start, end }, command });
      if (back.status !== 'updated') return left(outcome, given);
      this.#end(given);
      return nameRestored(outcome, back);
    } catch (error) {
      if (!(error instanceof WickrBulkError)) throw error;
      return left(outcome, given);
    }
  }

  /** Whether the username is one that this run gave: nobody else's change is taken back. A read may be a little old. */
  async #isOurs({ userId, via }: Given, from: string): Promise<boolean> {
    const now = await this.#options.usernameOf(userId);
    return now !== undefined && [via, from].some((name) => composed(name) === composed(now));
  }

  #end({ row }: Given): void {
    this.#given.delete(row);
    try {
      this.#options.journal?.note({ kind: 'temporary-name-ended', row });
    } catch (error) {
      this.#stopFor(error);
    }
  }

  #stopFor(error: unknown): void {
    if (!(error instanceof RunFolderError)) throw error;
    this.#options.stop.abort(error);
  }
}

/** Whether somebody else has given the user another username, which stays. */
const isAnothers = ({ status, errorFields = [] }: Outcome): boolean =>
  status === 'conflict' && errorFields.includes('username');

/**
 * Whether the temporary username may have been given after all: the answer was lost, and the read that shows a conflict
 * may be older than the attempt.
 */
const isDoubtful = ({ status, attempts, httpStatus }: Outcome, { certainty }: Given): boolean =>
  status === 'conflict' && certainty === 'sent' && attempts > 0 && httpStatus !== 200;

/** Whether the user has the wanted username. */
function hasLastingName(
  { status, changed, errorFields, httpStatus }: Outcome,
  { certainty }: Given,
): boolean {
  if (status === 'updated' || status === 'unchanged') return true;
  // A conflict after a failed attempt: nothing says that the wanted username was taken.
  if (httpStatus !== 200) return false;
  // Of a user who was given the temporary username, the wanted one was not sent yet.
  if ((status !== 'conflict' && status !== 'mismatch') || certainty === 'given') return false;
  return changed.includes('username') && !errorFields.includes('username');
}

const left = (outcome: Outcome, { certainty }: Given): Outcome =>
  withTemporaryName(outcome, certainty === 'given');
