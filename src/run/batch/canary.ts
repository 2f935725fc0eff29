/** The first rows of a run, which tell whether the rest may follow. */
import { RunFolderError, type StopReason } from '../../errors.js';
import type { CommandRow, Outcome } from '../../model.js';
import type { PlannedChange } from '../../plan/user-change.js';
import type { BatchStage } from '../options/parsed-options.js';
import type { Canary } from '../options/table/run-events.js';
import { hintOn } from '../service/stop-reasons.js';
import type { Stop } from '../service/stop-switch.js';
import type { CanaryEntry, Journal } from '../state/journal.js';

/** What whoever is asked has to know of the run. */
export interface CanaryContext extends Pick<Canary, 'networkId' | 'networkName' | 'canBeUndone'> {
  readonly changeOf: (row: CommandRow) => PlannedChange;
}

/** Watches the outcomes of the first rows that are sent. */
export class CanaryWatch {
  /** Rows of the canary; 0 if the run has none. */
  readonly rows: number;
  readonly #sends: number;
  readonly #confirm: BatchStage['confirm'];
  readonly #stop: Stop;
  readonly #journal: Pick<Journal, 'intend'>;
  readonly #context: CanaryContext;
  #sent = 0;
  /** What is on its way, by row. */
  readonly #sending = new Map<number, PlannedChange>();
  readonly #users: PlannedChange[] = [];
  #over: boolean;
  #unexpected: Outcome | undefined;

  /** @param sends rows that the run will send, as far as is known */
  constructor(
    { canary, confirm }: Pick<BatchStage, 'canary' | 'confirm'>,
    sends: number,
    stop: Stop,
    journal: Pick<Journal, 'intend'>,
    context: CanaryContext,
  ) {
    this.#journal = journal;
    this.#context = context;
    this.rows = canary && sends > canary.above ? canary.rows : 0;
    this.#over = this.rows === 0;
    this.#sends = sends;
    this.#confirm = confirm;
    this.#stop = stop;
  }

  /** Has the journal say that the others wait for these rows: whoever resumes the run has to know. */
  async begin(): Promise<void> {
    if (this.rows > 0) await this.#intend({ kind: 'canary', state: 'pending', rows: this.rows });
  }

  /** Whether the rows that are sent now belong to the canary. */
  get isOn(): boolean {
    return !this.#over;
  }

  /** How many more rows have to be sent; 0 as soon as one did not go through. One that was held back checks nothing. */
  missing(): number {
    return this.#unexpected ? 0 : Math.max(0, this.rows - this.#sent);
  }

  /** Takes note of a row that is about to be sent. */
  sends(row: CommandRow): void {
    if (!this.#over) this.#sending.set(row.row, this.#context.changeOf(row));
  }

  record(outcome: Outcome): void {
    const { status, attempts, row } = outcome;
    const change = this.#sending.get(row);
    this.#sending.delete(row);
    if (this.#over || attempts === 0 || status === 'unprocessed') return;
    this.#sent += 1;
    if (status === 'updated' && change) this.#users.push(change);
    if (status !== 'updated' && status !== 'unchanged') this.#unexpected ??= outcome;
  }

  /** A row was given up while the run goes on: whether its change was made is not known. */
  recordGivenUp(outcome: Outcome): void {
    if (!this.#over) this.#unexpected ??= outcome;
  }

  /**
   * Stops the run unless every row went through as asked and the caller wants the run to continue.
   *
   * @param ended rows of the run that have their outcome, whether they were sent or held back
   */
  async conclude(ended: number): Promise<void> {
    this.#over = true;
    if (this.#stop.signal.aborted) return;
    if (this.#unexpected) this.#stop.abort(unexpected(this.#sent, this.#unexpected));
    else if (this.#confirm && !(await this.#isConfirmed(this.#confirm, ended)))
      this.#stop.abort(declined(this.#sent));
    else await this.#intend({ kind: 'canary', state: 'passed' });
  }

  async #intend(entry: CanaryEntry): Promise<void> {
    try {
      await this.#journal.intend(entry);
    } catch (error) {
      if (!(error instanceof RunFolderError)) throw error;
      this.#stop.abort(error);
    }
  }

  async #isConfirmed(confirm: NonNullable<BatchStage['confirm']>, ended: number): Promise<boolean> {
    const left = Math.max(0, this.#sends - ended);
    const { changeOf: _, ...known } = this.#context;
    // Whichever was answered first.
    const about = { ...known, users: this.#users.toSorted((a, b) => a.line - b.line) };
    return confirm({ ...about, sent: this.#sent, left, signal: this.#stop.signal });
  }
}

const unexpected = (rows: number, { row, status, errorCode }: Outcome): StopReason => ({
  code: 'CANARY',
  message: `of the first ${rows} rows, row ${row} did not go through as asked (${status}, ${errorCode}); the rest was not sent`,
  hint: `${(errorCode && hintOn(errorCode)) ?? 'Look at the report.'} If this is acceptable, resume the run: it sends and checks as many rows once more, and then the rest.`,
});

const declined = (rows: number): StopReason => ({
  code: 'DECLINED',
  message: `the run was stopped after its first ${rows} rows, as you answered`,
  hint: 'The report says what became of them; resume the run to send the rest, after a check of as many rows again.',
});
