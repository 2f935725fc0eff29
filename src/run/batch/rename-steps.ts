/** Renames that depend on each other: a username is free only once its holder has another one. */
import type { CommandRow, Field, Outcome, Place } from '../../model.js';
import { succeeded } from '../../row-status.js';
import { steadyNow } from '../../steady-clock.js';
import type { Stop } from '../service/stop-switch.js';
import type { OpenRows } from './open-rows.js';
import type { TemporaryNames } from './temporary-names.js';
import { blocked, joined, leftWaiting } from './unsent-outcomes.js';
import { type Readiness, WaitQueue } from './wait-queue.js';

/** Where rows are sent and their outcomes go. */
export interface RowSink {
  readonly update: (row: CommandRow) => Promise<Outcome>;
  /** What it returns, if anything, has to be awaited before more is written. */
  readonly write: (outcome: Outcome, place: Place) => Promise<void> | undefined;
  readonly stop: Stop;
}

/** A row, and the outcome of its first step if its user has a temporary username by now. */
interface Rename {
  readonly row: CommandRow;
  readonly first?: Outcome;
}

/** Sends each rename once the usernames it needs are free, in two steps if it goes through a temporary username. */
export class RenameSteps {
  private readonly queue = new WaitQueue<Rename>();
  private readonly sink: RowSink;
  private readonly open: OpenRows;
  private readonly names: TemporaryNames;

  /** @param open counts a row while it is being sent, not while it waits */
  constructor(sink: RowSink, open: OpenRows, names: TemporaryNames) {
    this.sink = sink;
    this.open = open;
    this.names = names;
  }

  /** Starts a row, now or once the rows it waits for have freed its username. */
  start(row: CommandRow): void {
    this.enqueue({ row });
  }

  /** Writes the rows that still wait as unprocessed. */
  async writeWaiting(): Promise<void> {
    for (const { row, first } of this.queue.drain()) await this.sink.write(leftWaiting(row, first), row);
  }

  private enqueue(rename: Rename): void {
    const { turn } = rename.row;
    // The step to a temporary username needs no other row.
    const isFree = turn === undefined || (turn.via !== undefined && !rename.first);
    const readiness = isFree ? 'ready' : this.queue.add(turn.after, rename);
    if (readiness) this.proceed(rename, readiness);
  }

  private proceed(rename: Rename, readiness: Readiness): void {
    const { row, first } = rename;
    if (readiness === 'ready') this.open.start(this.send(rename));
    else if (readiness === 'blocked') this.open.start(this.finish(row, blocked(row, first)));
    else this.open.start(this.finish(row, leftWaiting(row, first)));
  }

  private send({ row, first }: Rename): Promise<void> {
    const via = row.turn?.via;
    if (via === undefined) return this.sendWhole(row);
    return first ? this.sendSecondStep(row, first, via) : this.sendFirstStep(row, via);
  }

  private async sendWhole(row: CommandRow): Promise<void> {
    await this.finish(row, await this.sink.update(row));
  }

  private async sendFirstStep(row: CommandRow, via: string): Promise<void> {
    if (!(await this.names.intend(row, via))) return this.finish(row, leftWaiting(row));
    const outcome = await this.sink.update({
      ...row,
      command: { ...row.command, details: { username: via } },
    });
    if (!hasFreedName(outcome)) return this.finish(row, outcome);
    this.names.accepted(row.row);
    this.release(row.row, 'ready');
    this.enqueue({ row, first: outcome });
  }

  private async sendSecondStep(row: CommandRow, first: Outcome, via: string): Promise<void> {
    const last = await this.sink.update(secondStep(row, first, via));
    this.names.replaced(row.row, last);
    await this.finish(row, joined(first, last));
  }

  private async finish(row: CommandRow, outcome: Outcome): Promise<void> {
    await this.sink.write(outcome, row);
    this.release(row.row, readinessAfter(outcome));
  }

  private release(row: number, readiness: Readiness): void {
    for (const { item, readiness: theirs } of this.queue.settle(row, readiness)) this.proceed(item, theirs);
  }
}

/**
 * Also true if other fields of the user were left as somebody else had set them, but only after the service's yes: a
 * conflict that was met after a failed attempt has freed nothing.
 */
const hasFreedName = (outcome: Outcome): boolean =>
  succeeded(outcome) ||
  (outcome.status === 'conflict' && outcome.httpStatus === 200 && outcome.changed.includes('username'));

function readinessAfter(outcome: Outcome): Readiness {
  if (hasFreedName(outcome)) return 'ready';
  return outcome.status === 'unprocessed' ? 'stopped' : 'blocked';
}

/**
 * The row, for a user who has the temporary username by now; their other fields have to be as they were. Fields that
 * somebody else had changed by the first step are left alone.
 */
function secondStep(
  { before, own: _, unseen: __, ...row }: CommandRow,
  first: Outcome,
  via: string,
): CommandRow {
  const conflicts = first.status === 'conflict' ? (first.errorFields as readonly Field[]) : [];
  const withoutConflicts = (values: object) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !conflicts.includes(name as Field)));
  const from = row.turn?.from ?? before?.username;
  return {
    ...row,
    ...(before && {
      before: { ...withoutConflicts(before), username: via },
      own: { at: steadyNow(), was: from == null ? {} : { username: from } },
    }),
    ...(conflicts.length > 0 && { conflicts }),
    ...(row.already && { already: withoutConflicts(row.already) }),
    command: { ...row.command, details: withoutConflicts(row.command.details) },
  };
}
