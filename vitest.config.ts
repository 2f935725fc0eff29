import { defineConfig } from 'vitest/config';

const isLong = Number(process.env.LONG ?? 0) > 0;

export default defineConfig({
  test: {
    dir: 'test',
    // The tests wait for processes and answers more than they compute: as many at once as there are cores.
    maxWorkers: '100%',
    // ms; only there to end a test that hangs, however busy the machine is.
    testTimeout: isLong ? 3_600_000 : 180_000,
    hookTimeout: 60_000,
  },
});
