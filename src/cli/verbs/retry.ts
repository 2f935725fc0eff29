import type { Command } from 'commander';
import { type AgainFlags, againFlags, againOptions } from '../resume-flags.js';

/** `wickr-bulk retry RUN` */
export function addRetry(program: Command): void {
  const command = program
    .command('retry')
    .description('Run the rows that failed or were not processed again, as a new run.')
    .argument('<run>', "the run's folder");
  againFlags(command)
    .option('--out <dir>', "the new run's folder (default: a new one below wickr-bulk-runs)")
    .addHelpText(
      'after',
      `
The rows are those of the run's failed.csv or failed.jsonl; correct them there first if the report says so.

Example:
  wickr-bulk retry wickr-bulk-runs/2026-01-31T120000Z-users`,
    )
    .action(async (run: string, flags: AgainFlags & { out?: string }) => {
      const { retryRun } = await import('../../index.js');
      const { showRun } = await import('../show-run.js');
      const options = await againOptions(flags);
      process.exitCode = await showRun(flags, (shown) => retryRun(run, { ...options, ...shown }));
    });
}
