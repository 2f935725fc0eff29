/** The run that a command line means: one that it names, or the last one. */
import { resolve } from 'node:path';
import { exists } from '../../disk.js';
import { UsageError, WickrBulkError } from '../../errors.js';
import { type ListedRun, listRuns, type RunList } from '../../index.js';
import { pathFrom, runCounts, runTitle } from '../../screen/runs.js';
import { shellWord } from '../../screen/shell-word.js';
import { printable } from '../../text/printable.js';
import { notice } from '../process/notices.js';
import { runsElsewhere } from './elsewhere.js';
import { lastRun, NAME_IT, type RunVerb, remarkOn } from './last-run.js';
import { RUNS } from './run-folder.js';

/**
 * The runs in a folder, and the last ones that would be there if `--out` had not put them elsewhere. By default it is that of
 * the working folder, which there need not be.
 */
export async function runsBelow(runsDir: string | undefined): Promise<RunList> {
  const folder = resolve(runsDir ?? RUNS);
  const elsewhere = await runsElsewhere(folder);
  const isThere = await Promise.all(elsewhere.map(exists));
  const others = elsewhere.filter((_, index) => isThere[index]);
  return listRuns(folder, { others, isOptional: runsDir === undefined });
}

/** Somebody was asked and has said no. */
export class DeclinedError extends WickrBulkError {
  readonly code = 'DECLINED';
}

/** What the flags say of it. */
export interface RunChoice {
  readonly last?: boolean;
  readonly runsDir?: string;
}

/**
 * The folder of the run. Which one the last run is, is said on standard error.
 *
 * @param run as the command line names it; undefined if it does not
 * @param asks asked before anything is done with the last run; undefined if nobody is to be asked
 * @throws UsageError if no run is named, or two are, or the last run is not one for this command; DeclinedError if the
 *   answer is no
 */
export async function whichRun(
  verb: RunVerb,
  run: string | undefined,
  { last = false, runsDir }: RunChoice,
  asks?: (question: string) => Promise<boolean>,
): Promise<string> {
  if (run !== undefined && last)
    throw new UsageError('a run is named, and --last means one as well', 'Give one of the two.');
  if (run !== undefined) return run;
  if (!last)
    throw new UsageError(
      'no run is named',
      `Name the folder of a run, or give --last for the one that was started last: wickr-bulk ${verb} --last\n"wickr-bulk runs" lists them.`,
    );
  const list = await runsBelow(runsDir);
  const found = lastRun(list, Date.now());
  const remark = remarkOn(verb, found, list, process.cwd());
  const path = shellWord(pathFrom(process.cwd(), found.folder));
  tell(`the last run: ${path}`);
  tell(`  ${runTitle(found)} in network ${found.networkId}, ${standing(found)}`);
  if (remark !== undefined) tell(`  ${remark}`);
  const goesOn = ['running', 'paused', 'unknown'].includes(found.state);
  // Of one that goes on, the command itself says that it cannot be.
  if (asks && !goesOn && !(await asks(printable(`Is ${path} the run that you mean?`))))
    throw new DeclinedError('it is not the run that was meant; nothing was sent', NAME_IT);
  return found.folder;
}

const standing = (run: ListedRun) => `${run.state}, started ${run.startedAt}: ${runCounts(run)}`;
const tell = (text: string) => notice(`${printable(text)}\n`);
