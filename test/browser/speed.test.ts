/** 50,000 rows: the table is searched, sorted and scrolled without a pause that somebody notices. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/index.js';
import { sampleRun } from '../page/sample-run.js';
import { chromiumPath, inChromium, useChromium } from './chromium.js';

/** ms; a longer task is one in which a page seems to hang. */
const MOST = 200;
const TIMES = 5;

/** The longest task, in ms, of what is done; below 50, which is no long task, it is 0. */
async function longestTask(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const told = window as unknown as { tasks: number[]; watch?: PerformanceObserver };
    told.tasks = [];
    told.watch ??= new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) told.tasks.push(duration);
    });
    told.watch.observe({ type: 'longtask' });
  });
  await act();
  // Two frames: what was done is drawn, and its tasks are told of.
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50))),
      ),
  );
  return page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[2] ?? 0;

describe.skipIf(chromiumPath === undefined)(inChromium, () => {
  const chromium = useChromium();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-speed-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('no task of the table takes longer than 200 ms, in the median of five', async () => {
    const { path } = await writeReport(await sampleRun(join(folder, 'run'), { rows: 50_000, series: true }));
    const { page } = await chromium.open(pathToFileURL(path).href);
    await page.locator('#status').selectOption('');
    expect(await page.locator('#found').textContent()).toBe('50,000 rows');
    const scroll = page.locator('#table .rows');
    const acts: Readonly<Record<string, (time: number) => Promise<unknown>>> = {
      search: async (time) => {
        await page.locator('#search').fill(`1000${time}`);
        await page.locator('#search').fill('');
      },
      filter: async () => {
        await page.locator('#status').selectOption('failed');
        await page.locator('#status').selectOption('');
      },
      'sort by user': () => page.locator('th button', { hasText: 'User' }).click(),
      'sort by status': () => page.locator('th button', { hasText: 'Status' }).click(),
      'sort by reason': () => page.locator('th button', { hasText: 'Why' }).click(),
      'sort by time': () => page.locator('th button', { hasText: 'Ended' }).click(),
      scroll: async (time) => {
        for (const part of [0.1, 0.5, 0.9, 1])
          await scroll.evaluate(
            (node, top) => {
              node.scrollTop = top * node.scrollHeight;
            },
            part - time / 100,
          );
      },
    };
    const medians: Record<string, number> = {};
    for (const [name, act] of Object.entries(acts)) {
      const longest: number[] = [];
      for (let time = 0; time < TIMES; time += 1) longest.push(await longestTask(page, () => act(time)));
      medians[name] = median(longest);
    }
    process.stdout.write(`longest tasks, ms, median of ${TIMES}: ${JSON.stringify(medians)}\n`);
    expect(Object.entries(medians).filter(([, ms]) => ms > MOST)).toEqual([]);
    // What is scrolled to is there: the last rows.
    await scroll.evaluate((node) => {
      node.scrollTop = node.scrollHeight;
    });
    const lastRow = () =>
      page.evaluate(() =>
        document.querySelector('#table tbody')?.lastElementChild?.getAttribute('aria-rowindex'),
      );
    await expect.poll(lastRow).toBe('50001');
  });
});
