import type { Outcome, Place } from '../../model.js';

type Write = (outcome: Outcome, place: Place) => Promise<void> | undefined;

/** Writes outcomes as they come, but holds unprocessed ones back, so that they are the last lines of the report. */
export class UnprocessedLast {
  private held: [Outcome, Place][] = [];
  private readonly next: Write;

  constructor(next: Write) {
    this.next = next;
  }

  /** What it returns, if anything, has to be awaited before more is written. */
  readonly write: Write = (outcome, place) => {
    if (outcome.status !== 'unprocessed') return this.next(outcome, place);
    this.held.push([outcome, place]);
    return undefined;
  };

  /** Writes what has been held back so far. */
  async flush(): Promise<void> {
    for (const [outcome, place] of this.held.splice(0)) await this.next(outcome, place);
  }
}
