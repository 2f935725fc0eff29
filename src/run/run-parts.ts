/** What a run is made of. Types only. */
import type { Identity, Outcome } from '../model.js';
import type { UserOrder } from './batch/user-order.js';
import type { OrderWatch } from './control/order-watch.js';
import type { ItemStream } from './item-stream.js';
import type { Fence } from './lock/fence.js';
import type { ParsedOptions } from './options/parsed-options.js';
import type { PlannedInput } from './prepare/plan-input.js';
import type { Session } from './service/session.js';
import type { Journal, TemporaryName } from './state/journal.js';
import type { Past } from './state/report-so-far.js';
import type { RowSet } from './state/row-set.js';
import type { RunFolder } from './state/run-folder.js';
import type { RunRecord } from './state/run-record.js';

/** All that a run is made of before its next row is sent. */
export interface RunParts {
  readonly parsed: ParsedOptions;
  readonly prepared: PlannedInput;
  readonly folder: RunFolder;
  readonly session: Session;
  /** How another process steers it. */
  readonly orders: Pick<OrderWatch, 'isPaused' | 'close'>;
  /** Whether the run still has its network and its folder. */
  readonly fence: Fence;
  readonly record: Pick<RunRecord, 'startedAt' | 'options' | 'unlisted'>;
  /** When this process has begun with the run, in ms of the steady clock. */
  readonly beganAt: number;
  /** Whose credentials the run uses; undefined if nothing is left to send. */
  readonly identity: Identity | undefined;
  readonly past: Past;
  readonly journal: Journal;
  /** Of a run that goes on: temporary usernames of rows that have no outcome. */
  readonly temporaryNames: readonly TemporaryName[];
  /** Of a run that goes on: rows that may have been sent before, and have no outcome. */
  readonly inDoubt: RowSet;
  readonly order: UserOrder | undefined;
  /** What the network is called, if that is known. For the screen alone. */
  readonly networkName: string | undefined;
  /** The names of security groups that the rows mean, by ID, as far as they are known. For the screen alone. */
  readonly groupNames: Readonly<Record<string, string>> | undefined;
  /** Takes the outcomes once their lines were written. */
  readonly outcomes: ItemStream<Outcome>;
}
