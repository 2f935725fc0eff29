/** Debian's Chromium, driven by Playwright's core: it brings no browser of its own. */
import { existsSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromiumPath = [process.env.CHROMIUM ?? '', ...places].find(
  (path) => path !== '' && existsSync(path),
);
/** What a test is called by, so that a machine without Chromium says why it is skipped. */
export const inChromium = chromiumPath === undefined ? 'in Chromium, which is not here' : 'in Chromium';

export interface OpenPage {
  readonly page: Page;
  /** What the console said, errors of the page with it. */
  readonly said: string[];
}

/** Call it at the top of a `describe`. */
export function useChromium(): { open(address: string, options?: BrowserContextOptions): Promise<OpenPage> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    const { chromium } = await import('playwright-core');
    // Its sandbox needs rights that a container's superuser does not have.
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    open: async (address, options = {}) => {
      if (!browser) throw new Error('Chromium is not here');
      const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => {
        // It is the tests that read the canvas.
        if (!message.text().startsWith('Canvas2D: Multiple readback'))
          said.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => said.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => {
        said.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(address);
      return { page, said };
    },
  };
}
