import { defineConfig } from 'vitest/config';

/** The tests of the deciders alone: each changed decider is tried against them, hundreds of times. */
export default defineConfig({
  test: {
    dir: 'test',
    // ms; changed code is given up by Stryker's own time limit, and the first run may meet a busy machine.
    testTimeout: 60_000,
    include: [
      'pace/retry-policy',
      'run/batch/abort-conditions',
      'run/service/stop-reason',
      'plan/renames/rename-order',
      'plan/diff/compare',
      'plan/caps',
      'input/options/where-option',
      'report/line',
      'wickr/error-answer',
    ].map((name) => `test/${name}.test.ts`),
  },
});
