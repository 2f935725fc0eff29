/** The page of a run in a real browser: it opens, and its charts are drawn. `npm run test:browser` has more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/index.js';
import { sampleRun } from '../page/sample-run.js';
import { drawn, ofColour } from './canvas.js';
import { chromiumPath, inChromium, useChromium } from './chromium.js';

describe.skipIf(chromiumPath === undefined)(inChromium, () => {
  const chromium = useChromium();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-page-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('a run is answered for in the first line, and its charts are drawn', async () => {
    const { path } = await writeReport(await sampleRun(join(folder, 'run'), { rows: 3000, series: true }));
    const { page, said } = await chromium.open(pathToFileURL(path).href);
    expect(await page.locator('h1').textContent()).toBe('No: 60 of 3,000 rows did not go through.');
    expect(await drawn(page, 'rate')).toBeGreaterThan(2000);
    expect(await drawn(page, 'latency')).toBeGreaterThan(1000);
    // The throttles are marked, the limit that was found is there: light colours of the style.
    expect(await ofColour(page, 'rate', [0xb3, 0x26, 0x1e])).toBeGreaterThan(20);
    expect(await ofColour(page, 'rate', [0x1b, 0x1f, 0x23])).toBeGreaterThan(50);
    await page.locator('#figures summary').click();
    // The table is filled once the browser tells that it was opened, which is after the click.
    const figures = page.locator('#figures tbody tr');
    await figures.first().waitFor();
    expect(await figures.count()).toBe(75);
    expect(said).toEqual([]);
  });
});
