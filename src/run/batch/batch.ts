/** The whole run in one sentence: rows are read, become commands, are sent a bounded number at a time, and are written. */
import { WickrBulkError } from '../../errors.js';
import { ChangedInputError } from '../../input/source/source-errors.js';
import type { CommandRow, Place, ReadyRow } from '../../model.js';
import type { Stop } from '../service/stop-switch.js';
import { OpenRows } from './open-rows.js';
import { RenameSteps, type RowSink } from './rename-steps.js';
import { RowsBehind } from './rows-behind.js';
import type { TemporaryNames } from './temporary-names.js';
import { UnprocessedLast } from './unprocessed-last.js';
import { settled, unprocessed } from './unsent-outcomes.js';

/** The parts that a batch is put together from. */
export interface Batch extends RowSink {
  /** The input, in order. */
  readonly rows: AsyncIterable<readonly ReadyRow[]>;
  /** How many rows there should be. Whatever happens to the input, this many are written. */
  readonly count: number;
  /** Whether a row has its outcome from before. If so, `onEnded` is told of it in its turn, and that is all. */
  readonly hasEnded: (row: number) => boolean;
  readonly onEnded: (row: Place) => void;
  /** Most rows that are started and have not ended; the input is read no faster. */
  readonly openRows: number;
  readonly temporaryNames: TemporaryNames;
  /** The first rows that are sent. They end before any other row is started, unless they wait for later ones. */
  readonly canary?: { readonly rows: number; readonly onEnded: () => Promise<void> } | undefined;
}

/**
 * Brings every row of the input to its one outcome. Once the run is stopped, the rows that were started end first, and
 * the unprocessed rows are written after them: they are the last lines of a report.
 */
export async function runBatch(batch: Batch): Promise<void> {
  const { count, hasEnded, onEnded, stop, temporaryNames } = batch;
  const write: Batch['write'] = (outcome, place) => {
    const settled = temporaryNames.settle(outcome, place);
    if (!(settled instanceof Promise)) return batch.write(settled, place);
    return settled.then((last) => batch.write(last, place));
  };
  const started = new StartedRows({ ...batch, write });
  let last = 0;
  for await (const rows of untilUnreadable(batch.rows, stop)) {
    for (const row of rows) {
      last = row.row;
      if (hasEnded(row.row)) {
        onEnded(row);
      } else if (stop.signal.aborted) {
        await started.end();
        await write(unprocessed(row), row);
      } else if ('command' in row) {
        await started.add(row);
      } else {
        await write(settled(row), row);
      }
    }
  }
  await started.end();
  for (let row = last + 1; row <= count; row += 1) {
    if (hasEnded(row)) continue;
    const unread = { row, line: 0, start: 0, end: 0 };
    await write(unprocessed({ ...unread, problems: [], userId: '' }), unread);
  }
}

/** The rows that are on their way to an outcome. */
class StartedRows {
  private count = 0;
  private readonly open: OpenRows;
  private readonly outcomes: UnprocessedLast;
  private readonly renames: RenameSteps;
  private readonly behind = new RowsBehind();
  private readonly batch: Batch;

  constructor(batch: Batch) {
    const { update, write, stop, openRows, temporaryNames } = batch;
    this.batch = batch;
    this.open = new OpenRows(openRows);
    this.outcomes = new UnprocessedLast(write);
    const sink = { update, write: this.writeRename, stop };
    this.renames = new RenameSteps(sink, this.open, temporaryNames);
  }

  /** Starts a row. Resolves as soon as the next one may be started. */
  async add(row: CommandRow): Promise<void> {
    const { canary } = this.batch;
    if (this.behind.enter(row)) this.start(row);
    this.count += 1;
    if (this.open.isFull) await this.open.hasRoom();
    if (this.count === canary?.rows) {
      await this.open.allEnded();
      await canary.onEnded();
    }
  }

  /** Waits for the rows that are being sent, and writes the others as unprocessed. */
  async end(): Promise<void> {
    await this.open.allEnded();
    await this.renames.writeWaiting();
    // Those that waited behind these.
    await this.open.allEnded();
    await this.outcomes.flush();
  }

  private start(row: CommandRow): void {
    if (row.turn) this.renames.start(row);
    else this.open.start(this.send(row));
  }

  private readonly writeRename: RowSink['write'] = async (outcome, place) => {
    await this.outcomes.write(outcome, place);
    for (const row of this.behind.leave(outcome.userId ?? '')) this.start(row);
  };

  private async send(row: CommandRow): Promise<void> {
    await this.outcomes.write(await this.batch.update(row), row);
  }
}

/** The rows up to the point from which the input cannot be read, which stops the run. */
async function* untilUnreadable(rows: Batch['rows'], stop: Stop): AsyncGenerator<readonly ReadyRow[]> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof WickrBulkError)) throw error;
    stop.abort({
      code: error instanceof ChangedInputError ? 'INPUT_CHANGED' : 'INPUT_LOST',
      message: error.message,
      hint: 'The rows before that were sent: the report says what became of each.',
    });
  }
}
