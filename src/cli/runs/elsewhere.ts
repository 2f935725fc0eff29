/**
 * Runs whose folders `--out` has put elsewhere than other runs': the last ones are kept for each folder of runs, so that
 * `--last` does not mean an older run.
 */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { replaceFile } from '../../disk.js';
import { stateFolder } from '../process/state-folder.js';

/** Folders of runs that are known, and runs of each; the oldest go first. A run that is refused has a place as well. */
const MOST = 100;
const MOST_OF_EACH = 10;

/** By the folder of runs, absolute, those of the runs. */
type Known = Readonly<Record<string, readonly string[]>>;

const elsewhereFile = () => join(stateFolder(), 'elsewhere.json');

/**
 * Keeps where a run is, before it starts. The first run of all makes the state folder later, and so is not kept: there is
 * no older one that could be meant in its place. That it cannot be kept is no reason not to start the run.
 *
 * @param folder of the run
 * @param runsDir where it would be without `--out`
 */
export async function noteElsewhere(folder: string, runsDir: string): Promise<void> {
  const [run, below] = [resolve(folder), resolve(runsDir)];
  if ((await realPath(dirname(run))) === (await realPath(below))) return;
  try {
    const file = elsewhereFile();
    const { [below]: runs = [], ...others } = await known();
    const all = [...runs.filter((each) => each !== run), run].slice(-MOST_OF_EACH);
    const kept = Object.fromEntries([...Object.entries(others), [below, all]].slice(-MOST));
    await replaceFile(file, (handle) => handle.writeFile(JSON.stringify(kept)));
  } catch {}
}

/** By whatever links it is named: a run that is listed as one of its folder is not listed again. */
const realPath = (path: string): Promise<string> => realpath(path).catch(() => path);

/** The folders of runs that were put elsewhere. @param runsDir absolute */
export async function runsElsewhere(runsDir: string): Promise<readonly string[]> {
  const all = await known();
  return Object.hasOwn(all, runsDir) ? (all[runsDir] ?? []) : [];
}

/** Without a home folder nothing is known. */
async function known(): Promise<Known> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(elsewhereFile(), 'utf8')) ?? {});
    const isList = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((each) => typeof each === 'string');
    return Object.fromEntries(entries.filter((entry): entry is [string, string[]] => isList(entry[1])));
  } catch {
    return {};
  }
}
