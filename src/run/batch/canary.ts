/** The first rows of a run, which tell whether the rest may follow. */
import type { StopReason } from '../../errors.js';
import type { Outcome } from '../../model.js';
import type { BatchStage } from '../options/parsed-options.js';
import type { Stop } from '../service/stop-switch.js';

/** Watches the outcomes of the first rows that are sent. */
export class CanaryWatch {
  /** How many rows it is about; 0 where the run has no canary. */
  readonly rows: number;
  readonly #left: number;
  readonly #confirm: BatchStage['confirm'];
  readonly #stop: Stop;
  #begun = 0;
  #over = false;
  #surprise: Outcome | undefined;

  /** @param sends rows that the run is going to send, as far as is known */
  constructor({ canary, confirm }: Pick<BatchStage, 'canary' | 'confirm'>, sends: number, stop: Stop) {
    this.rows = canary && sends > canary.above ? canary.rows : 0;
    this.#left = sends - this.rows;
    this.#confirm = confirm;
    this.#stop = stop;
  }

  /** Whether the next row belongs to it. */
  takes(): boolean {
    if (this.#begun >= this.rows) return false;
    this.#begun += 1;
    return true;
  }

  hear(outcome: Outcome): void {
    const { status, attempts } = outcome;
    if (this.#over || attempts === 0 || status === 'unprocessed') return;
    if (status !== 'updated' && status !== 'unchanged') this.#surprise ??= outcome;
  }

  /** Stops the run unless all went through as asked, and the caller wants it to go on. */
  async judge(): Promise<void> {
    this.#over = true;
    if (this.#stop.signal.aborted) return;
    if (this.#surprise) this.#stop.because(surprised(this.rows, this.#surprise));
    else if (this.#confirm && !(await this.#isConfirmed(this.#confirm)))
      this.#stop.because(declined(this.rows));
  }

  async #isConfirmed(confirm: NonNullable<BatchStage['confirm']>): Promise<boolean> {
    return confirm({ sent: this.rows, left: this.#left, signal: this.#stop.signal });
  }
}

const surprised = (rows: number, { row, status, errorCode }: Outcome): StopReason => ({
  code: 'CANARY',
  message: `of the first ${rows} rows, row ${row} did not go through as asked (${status}, ${errorCode}); the rest was not sent`,
  hint: 'Look at the report. If it may be so, resume the run: it sends the rest.',
});

const declined = (rows: number): StopReason => ({
  code: 'DECLINED',
  message: `the run was ended after its first ${rows} rows, as you answered`,
  hint: 'The report says what became of them; resume the run to send the rest.',
});
