/** The folder of a run for which none was named. */
import { basename, join, resolve } from 'node:path';
import { exists } from '../../disk.js';
import { RunFolderError } from '../../errors.js';
import { noteElsewhere } from './elsewhere.js';

/** Where such folders are if nothing else is said, in the working folder. */
export const RUNS = 'wickr-bulk-runs';
/** Runs that may start in one second with inputs of one name. */
const MOST_TWINS = 100;

/** What the flags say of where a run's folder is to be. */
export interface PlaceForRun {
  readonly folder?: string;
  readonly runsDir?: string;
}

/**
 * Does something in the folder that `--out` names, else in a new one below that of `--runs-dir` that is named by the time
 * and `name`.
 *
 * @param name what the run is: see `inputName` and `repeatName`
 * @param start throws RunFolderError if the folder was there already; then nothing has been done yet
 */
export async function inRunFolder<Result>(
  { folder: out, runsDir = RUNS }: PlaceForRun,
  name: string,
  start: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (out !== undefined) {
    await noteElsewhere(out, runsDir);
    return start(out);
  }
  const time = new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '');
  const named = `${time}-${name}`;
  for (let twin = 1; ; twin += 1) {
    const folder = resolve(join(runsDir, twin === 1 ? named : `${named}-${twin}`));
    if (twin < MOST_TWINS && (await exists(folder))) continue;
    try {
      return await start(folder);
    } catch (error) {
      // Another run may have made it in the meantime, which is no reason to refuse this one.
      if (twin === MOST_TWINS || !isTaken(error)) throw error;
    }
  }
}

const isTaken = (error: unknown) => error instanceof RunFolderError && error.code === 'RUN_FOLDER_EXISTS';

/** The name of a run over an input. @param input the INPUT of the command line, `-` for standard input */
export const inputName = (input: string): string =>
  input === '-'
    ? 'standard-input'
    : plainName(basename(input).replace(/\.(csv|tsv|jsonl|ndjson|json|xlsx)(\.gz)?$/i, ''));

/** The name of a run that another one has led to. A retry of a retry is one of the first run. @param run that one's folder */
export function repeatName(kind: 'retry' | 'undo', run: string): string {
  const of = basename(resolve(run)).replace(TIME, '');
  return plainName(`${kind}-of-${kind === 'retry' ? of.replace(/^retry-of-/, '') : of}`);
}

/** What the name of a folder that nobody has named begins with. */
const TIME = /^\d{4}-\d\d-\d\dT\d{6}Z-/;

/** A text as part of a file name: nothing in it can lead elsewhere or show as something else. */
const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 60) || 'input';
