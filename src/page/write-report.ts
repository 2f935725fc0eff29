/** The page of a run, as a file that can be looked at, printed and sent on. */
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createFile, exists, replaceFile } from '../disk.js';
import { UsageError } from '../errors.js';
import { readReport } from '../report/read.js';
import { readSeries } from '../report/series.js';
import { RunFolder } from '../run/state/run-folder.js';
import { printable } from '../text/printable.js';
import { lookAtRun } from '../verbs/run-look.js';
import { plainWording, type Worded, wording } from '../wording.js';
import { PAGE_START, pageText } from './html.js';
import { PageRows } from './page-rows.js';
import { RunAccount, type Word } from './run-account.js';
import { seriesPoints } from './series-points.js';
import type { PageData, SeriesPoint } from './view/page-data.js';

export interface ReportOptions {
  /** The file to make, which must not exist yet unless it is such a page. Default: `report.html` in the run's folder. */
  readonly out?: string;
}

/** A page that was written. */
export interface WrittenReport {
  /** Absolute. */
  readonly path: string;
  /** Rows that did not succeed, or changes of a plan, for which the page had no room. */
  readonly leftOut: number;
}

/**
 * Writes a page of a run, also while it goes on: one HTML file (mode 0600) that needs no network, with what was asked,
 * what came of it, its pace over time, and its rows: all of up to 50,000, else those that did not succeed. It is at
 * most some 3 MB. No value of a user is in it but their IDs.
 *
 * @param path the run's folder
 * @throws RunFolderError if the folder is not a run's, its report was damaged, or the page cannot be written; UsageError
 *   if `out` is there already and is no such page
 */
export async function writeReport(path: string, options: ReportOptions = {}): Promise<WrittenReport> {
  const { text: word } = (options as Worded)[wording] ?? plainWording;
  const folder = RunFolder.at(path);
  const { page, rows } = await pageOf(folder, word);
  const out = resolve(options.out ?? join(folder.path, 'report.html'));
  await writePage(out, page, rows.texts);
  return { path: out, leftOut: rows.leftOut };
}

/** What the run has kept of its course; undefined if that is nothing to be seen, as in folders of older versions. */
export async function ownSeries(folder: RunFolder): Promise<readonly SeriesPoint[] | undefined> {
  const series = await readSeries(folder.series);
  return series && series.samples.length > 1 ? seriesPoints(series.samples) : undefined;
}

async function pageOf(folder: RunFolder, word: Word): Promise<{ page: PageData; rows: PageRows }> {
  const look = await lookAtRun(folder);
  const format = look.record.options.reportFormat ?? 'csv';
  const account = new RunAccount();
  const rows = new PageRows();
  const report = folder.report(format);
  // A run that was killed at its very start has no report yet.
  if (await exists(report))
    for await (const outcome of readReport(report, format)) {
      account.add(outcome, look.now);
      rows.add(outcome);
    }
  const { kind, leftOut } = rows;
  return { page: await account.page(look, { kind, leftOut }, word, await ownSeries(folder)), rows };
}

/** Writes a page at once as a whole, in the place of an earlier one. @throws UsageError if something else is there */
export async function writePage(path: string, page: PageData, rows: readonly string[]): Promise<void> {
  const { parts } = pageText(page, rows);
  const fill: Parameters<typeof replaceFile>[1] = async (file) => {
    for (const part of parts) await file.appendFile(part);
  };
  if (!(await exists(path))) return createFile(path, fill);
  if (!(await isPage(path)))
    throw new UsageError(
      `${printable(path)} exists already, and is no page of wickr-bulk`,
      'Name another file with `out`.',
    );
  return replaceFile(path, fill);
}

async function isPage(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const start = Buffer.alloc(PAGE_START.length);
    await file?.read(start, 0, start.length, 0);
    return start.toString() === PAGE_START;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
