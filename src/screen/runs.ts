/** A list of runs as people read it. */
import { basename, relative } from 'node:path';
import { count } from '../text/count.js';
import { printable } from '../text/printable.js';
import type { ListedRun, RunList } from '../verbs/runs.js';
import { shellWord } from './shell-word.js';

/** Two lines a run: how it stands and its folder, which can be given as RUN; what it was and what it came to. @param from the working folder */
export function renderRuns({ runs, unreadable }: RunList, from: string): string {
  const entries = [
    ...runs.map((run) => entry(run.state, pathFrom(from, run.folder), `${runTitle(run)}: ${runCounts(run)}`)),
    ...unreadable.map(({ folder, message }) => entry('damaged', pathFrom(from, folder), message)),
  ];
  return entries.join('');
}

const INDENT = ' '.repeat(9);
const entry = (state: string, folder: string, text: string): string =>
  `${state.padEnd(7)}  ${printable(shellWord(folder))}\n${INDENT}${printable(text)}\n`;

/** A path as it is written from the working folder, if it is below that. */
export function pathFrom(from: string, path: string): string {
  const short = relative(from, path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** What a run is: `update of users.csv`, `retry of 2026-01-31T120000Z-users`. */
export function runTitle({
  command,
  input,
  retryOf,
  undoOf,
}: Pick<ListedRun, 'command' | 'input'> & {
  readonly retryOf?: string | undefined;
  readonly undoOf?: string | undefined;
}): string {
  if (retryOf !== undefined) return `retry of ${basename(retryOf)}`;
  if (undoOf !== undefined) return `undo of ${basename(undoOf)}`;
  if (command === 'undo') return 'undo';
  return `${command} of ${input === '-' ? 'standard input' : basename(input)}`;
}

/** How far a run has come: `560 of 1,500 rows, 540 updated, 20 failed`. */
export function runCounts({ rows, done, statuses }: ListedRun): string {
  const of = done === rows ? count(rows) : `${count(done)} of ${count(rows)}`;
  const counts = Object.entries(statuses).filter(([status, some]) => some > 0 && status !== 'unprocessed');
  return [
    `${of} ${rows === 1 ? 'row' : 'rows'}`,
    ...counts.map(([status, some]) => `${count(some)} ${status}`),
  ].join(', ');
}
