import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const isLong = Number(process.env.LONG ?? 0) > 0;

export default defineConfig({
  test: {
    dir: 'test',
    // `npm run test:browser` has the longer ones of the tests in Chromium.
    exclude: [...configDefaults.exclude, '**/browser/{live,looks,page,speed}.test.ts'],
    // A test that runs the command waits for it a good part of its time: more files at once than there are cores.
    maxWorkers: availableParallelism() + 2,
    // No module of src/ keeps anything from one run to the next, so that test files can share what is loaded.
    isolate: false,
    // ms; only there to end a test that hangs, however busy the machine is.
    testTimeout: isLong ? 3_600_000 : 300_000,
    hookTimeout: 60_000,
  },
});
