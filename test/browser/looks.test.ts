/** The page as it looks: nothing that axe finds fault with, in the light, in the dark, narrow and on paper. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/index.js';
import { sampleRun } from '../page/sample-run.js';
import { chromiumPath, inChromium, useChromium } from './chromium.js';

const NARROW = { width: 390, height: 844 };
const looks: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', viewport: NARROW }],
  ['narrow and dark', { colorScheme: 'dark', viewport: NARROW }],
];

/** What axe says, by the rules of WCAG 2.2 AA and its own good practice. */
async function faults(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // By way of the debugger: the page's policy lets nobody else's script in.
  await page.evaluate(source);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    return (await axe.run()).violations;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

describe.skipIf(chromiumPath === undefined)(inChromium, () => {
  const chromium = useChromium();
  let folder = '';
  let address = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-looks-'));
    const { path } = await writeReport(
      await sampleRun(join(folder, 'run'), { rows: 3000, of: 4000, series: true }),
    );
    address = pathToFileURL(path).href;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(looks)('%s: axe finds nothing, and nothing is cut off', async (_, options) => {
    const { page, said } = await chromium.open(address, options);
    expect(await faults(page)).toEqual([]);
    await page.locator('#figures summary').click();
    await page.locator('tbody tr button').first().click();
    expect(await faults(page)).toEqual([]);
    // Nothing makes the page wider than its window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(said).toEqual([]);
  });

  it('narrow: a word stands beside the field that it is of', async () => {
    const { page } = await chromium.open(address, { viewport: NARROW });
    for (const name of ['search', 'status']) {
      const word = await page.locator(`label[for=${name}]`).boundingBox();
      const field = await page.locator(`#${name}`).boundingBox();
      const middle = (word?.y ?? 0) + (word?.height ?? 0) / 2;
      expect(middle).toBeGreaterThan(field?.y ?? Number.NaN);
      expect(middle).toBeLessThan((field?.y ?? Number.NaN) + (field?.height ?? 0));
    }
  });

  it('on paper the numbers stand in one line, though the words below one of them take two', async () => {
    // As wide as A4 within its margins, with five numbers.
    const { page } = await chromium.open(address, { viewport: { width: 718, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    const tiles = await page.locator('.tiles > div').evaluateAll((nodes) =>
      nodes.map((node) => ({
        top: node.getBoundingClientRect().top,
        number: node.querySelector('dd')?.getBoundingClientRect().top ?? 0,
      })),
    );
    expect(new Set(tiles.map(({ top, number }) => Math.round(number - top))).size).toBe(1);
  });

  it('in the dark the charts have colours of the dark', async () => {
    const { page } = await chromium.open(address, { colorScheme: 'dark' });
    const hash = () =>
      page.locator('#chart-rate canvas').evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const dark = await hash();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(hash).not.toBe(dark);
  });

  it('on paper the table is whole, up to 200 rows, and says what is missing', async () => {
    const { page } = await chromium.open(address, { colorScheme: 'dark' });
    await page.locator('#status').selectOption('');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect.poll(() => page.locator('tbody tr[data-status]').count()).toBe(200);
    expect(await page.locator('#unprinted').textContent()).toBe('The other 2,800 rows are not printed.');
    // Paper is white, whatever the screen is.
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
  });

  it('everything can be reached by keyboard, and the focus is seen', async () => {
    const { page } = await chromium.open(address);
    const reached: string[] = [];
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => {
          const { activeElement } = document;
          const isSeen = activeElement && getComputedStyle(activeElement).outlineStyle !== 'none';
          return `${activeElement?.tagName} ${activeElement?.id || activeElement?.className}${isSeen ? '' : ' unseen'}`;
        }),
      );
    }
    expect(reached.filter((text) => text.includes('unseen'))).toEqual([]);
    expect(reached).toEqual(
      expect.arrayContaining(['INPUT search', 'SELECT status', 'DIV rows scroll', 'BUTTON ']),
    );
  });
});
