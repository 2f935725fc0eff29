/** The live page's looks at a run: what one of them could not tell, the next one tells. */
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LiveRun } from '../../src/page/live-run.js';
import { type RowChunk, RowUnpacker } from '../../src/page/view/row-chunk.js';
import { RunFolder } from '../../src/run/state/run-folder.js';
import { useWorkplace } from '../workplace.js';
import { sampleRun } from './sample-run.js';

const place = useWorkplace();

/** A page that is open: it knows what the looks have told. */
function openPage(run: LiveRun) {
  let unpacker = new RowUnpacker();
  let rows: number[] = [];
  return async () => {
    const { isAnew, rows: chunks } = await run.look();
    if (isAnew) {
      unpacker = new RowUnpacker();
      rows = [];
    }
    for (const chunk of chunks)
      rows.push(...unpacker.rowsOf(JSON.parse(chunk) as RowChunk).map(({ row }) => row));
    return rows;
  };
}

it.each([
  ['has grown', 2, [1, 2, 3, 4]],
  ['has begun anew', 4, [3, 4]],
])('a look that fails after the report %s takes no row from the page', async (_, from, expected) => {
  const folder = await sampleRun(place.path('run'), { rows: 4, series: true });
  const report = join(folder, 'report.csv');
  const [heading = '', ...lines] = (await readFile(report, 'utf8')).split(/(?<=\n)/);
  await writeFile(report, heading + lines.slice(0, from).join(''));
  const look = openPage(new LiveRun(RunFolder.at(folder), (text) => text));
  expect(await look()).toEqual([1, 2, 3, 4].slice(0, from));

  if (from === 4) await writeFile(report, heading);
  await appendFile(report, lines.slice(2).join(''));
  const series = join(folder, 'metrics.jsonl');
  await rename(series, `${series}.kept`);
  await mkdir(series);
  await expect(look()).rejects.toThrow('metrics.jsonl');
  await rm(series, { recursive: true });
  await rename(`${series}.kept`, series);
  expect(await look()).toEqual(expected);
});
