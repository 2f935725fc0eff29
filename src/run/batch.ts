/** The whole run in one sentence: rows are read, become commands, are sent a bounded number at a time, and are written. */
import { ExitCode, WickrBulkError } from '../errors.js';
import type { Command, Outcome, Place, Row } from '../model.js';
import { invalid, unprocessed } from './outcome.js';
import type { Stop } from './stop.js';

/** The parts that a batch is put together from. */
export interface Batch {
  /** The input, in order. */
  readonly rows: AsyncIterable<readonly Row[]>;
  /** How many rows that should be: whatever happens to the input, so many are written. */
  readonly count: number;
  /** Whether a row has its outcome from before; it is told to `onEnded` in its turn, and nothing else happens with it. */
  readonly hasEnded: (row: number) => boolean;
  readonly onEnded: (row: Place) => void;
  /** Rows that are begun and not yet ended, at the most; the input is read no faster. */
  readonly openRows: number;
  readonly update: (row: Place & { command: Command }) => Promise<Outcome>;
  /** What it returns, if anything, has to be awaited before more is written. */
  readonly write: (outcome: Outcome, place: Place) => Promise<void> | undefined;
  readonly stop: Stop;
}

/**
 * Brings every row of the input to its one outcome. Once the run is stopped the rows that were begun come to their
 * end first, and whatever is unprocessed is written after them: a report's unprocessed rows are its last lines.
 */
export async function runBatch(batch: Batch): Promise<void> {
  const { rows, count, hasEnded, onEnded, openRows, update, write, stop } = batch;
  const open = new OpenRows(openRows);
  const unended: [Outcome, Place][] = [];
  const settle = async (row: Place & { command: Command }) => {
    const outcome = await update(row);
    if (outcome.status === 'unprocessed') unended.push([outcome, row]);
    else await write(outcome, row);
  };
  let read = 0;
  for await (const group of untilUnreadable(rows, stop)) {
    for (const row of group) {
      read = row.row;
      if (hasEnded(row.row)) {
        onEnded(row);
      } else if (stop.signal.aborted) {
        await open.allEnded();
        for (const late of unended.splice(0)) await write(...late);
        await write(unprocessed(row), row);
      } else if ('problems' in row) {
        await write(invalid(row), row);
      } else {
        open.begin(settle(row));
        if (open.full) await open.hasRoom();
      }
    }
  }
  await open.allEnded();
  for (const late of unended) await write(...late);
  for (let row = read + 1; row <= count; row += 1) {
    if (hasEnded(row)) continue;
    const unread = { row, line: 0, start: 0, end: 0 };
    await write(unprocessed({ ...unread, problems: [], userId: '' }), unread);
  }
}

/** The rows up to where the input cannot be read on, which stops the run. */
async function* untilUnreadable(rows: Batch['rows'], stop: Stop): AsyncGenerator<readonly Row[]> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof WickrBulkError)) throw error;
    stop.because({
      exitCode: ExitCode.fatal,
      message: error.message,
      hint: 'The rows before were sent: the report says of each what became of it.',
    });
  }
}

/** Counts the rows between their beginning and their end, and holds back who begins more than may be open. */
class OpenRows {
  private open = 0;
  private error: unknown;
  private wake = () => {};
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Counts a row in until its task ends. */
  begin(task: Promise<void>): void {
    this.open += 1;
    task.then(this.ended, (error: unknown) => {
      this.error ??= error;
      this.ended();
    });
  }

  get full(): boolean {
    return this.open >= this.most;
  }

  /** Resolves as soon as another row may be begun. Rejects with what an earlier row's task threw. */
  hasRoom(): Promise<void> {
    return this.until(() => !this.full);
  }

  /** Resolves when no row is open. Rejects with what a row's task threw. */
  allEnded(): Promise<void> {
    return this.until(() => this.open === 0);
  }

  private readonly ended = () => {
    this.open -= 1;
    this.wake();
  };

  private async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.error !== undefined) throw this.error;
  }
}
