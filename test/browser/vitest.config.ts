/** `npm run test:browser`: all tests in Chromium, one after the other, as some of them measure. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { dir: 'test/browser', fileParallelism: false, testTimeout: 300_000, hookTimeout: 60_000 },
});
