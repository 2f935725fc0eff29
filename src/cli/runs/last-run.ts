/** Which run `--last` means, and whether a command makes sense for it. Decides alone: the list is read elsewhere. */
import { UsageError } from '../../errors.js';
import type { ListedRun, RunList } from '../../index.js';
import { pathFrom } from '../../screen/runs.js';
import { shellWord } from '../../screen/shell-word.js';
import { printable } from '../../text/printable.js';

/** The commands that take a run. */
export type RunVerb =
  | 'resume'
  | 'retry'
  | 'undo'
  | 'status'
  | 'report'
  | 'watch'
  | 'stop'
  | 'pause'
  | 'continue'
  | 'tune';

/** ms that the clocks of two processes of one machine may seem to be apart. */
const APART = 1000;
export const NAME_IT = 'Name the run that you mean; "wickr-bulk runs" lists them.';

/**
 * The run that was started last, whatever became of it.
 *
 * @param now epoch ms
 * @throws UsageError if there is none, or if it cannot be told for sure
 */
export function lastRun({ folder, runs, unreadable }: RunList, now: number): ListedRun {
  const [newest, second] = runs;
  const startedAt = Date.parse(newest?.startedAt ?? '');
  // A folder's times are coarser than a run's on some disks.
  const unknown = unreadable.find(({ changedAt }) => !newest || Date.parse(changedAt) + APART >= startedAt);
  if (unknown) throw untold(`${printable(unknown.message)}`);
  if (!newest) {
    const hint =
      "Name the run's folder: one that was chosen with --out is elsewhere. --runs-dir says where to look.";
    throw new UsageError(`there is no run in ${printable(folder)}`, hint);
  }
  if (startedAt > now + APART)
    throw untold(
      `${printable(newest.folder)} began at ${newest.startedAt}, which is still to come: the clock was set`,
    );
  if (second && Date.parse(second.startedAt) === startedAt)
    throw untold(`${printable(newest.folder)} and ${printable(second.folder)} began at the same moment`);
  return newest;
}

const untold = (why: string) => new UsageError(`which run was the last cannot be told: ${why}`, NAME_IT);

/**
 * What somebody has to know of the last run before a command does something with it; undefined if there is nothing.
 *
 * @param list that it is the newest of
 * @param from the working folder
 * @throws UsageError if the command makes no sense for it; what only the run's files can tell, the command itself says
 */
export function remarkOn(verb: RunVerb, run: ListedRun, { runs }: RunList, from: string): string | undefined {
  const named = (command: string, { folder }: ListedRun) =>
    `wickr-bulk ${command} ${shellWord(pathFrom(from, folder))}`;
  if (verb === 'undo' && run.command === 'undo')
    throw new UsageError(
      `the last run, ${printable(run.folder)}, is an undo: to take it back would make the changes again`,
      `If you mean that, name it: ${named('undo', run)}\n${NAME_IT}`,
    );
  if (verb === 'undo' && run.retryOf !== undefined)
    return `it is a retry: what the run before it has changed stays, until you undo that as well: wickr-bulk undo ${shellWord(pathFrom(from, run.retryOf))}`;
  if (verb === 'resume' && run.state === 'ended') {
    const stopped = runs.find(({ state }) => state === 'stopped');
    throw new UsageError(
      `the last run, ${printable(run.folder)}, has ended: no row of it is left to send`,
      stopped
        ? `An earlier one was stopped; if you mean that: ${named('resume', stopped)}`
        : `What became of its rows: ${named('status', run)}`,
    );
  }
  return undefined;
}
