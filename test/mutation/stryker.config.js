/**
 * `npm run test:mutation`: changes the deciders in small ways, one at a time, and sees whether a test notices.
 * `equivalent.md` lists the changes that no test can notice, with the reason.
 */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // Stryker knows from the first run which tests reach a change, and vitest need not find that out again.
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  mutate: [
    'src/pace/retry-policy.ts',
    'src/run/batch/abort-conditions.ts',
    'src/run/service/stop-switch.ts',
    'src/plan/renames/rename-order.ts',
    'src/plan/diff/compare.ts',
    'src/plan/caps.ts',
    'src/input/options/where-option.ts',
    'src/report/line.ts',
    'src/wickr/error-answer.ts',
  ],
  // Stryker would rewrite the paths of a tsconfig.json by way of an API that TypeScript 7 does not have; ours names
  // none outside.
  tsconfigFile: 'none',
  coverageAnalysis: 'perTest',
  // Room is left for other work on the machine.
  concurrency: 2,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'mutation-report/index.html' },
  jsonReporter: { fileName: 'mutation-report/report.json' },
  tempDirName: 'mutation-report/sandbox',
  // A second biome.json, left by a run that was killed, would stop the linter.
  ignorePatterns: ['biome.json', 'dist', 'mutation-report', 'bench-results.json', 'wickr-bulk-runs'],
  // %; below it the run fails.
  thresholds: { high: 97, low: 95, break: 95 },
};
