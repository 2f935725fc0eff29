import { defineConfig } from 'vitest/config';

const isLong = Number(process.env.LONG ?? 0) > 0;

export default defineConfig({
  test: {
    dir: 'test',
    // Half of a test's time it waits for processes and answers: as many files at once as there are cores.
    maxWorkers: '100%',
    // No module of src/ keeps anything from one run to the next, so that test files can share what is loaded.
    isolate: false,
    // ms; only there to end a test that hangs, however busy the machine is.
    testTimeout: isLong ? 3_600_000 : 300_000,
    hookTimeout: 60_000,
  },
});
