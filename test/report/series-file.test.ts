import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LockedError } from '../../src/errors.js';
import { formatSample, readSeries } from '../../src/report/series.js';
import { SeriesFile } from '../../src/report/series-file.js';
import { useWorkplace } from '../workplace.js';
import { anySample, seconds } from './any-sample.js';

const place = useWorkplace();
const path = () => place.path('metrics.jsonl');

/** Adds lines as one process would, and gives what it was told. */
async function write(ends: readonly number[], guard: () => void = () => {}, most?: number) {
  const told: string[] = [];
  const file = new SeriesFile(
    path(),
    { guard, confirm: async () => guard(), onTrouble: (what) => void told.push(what) },
    most,
  );
  for (const end of ends) file.add(anySample(end));
  await file.close();
  return told;
}
const ends = async () => (await readSeries(path()))?.samples.map(({ done }) => done);

describe("a time series' file", () => {
  it('is for its owner alone, and another process goes on with it', async () => {
    expect(await write([1, 2])).toEqual([]);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await write([3])).toEqual([]);
    expect(await ends()).toEqual([1, 2, 3]);
  });

  it('loses the line that a kill has cut, and no other', async () => {
    await write([1, 2]);
    await appendFile(path(), formatSample(anySample(3)).slice(0, 50));
    expect(await write([4])).toEqual([]);
    expect(await ends()).toEqual([1, 2, 4]);
  });

  it('begins anew if something else has written into it, and says so once', async () => {
    await write([1, 2]);
    await appendFile(path(), 'hello\n');
    expect(await write([4])).toEqual([expect.stringMatching(/^metrics\.jsonl is not as a run wrote it/)]);
    expect(await write([5])).toEqual([]);
    expect(await ends()).toEqual([4, 5]);
  });

  it('that cannot be written is told once', async () => {
    await mkdir(path());
    expect(await write([1, 2, 3])).toEqual([
      expect.stringMatching(/^the time series is not kept any more: .*metrics\.jsonl cannot be read/),
    ]);
  });

  it('has no more lines than its bound, also of several processes', async () => {
    const all = seconds(250).map(({ done }) => done);
    for (const from of [0, 50, 100, 150, 200]) await write(all.slice(from, from + 50), undefined, 100);
    const series = await readSeries(path());
    expect(series?.samples.length).toBeLessThan(100);
    expect(series?.samples.reduce((sum, { requests }) => sum + requests, 0)).toBe(250);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it('is not touched by a process that has lost the run', async () => {
    await write([1]);
    const before = await readFile(path());
    const lost = () => {
      throw new LockedError('taken over', 'wait');
    };
    expect(await write([2, 3], lost)).toEqual([]);
    expect(await readFile(path())).toEqual(before);
    // Or loses it between two lines.
    let asked = 0;
    const losing = () => {
      asked += 1;
      if (asked > 2) lost();
    };
    expect(await write([2, 3, 4], losing)).toEqual([]);
    expect([await ends(), asked]).toEqual([[1, 2], 3]);
  });
});
