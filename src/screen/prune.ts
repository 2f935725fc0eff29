/** What is removed of old runs, as people read it. */

import { count } from '../text/count.js';
import { printable } from '../text/printable.js';
import type { LeftRun } from '../verbs/prunable.js';
import type { OldRuns, Pruned } from '../verbs/prune.js';
import { pathFrom, runCounts, runTitle } from './runs.js';
import { shellWord } from './shell-word.js';

const INDENT = ' '.repeat(2);

/** The runs that would go, two lines each, and those that stay. @param from the working folder */
export function renderOldRuns({ runs, left }: OldRuns, from: string): string {
  const lines = runs.flatMap((run) => [
    shellWord(pathFrom(from, run.folder)),
    `${INDENT}${runTitle(run)}, ended ${run.finishedAt}: ${runCounts(run)}`,
  ]);
  return text([...lines, ...leftLines(left, from)]);
}

/** What it came to. */
export function renderPruned({ removed, bytes, left }: Pruned, from: string): string {
  return text([`${runsOf(removed.length)} removed, ${size(bytes)}`, ...leftLines(left, from)]);
}

/** What is asked before. */
export const pruneQuestion = ({ runs, bytes }: OldRuns): string =>
  `Remove ${runs.length === 1 ? 'this run' : `these ${count(runs.length)} runs`} (${size(bytes)})? They can be neither undone nor retried then.`;

const leftLines = (left: readonly LeftRun[], from: string): string[] =>
  left.map(({ folder, reason }) => `left: ${shellWord(pathFrom(from, folder))}: ${reason}`);

const runsOf = (number: number): string => `${count(number)} ${number === 1 ? 'run' : 'runs'}`;

/** Bytes as people read them. */
function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${count(Math.round(bytes / 1000))} kB`;
  return `${count(Math.round(bytes / 1_000_000))} MB`;
}

const text = (lines: readonly string[]): string => lines.map((line) => `${printable(line)}\n`).join('');
