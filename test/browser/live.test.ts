/** The live page in a real browser: it follows a run, survives a resume and a reload, and keeps how it ended. */
import { readdir, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { start } from '../e2e/command.js';
import { environmentOf, renames, until, useWorkplace } from '../workplace.js';
import { drawn } from './canvas.js';
import { chromiumPath, inChromium, useChromium } from './chromium.js';

/** ms that the page may be behind the report. */
const MOST_BEHIND = 2000;
const TIMES = 5;

/** The address that the command prints. */
const listenFor = (stream: Readable | null): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    stream?.on('data', (part) => {
      said += String(part);
      const [, url] = /live page: (\S+)\n/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    stream?.on('close', () => reject(new Error(`no address: ${said}`)));
  });

/** Rows that the page says are done. */
const doneOf = async (page: Page): Promise<number> =>
  Number(
    /(?:: |all )([\d,]+)/.exec((await page.locator('h1').textContent()) ?? '')?.[1]?.replaceAll(',', '') ?? 0,
  );

describe.skipIf(chromiumPath === undefined)(inChromium, () => {
  const chromium = useChromium();
  const place = useWorkplace();

  /** Lines of the report that a run has written, without the heading. */
  const reported = async () => (await readFile(place.path('run/report.csv'), 'utf8')).split('\n').length - 2;

  it('update --serve: the page grows with the run, at most 2 s behind, and keeps its end', async () => {
    const emulator = await place.emulate({ users: 600 });
    const input = await place.write('users.csv', renames(600));
    const args = ['update', input, '--out', place.path('run'), '--rate', '40', '--yes', '--serve'];
    const { child, ended } = start([...args, '--network-id', emulator.networkId], {
      env: environmentOf(emulator, place.folder),
    });
    const { page, said } = await chromium.open(await listenFor(child.stderr));
    const behind: number[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      const [rows, at] = [await reported(), performance.now()];
      await until(async () => (await doneOf(page)) >= rows);
      behind.push(performance.now() - at);
      await until(async () => (await reported()) > rows + 20);
    }
    process.stdout.write(`ms behind the report: ${behind.map(Math.round).join(', ')}\n`);
    expect(behind.toSorted((a, b) => a - b)[2]).toBeLessThan(MOST_BEHIND);
    expect(await drawn(page, 'rate')).toBeGreaterThan(1000);
    expect((await ended).code).toBe(0);
    await expect.poll(() => page.locator('h1').textContent()).toBe('Yes: all 600 rows went through.');
    await expect.poll(() => page.locator('#live').textContent()).toContain('this page stays as it is');
    await expect.poll(() => page.locator('#found').textContent()).toBe('600 rows');
    expect(said).toEqual([]);
  });

  it('watch: the page survives a stop, a reload and a resume, and closing it touches nothing', async () => {
    const emulator = await place.emulate({ users: 300 });
    const env = environmentOf(emulator, place.folder);
    const input = await place.write('users.csv', renames(300));
    const args = ['update', input, '--out', place.path('run'), '--rate', '40', '--yes'];
    const update = start([...args, '--network-id', emulator.networkId], { env });
    await until(async () => (await readdir(place.folder)).includes('run'));
    await emulator.arrival(40);
    const watch = start(['watch', place.path('run')], { env });
    const address = await listenFor(watch.child.stdout);
    const { page, said } = await chromium.open(address);
    await until(async () => (await doneOf(page)) > 20);
    update.child.kill('SIGINT');
    expect((await update.ended).code).toBe(130);
    await expect
      .poll(() => page.locator('h1').textContent(), { timeout: 20_000 })
      .toMatch(/^No: \d+ of 300 rows are still to be done\.$/);
    await page.reload();
    await expect.poll(() => page.locator('h1').textContent()).toMatch(/^No: /);
    const resumed = start(['resume', place.path('run')], { env });
    expect((await resumed.ended).code).toBe(0);
    await expect
      .poll(() => page.locator('h1').textContent(), { timeout: 20_000 })
      .toBe('Yes: all 300 rows went through.');
    await expect.poll(() => page.locator('#found').textContent()).toBe('300 rows');
    const before = await readdir(place.path('run'));
    await page.close();
    watch.child.kill('SIGINT');
    expect((await watch.ended).code).toBe(130);
    expect(await readdir(place.path('run'))).toEqual(before);
    expect(said).toEqual([]);
  });
});
