/** The whole run in one sentence: rows are read, become commands, are sent a bounded number at a time, and are written. */
import { WickrBulkError } from '../../errors.js';
import { ChangedInputError } from '../../input/source/source-errors.js';
import type { CommandRow, Place, ReadyRow } from '../../model.js';
import type { Stop } from '../service/stop-switch.js';
import { RowSet } from '../state/row-set.js';
import { OpenRows } from './open-rows.js';
import { RenameSteps, type RowSink } from './rename-steps.js';
import { RowsBehind } from './rows-behind.js';
import type { TemporaryNames } from './temporary-names.js';
import { UnprocessedLast } from './unprocessed-last.js';
import { settled, unprocessed } from './unsent-outcomes.js';

/** The rows that the others wait for. */
interface CanaryRows {
  readonly rows: number;
  /** How many more rows have to be sent, of those that were started some having been held back; 0 if it is enough. */
  missing(): number;
  /** @param ended rows that have their outcome, sent or held back */
  onEnded(ended: number): Promise<void>;
}

/** The parts that a batch is put together from. */
export interface Batch extends RowSink {
  /** The rows, each once. */
  readonly rows: AsyncIterable<readonly ReadyRow[]>;
  /** How many rows there should be. Whatever happens to the input, this many are written. */
  readonly count: number;
  /** Whether a row has its outcome from before. If so, `onEnded` is told of it in its turn, and that is all. */
  readonly hasEnded: (row: number) => boolean;
  readonly onEnded: (row: Place) => void;
  /** Most rows that are started and have not ended; the input is read no faster. */
  readonly openRows: number;
  readonly temporaryNames: TemporaryNames;
  /** The first rows that are sent. They end before any other row is started. */
  readonly canary?: CanaryRows | undefined;
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
  const met = new RowSet(count);
  for await (const rows of untilUnreadable(batch.rows, stop)) {
    for (const row of rows) {
      met.add(row.row);
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
  for (let row = 1; row <= count; row += 1) {
    if (met.has(row) || hasEnded(row)) continue;
    const unread = { row, line: 0, start: 0, end: 0 };
    await write(unprocessed({ ...unread, problems: [], userId: '' }), unread);
  }
}

/** The rows that are on their way to an outcome. */
class StartedRows {
  private count = 0;
  private ended = 0;
  /** The canary, until it is over, and how many rows are started before it is looked at what became of them. */
  private canary: CanaryRows | undefined;
  private checkAt: number;
  /** Renames that depend on others: they wait for its end, so that nobody is between two usernames when it is looked at. */
  private held: CommandRow[] = [];
  private readonly open: OpenRows;
  private readonly outcomes: UnprocessedLast;
  private readonly renames: RenameSteps;
  private readonly behind = new RowsBehind();
  private readonly batch: Batch;

  constructor(batch: Batch) {
    const { update, write, stop, openRows, temporaryNames } = batch;
    this.batch = batch;
    this.canary = batch.canary;
    this.checkAt = batch.canary?.rows ?? 0;
    this.open = new OpenRows(openRows);
    this.outcomes = new UnprocessedLast(write);
    const sink = { update, write: this.writeRename, stop };
    this.renames = new RenameSteps(sink, this.open, temporaryNames);
  }

  /** Starts a row. Resolves as soon as the next one may be started. */
  async add(row: CommandRow): Promise<void> {
    this.count += 1;
    if (this.behind.enter(row)) this.start(row);
    if (this.open.isFull) await this.open.hasRoom();
    if (this.canary && this.started >= this.checkAt) await this.check(this.canary);
  }

  /** Waits for the rows that are being sent, and writes the others as unprocessed. */
  async end(): Promise<void> {
    await this.open.allEnded();
    if (this.canary && this.held.length > 0) await this.conclude(this.canary);
    await this.open.allEnded();
    await this.renames.writeWaiting();
    // Those that waited behind these.
    await this.open.allEnded();
    await this.outcomes.flush();
  }

  private get started(): number {
    return this.count - this.held.length;
  }

  private async check(canary: CanaryRows): Promise<void> {
    await this.open.allEnded();
    const missing = canary.missing();
    if (missing === 0) await this.conclude(canary);
    else this.checkAt = this.started + missing;
  }

  private async conclude(canary: CanaryRows): Promise<void> {
    await canary.onEnded(this.ended);
    this.canary = undefined;
    for (const row of this.held.splice(0)) {
      if (this.batch.stop.signal.aborted) await this.writeRename(unprocessed(row), row);
      else this.start(row);
      if (this.open.isFull) await this.open.hasRoom();
    }
  }

  private start(row: CommandRow): void {
    if (this.canary && isDependent(row)) this.held.push(row);
    else if (row.turn) this.renames.start(row);
    else this.open.start(this.send(row));
  }

  private readonly writeRename: RowSink['write'] = async (outcome, place) => {
    this.ended += 1;
    await this.outcomes.write(outcome, place);
    for (const row of this.behind.leave(outcome.userId ?? '')) this.start(row);
  };

  private async send(row: CommandRow): Promise<void> {
    const outcome = await this.batch.update(row);
    this.ended += 1;
    await this.outcomes.write(outcome, row);
  }
}

const isDependent = ({ turn }: CommandRow): boolean =>
  turn !== undefined && (turn.via !== undefined || turn.after.length > 0);

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
