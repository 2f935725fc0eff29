/**
 * `npm run page-picture`: the page of a made-up run, as Chromium shows it, as a picture for the README: `docs/page.png`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { writeReport } from '../src/index.js';
import { sampleRun } from '../test/page/sample-run.js';

const out = fileURLToPath(new URL('../docs/page.png', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-picture-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const run = await sampleRun(join(folder, 'run'), { rows: 6000, failing: 400, series: true });
  const { path } = await writeReport(run);
  const page = await browser.newPage({ viewport: { width: 900, height: 1080 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(path).href);
  // Where this machine keeps its temporary files is nobody's business.
  for (const node of await page.locator('.next p, .next code').all())
    await node.evaluate(
      (element, [from, to]) => {
        for (const child of element.childNodes)
          if (child.nodeType === 3)
            child.textContent = (child.textContent ?? '').replaceAll(from ?? '', to ?? '');
      },
      [run, '/home/jo/wickr-bulk-runs/2026-01-31T120000Z-users'],
    );
  await page.locator('tbody tr').first().waitFor();
  await page.screenshot({ path: out });
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
