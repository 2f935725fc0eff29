/** A report that is read as it grows: each row is given once, whatever a look meets. */
import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ReportTail } from '../../src/report/tail.js';
import { sampleRun } from '../page/sample-run.js';
import { useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** The lines of a report, with its heading, and a tail of a report that has none of them yet. */
async function reportOf(rows: number) {
  const path = join(await sampleRun(place.path('run'), { rows }), 'report.csv');
  const [heading = '', ...lines] = (await readFile(path, 'utf8')).split(/(?<=\n)/);
  await writeFile(path, heading);
  return { path, heading, lines, tail: new ReportTail(path, 'csv') };
}

/** What a reader knows after the looks so far. */
const reader = (tail: ReportTail) => {
  let rows: number[] = [];
  return async () => {
    for await (const { isAnew, outcomes } of tail.read()) {
      if (isAnew) rows = [];
      rows.push(...outcomes.map(({ row }) => row));
    }
    return rows;
  };
};

it('each row is given once, a line that is not whole when it is', async () => {
  const { path, lines, tail } = await reportOf(3);
  const look = reader(tail);
  const [first = '', second = '', third = ''] = lines;
  await appendFile(path, first + second.slice(0, 9));
  expect(await look()).toEqual([1]);
  await appendFile(path, second.slice(9));
  expect(await look()).toEqual([1, 2]);
  await appendFile(path, third);
  expect(await look()).toEqual([1, 2, 3]);
  expect(await look()).toEqual([1, 2, 3]);
});

it('a report that begins anew is told as one, though it is empty', async () => {
  const { path, heading, lines, tail } = await reportOf(3);
  const look = reader(tail);
  await appendFile(path, lines.join(''));
  expect(await look()).toEqual([1, 2, 3]);
  await truncate(path);
  expect(await look()).toEqual([]);
  await writeFile(path, heading + lines[2]);
  expect(await look()).toEqual([3]);
});

it('a look that fails costs no row and doubles none', async () => {
  const { path, heading, lines, tail } = await reportOf(3);
  const look = reader(tail);
  await appendFile(path, lines[0] ?? '');
  expect(await look()).toEqual([1]);
  await appendFile(path, 'no line of a report\n');
  await expect(look()).rejects.toThrow('report.csv');
  // It is as it was, and so is what is said of it.
  await expect(look()).rejects.toThrow('report.csv');
  await writeFile(path, heading + lines.join(''));
  expect(await look()).toEqual([1, 2, 3]);
  await rm(path);
  expect(await look()).toEqual([1, 2, 3]);
});
