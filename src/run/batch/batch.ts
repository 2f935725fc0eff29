/** The whole run in one sentence: rows are read, become commands, are sent a bounded number at a time, and are written. */
import { WickrBulkError } from '../../errors.js';
import type { CommandRow, Outcome, Place, ReadyRow } from '../../model.js';
import { succeeded } from '../../row-status.js';
import type { Stop } from '../service/stop-switch.js';
import { OpenRows } from './open-rows.js';
import { blocked, givenBack, joined, leftWaiting, settled, unprocessed } from './unsent-outcomes.js';
import { Turns, type Verdict } from './wait-queue.js';

/** The parts that a batch is put together from. */
export interface Batch {
  /** The input, in order. */
  readonly rows: AsyncIterable<readonly ReadyRow[]>;
  /** How many rows that should be: whatever happens to the input, so many are written. */
  readonly count: number;
  /** Whether a row has its outcome from before; it is told to `onEnded` in its turn, and nothing else happens with it. */
  readonly hasEnded: (row: number) => boolean;
  readonly onEnded: (row: Place) => void;
  /** Rows that are begun and not yet ended, at the most; the input is read no faster. */
  readonly openRows: number;
  readonly update: (row: CommandRow) => Promise<Outcome>;
  /** What it returns, if anything, has to be awaited before more is written. */
  readonly write: (outcome: Outcome, place: Place) => Promise<void> | undefined;
  /** The first rows that are sent come to their ends before any other is begun, as far as they do not wait for those. */
  readonly canary?: { readonly rows: number; readonly onEnded: () => Promise<void> } | undefined;
  readonly stop: Stop;
}

/**
 * Brings every row of the input to its one outcome. Once the run is stopped the rows that were begun come to their
 * end first, and whatever is unprocessed is written after them: a report's unprocessed rows are its last lines.
 */
export async function runBatch(batch: Batch): Promise<void> {
  const { rows, count, hasEnded, onEnded, openRows, write, stop, canary } = batch;
  const open = new OpenRows(openRows);
  const ends = new Ends(batch, open);
  let read = 0;
  let sent = 0;
  for await (const group of untilUnreadable(rows, stop)) {
    for (const row of group) {
      read = row.row;
      if (hasEnded(row.row)) {
        onEnded(row);
      } else if (stop.signal.aborted) {
        await open.allEnded();
        await ends.writeUnended();
        await write(unprocessed(row), row);
      } else if (!('command' in row)) {
        await write(settled(row), row);
      } else {
        if (row.turn) ends.enter({ row });
        else open.begin(ends.bring(row));
        sent += 1;
        if (open.full) await open.hasRoom();
        if (sent === canary?.rows) {
          await open.allEnded();
          await canary.onEnded();
        }
      }
    }
  }
  await open.allEnded();
  await ends.writeUnended();
  for (let row = read + 1; row <= count; row += 1) {
    if (hasEnded(row)) continue;
    const unread = { row, line: 0, start: 0, end: 0 };
    await write(unprocessed({ ...unread, problems: [], userId: '' }), unread);
  }
}

/** A row with its turn, and what came of its temporary username, if it has one by now. */
interface Renamed {
  readonly row: CommandRow;
  readonly first?: Outcome;
}

/** Brings rows to their ends: those without a turn at once, the others when their turn has come. */
class Ends {
  private readonly turns = new Turns<Renamed>();
  /** Unprocessed rows, which are written last. */
  private unended: [Outcome, Place][] = [];
  private readonly batch: Batch;
  private readonly open: OpenRows;

  constructor(batch: Batch, open: OpenRows) {
    this.batch = batch;
    this.open = open;
  }

  async bring(row: CommandRow): Promise<void> {
    await this.end(await this.batch.update(row), row);
  }

  /** Begins a row with a turn, now or when those it waits for have made room; it is not open while it waits. */
  enter(renamed: Renamed): void {
    const { turn } = renamed.row;
    const mayGo = turn === undefined || (turn.via !== undefined && !renamed.first);
    const verdict = mayGo ? 'go' : this.turns.ask(turn.after, renamed);
    if (verdict) this.take(renamed, verdict);
  }

  /** Writes the rows that are unprocessed so far, those that still wait among them. */
  async writeUnended(): Promise<void> {
    for (const { row, first } of this.turns.drain()) this.unended.push([leftWaiting(row, first), row]);
    for (const [outcome, place] of this.unended.splice(0)) await this.batch.write(outcome, place);
  }

  private take(renamed: Renamed, verdict: Verdict): void {
    const { row, first } = renamed;
    if (verdict === 'go') this.open.begin(this.rename(renamed));
    else if (verdict === 'never') this.open.begin(this.giveUp(renamed, blocked(row, first)));
    else this.open.begin(this.conclude(row, leftWaiting(row, first)));
  }

  private async rename({ row, first }: Renamed): Promise<void> {
    const { update } = this.batch;
    const via = first ? undefined : row.turn?.via;
    if (via === undefined) {
      if (!first) return this.conclude(row, await update(row));
      const last = joined(first, await update(unguarded(row)));
      return last.status === 'failed' ? this.giveUp({ row, first }, last) : this.conclude(row, last);
    }
    const outcome = await update({ ...row, command: { ...row.command, details: { username: via } } });
    if (!gaveUpName(outcome)) return this.conclude(row, outcome);
    this.release(row.row, 'go');
    this.enter({ row, first: outcome });
  }

  /** Ends a row whose user cannot have the wanted username; one who bears a temporary one gets his former one again. */
  private async giveUp({ row, first }: Renamed, outcome: Outcome): Promise<void> {
    const from = row.turn?.from;
    if (!first || from === undefined || this.batch.stop.signal.aborted) return this.conclude(row, outcome);
    const command = { ...row.command, details: { username: from } };
    const back = await this.batch.update(unguarded({ ...row, command }));
    return this.conclude(row, back.status === 'updated' ? givenBack(outcome, back) : outcome);
  }

  private async conclude(row: CommandRow, outcome: Outcome): Promise<void> {
    await this.end(outcome, row);
    this.release(
      row.row,
      gaveUpName(outcome) ? 'go' : outcome.status === 'unprocessed' ? 'stopped' : 'never',
    );
  }

  private release(row: number, verdict: Verdict): void {
    for (const { item, verdict: theirs } of this.turns.settle(row, verdict)) this.take(item, theirs);
  }

  private end(outcome: Outcome, place: Place): Promise<void> | undefined {
    if (outcome.status !== 'unprocessed') return this.batch.write(outcome, place);
    this.unended.push([outcome, place]);
    return undefined;
  }
}

/** Also where other fields of the user were left to somebody else. */
const gaveUpName = (outcome: Outcome): boolean =>
  succeeded(outcome) || (outcome.status === 'conflict' && outcome.changed.includes('username'));

/** The row, sent whatever its user is: he bears the temporary username, which is none that the plan knows. */
function unguarded({ before: _, ...row }: CommandRow): CommandRow {
  return row;
}

/** The rows up to where the input cannot be read on, which stops the run. */
async function* untilUnreadable(rows: Batch['rows'], stop: Stop): AsyncGenerator<readonly ReadyRow[]> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof WickrBulkError)) throw error;
    stop.because({
      code: 'INPUT_LOST',
      message: error.message,
      hint: 'The rows before were sent: the report says of each what became of it.',
    });
  }
}
