/** Which runs are old, and not needed by any other: pure. */
import { sep } from 'node:path';
import type { ListedRun, RunList } from './runs.js';

/** A run that is not removed. */
export interface LeftRun {
  /** Absolute. */
  readonly folder: string;
  readonly reason: string;
}

export interface Prunable {
  /** The one that has ended first comes first. */
  readonly old: readonly ListedRun[];
  /** Older ones that stay all the same. What is merely young is left out. */
  readonly left: readonly LeftRun[];
}

/**
 * Divides the runs of a list. A run is old if it has ended before a time, whatever became of its rows.
 *
 * @param before epoch ms
 */
export function prunable({ runs, unreadable }: RunList, before: number): Prunable {
  const needed = neededFor(runs);
  const old: ListedRun[] = [];
  const left: LeftRun[] = unreadable.map(({ folder, message }) => ({ folder, reason: message }));
  for (const run of runs) {
    const { folder, state, startedAt, finishedAt } = run;
    if (!(Date.parse(finishedAt ?? startedAt) < before)) continue;
    const by = needed.get(folder);
    if (state !== 'ended' || finishedAt === undefined) left.push({ folder, reason: standing(run) });
    else if (by !== undefined) left.push({ folder, reason: `${by} needs it to go on` });
    else old.push(run);
  }
  return { old: old.sort(byEnd), left };
}

const byEnd = (a: ListedRun, b: ListedRun) => Date.parse(a.finishedAt ?? '') - Date.parse(b.finishedAt ?? '');

const standing = ({ state }: ListedRun): string =>
  state === 'stopped' ? 'it was stopped and can be resumed' : `it goes on (${state})`;

/** The folders that a run which may go on reads from: its input's, and those of the runs that have led to it. */
function neededFor(runs: readonly ListedRun[]): Map<string, string> {
  const byFolder = new Map(runs.map((run) => [run.folder, run]));
  const needed = new Map<string, string>();
  const note = (run: ListedRun, by: string) => {
    const behind = runs
      .filter(({ folder }) => run.input.startsWith(folder + sep))
      .map(({ folder }) => folder);
    for (const folder of [run.retryOf, run.undoOf, ...behind]) {
      if (folder === undefined || folder === by || needed.has(folder)) continue;
      needed.set(folder, by);
      const next = byFolder.get(folder);
      if (next) note(next, by);
    }
  };
  for (const run of runs) if (run.state !== 'ended') note(run, run.folder);
  return needed;
}
