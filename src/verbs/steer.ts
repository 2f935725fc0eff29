/** Steers a run that goes on in another process, by files in its folder. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunFolderError, UsageError } from '../errors.js';
import type { Bounds } from '../pace/limiters.js';
import {
  type ControlState,
  type Instruction,
  isAnswered,
  type Order,
  tunedBy,
} from '../run/control/order.js';
import { placeOrder, readControl, withdrawOrder } from '../run/control/order-files.js';
import { hasEnded } from '../run/end-of-run.js';
import { lookAtLock } from '../run/lock/lock.js';
import { readChain } from '../run/lock/lock-file.js';
import { refuseUnknown } from '../run/options/parse-options.js';
import type { TuneOptions } from '../run/options/run-options.js';
import { optionTable } from '../run/options/table/option-table.js';
import { RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';

/** How a run is steered, once it has done what it was told. */
export interface RunControl {
  /** Absolute. */
  readonly folder: string;
  readonly paused: boolean;
  /** What `tuneRun` has set for the process that works on the run; absent if nothing. */
  readonly tuned?: Bounds;
}

/**
 * Stops a run in good order, as one Ctrl-C in its shell does: nothing new is sent, the rows in flight come to their
 * ends, and the run can be resumed. Returns when the run has taken note, which may be before it has ended.
 *
 * @param folder the run's folder
 * @throws RunFolderError if it is not a run's, no process works on it (`NOT_RUNNING`), or that one does not react within
 *   10 s (`NO_ANSWER`)
 */
export const stopRun = (folder: string): Promise<RunControl> => tell(folder, { kind: 'stop' });

/**
 * Has a run send nothing new until `continueRun`; rows in flight come to their ends. It keeps its locks, and the time
 * counts neither as work nor for the patience with throttles and outages. If its process ends meanwhile, a resume is
 * not paused. Pausing a run that is paused changes nothing.
 *
 * @param folder the run's folder
 * @throws RunFolderError as `stopRun` does
 */
export const pauseRun = (folder: string): Promise<RunControl> =>
  tell(folder, { kind: 'pause', isPaused: true });

/**
 * Has a run go on that `pauseRun` has paused. For one that is not paused it changes nothing.
 *
 * @param folder the run's folder
 * @throws RunFolderError as `stopRun` does
 */
export const continueRun = (folder: string): Promise<RunControl> =>
  tell(folder, { kind: 'pause', isPaused: false });

/**
 * Sets the pace of a run anew while it goes on. What is not named stays as it is. A resume begins with the options that
 * the run was started with.
 *
 * @param folder the run's folder
 * @param options at least one; `concurrency` counts up to what the run was started with
 * @throws UsageError for options; RunFolderError as `stopRun` does
 */
export async function tuneRun(folder: string, options: TuneOptions): Promise<RunControl> {
  refuseUnknown(options, 'tune');
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const problems = given.flatMap(([name, value]) => {
    const { success, error } = optionTable.get(name)?.check.safeParse(value) ?? {};
    return success ? [] : [`\`${name}\` ${error?.issues[0]?.message}`];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'), 'Correct it.');
  if (given.length === 0)
    throw new UsageError('nothing is to be changed', 'Give `maxRate` or `concurrency`, or both.');
  return tell(folder, { kind: 'tune', ...Object.fromEntries(given) });
}

/** ms for which a run's answer is waited for; a run looks for orders every second. */
const PATIENCE = 10_000;
/** ms from one look for it to the next. */
const LOOK = 50;

/** Tells a run something, and waits until it has done it. @param patience ms */
export async function tell(path: string, instruction: Instruction, patience = PATIENCE): Promise<RunControl> {
  const folder = RunFolder.at(path);
  await folder.readRecord();
  const seen = await lookAtLock(folder.lock);
  if (!seen) throw await notRunning(folder);
  const { owner, pid, host } = seen.holder;
  const process = `process ${pid} on ${printable(host)}`;
  if (seen.state === 'silent') throw silent(folder, process);
  const order: Order = { ...instruction, id: randomUUID(), to: owner };
  await placeOrder(folder, order);
  try {
    for (const end = performance.now() + patience; performance.now() < end; await sleep(LOOK)) {
      const state = await readControl(folder, owner);
      if (state && isAnswered(state, order)) return controlOf(folder, state);
      if (readChain(folder.lock).at(-1)?.holder?.owner !== owner) return await overMeanwhile(folder, order);
    }
  } finally {
    await withdrawOrder(folder, order);
  }
  if (!(await lookAtLock(folder.lock))) return overMeanwhile(folder, order);
  throw noAnswer(folder, process, patience);
}

const controlOf = ({ path }: RunFolder, state: ControlState): RunControl => ({
  folder: path,
  paused: state.isPaused,
  ...tunedBy(state),
});

/** The run has ended before it could answer: that is what a stop is for. */
async function overMeanwhile(folder: RunFolder, { kind }: Order): Promise<RunControl> {
  if (kind === 'stop') return { folder: folder.path, paused: false };
  throw await notRunning(folder);
}

async function notRunning(folder: RunFolder): Promise<RunFolderError> {
  const summary = await folder.readSummary();
  const name = printable(folder.path);
  if (summary && hasEnded(summary))
    return new RunFolderError(
      `the run ${name} ended at ${printable(summary.finishedAt)}: no process works on it`,
      '`readRunStatus` says what became of its rows.',
      { code: 'NOT_RUNNING' },
    );
  return new RunFolderError(
    `no process works on the run ${name}: it was ${summary ? 'stopped' : 'killed'}`,
    '`resumeRun` goes on with the rows that are left.',
    { code: 'NOT_RUNNING' },
  );
}

const silent = ({ path }: RunFolder, process: string) =>
  new RunFolderError(
    `the run ${printable(path)} is held by ${process}, which gives no sign of life`,
    'It may be halted, its machine may be asleep, or it has died; `readRunStatus` says what is known of it.',
    { code: 'NO_ANSWER' },
  );

const noAnswer = ({ path }: RunFolder, process: string, patience: number) =>
  new RunFolderError(
    `${process}, which works on the run ${printable(path)}, has not answered within ${Math.round(patience / 1000)} s; it is told nothing any more`,
    'It may be reading its input, or be of an earlier version of wickr-bulk. Try again in a minute; Ctrl-C in its own shell stops it in any case.',
    { code: 'NO_ANSWER' },
  );
