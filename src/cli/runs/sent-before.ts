/** Whether a file was sent before: somebody who sends it twice by mistake learns it before it happens. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exists, sha256Of } from '../../disk.js';
import { WickrBulkError } from '../../errors.js';
import type { Summary } from '../../index.js';
import { RunFolder } from '../../run/state/run-folder.js';
import type { RunRecord } from '../../run/state/run-record.js';
import { pathFrom } from '../../screen/runs.js';
import { shellWord } from '../../screen/shell-word.js';
import { count } from '../../text/count.js';
import { printable } from '../../text/printable.js';
import { runsElsewhere } from './elsewhere.js';
import { RUNS } from './run-folder.js';

/** ms; what is longer ago is no news. */
const LATELY = 7 * 24 * 3_600_000;
/** Folders that are looked at, the last ones by name. */
const MOST = 500;

/** A run that is not known to go on. */
export interface EarlierRun {
  readonly folder: string;
  readonly record: Pick<RunRecord, 'command' | 'networkId' | 'options' | 'retryOf' | 'undoOf'>;
  readonly summary: Pick<Summary, 'rows' | 'statuses' | 'finishedAt'> | undefined;
}

/**
 * The last run that has sent all rows of the file, and was not taken back since: pure.
 *
 * @param runs over this very file, and all that take back a run
 * @param networkId undefined if the file says it
 * @param now epoch ms
 */
export function fullySent(
  runs: readonly EarlierRun[],
  networkId: string | undefined,
  now: number,
): EarlierRun | undefined {
  const undone = new Set(runs.map(({ record }) => record.undoOf));
  const isFull = ({ folder, record, summary }: EarlierRun) =>
    summary !== undefined &&
    record.undoOf === undefined &&
    !undone.has(folder) &&
    record.options.limit === undefined &&
    (networkId === undefined || networkId === record.networkId) &&
    summary.rows > 0 &&
    summary.statuses.updated + summary.statuses.unchanged === summary.rows &&
    now - Date.parse(summary.finishedAt) < LATELY;
  return runs.filter(isFull).sort((a, b) => endOf(b) - endOf(a))[0];
}

const endOf = ({ summary }: EarlierRun) => Date.parse(summary?.finishedAt ?? '');

/** What is to be said of a file that was sent before; undefined if it was not, or nothing is known. */
export async function sentBefore(
  input: string,
  { runsDir = RUNS, networkId }: { readonly runsDir?: string; readonly networkId?: string },
): Promise<string | undefined> {
  if (input === '-') return undefined;
  // Whatever is wrong with the file or the folder, the run itself says it.
  const runs = await earlierRuns(input, resolve(runsDir)).catch(() => []);
  const found = fullySent(runs, networkId, Date.now());
  return found?.summary && textOf(found.folder, found.record.networkId, found.summary);
}

function textOf(
  folder: string,
  networkId: string,
  { statuses, finishedAt }: NonNullable<EarlierRun['summary']>,
): string {
  const run = shellWord(pathFrom(process.cwd(), folder));
  const day = finishedAt.slice(0, 16).replace('T', ' ');
  return `${printable(`this file was fully sent to network ${networkId} by ${run} on ${day} UTC: ${count(statuses.updated)} updated`)}\n`;
}

async function earlierRuns(input: string, runsDir: string): Promise<EarlierRun[]> {
  const { size } = await stat(input);
  const names = (await exists(runsDir)) ? (await readdir(runsDir)).sort().slice(-MOST) : [];
  const folders = [...names.map((name) => join(runsDir, name)), ...(await runsElsewhere(runsDir))];
  const runs: EarlierRun[] = [];
  let hash: string | undefined;
  for (const path of folders) {
    const folder = RunFolder.at(path);
    const record = await folder.readRecord().catch(unlessOurs);
    if (!record) continue;
    if (record.undoOf === undefined) {
      if (record.input.size !== size) continue;
      hash ??= await sha256Of(input);
      if (record.input.sha256 !== hash) continue;
    }
    runs.push({ folder: folder.path, record, summary: await folder.readSummary().catch(unlessOurs) });
  }
  return runs;
}

/** What is no run, or is damaged, says nothing. */
function unlessOurs(error: unknown): undefined {
  if (!(error instanceof WickrBulkError)) throw error;
}
