import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk retry RUN` */
export function addRetry(program: Command): void {
  const command = program
    .command('retry')
    .description('Run the rows that failed or were not processed again, as a new run.')
    .argument('[run]', "the run's folder");
  addFlags(command, 'retry')
    .addHelpText(
      'after',
      `
The rows are those of the run's failed.csv or failed.jsonl; correct them there
first if the report says so.

Examples:
  wickr-bulk retry wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk retry --last`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { retryRun } = await import('../../index.js');
      const { inRunFolder, repeatName } = await import('../runs/run-folder.js');
      const { whichRun } = await import('../runs/which-run.js');
      const { runSubject, showRun } = await import('../show-run.js');
      const { resumeOptions } = await import('../library-options.js');
      const read = readFlags('retry', parsed);
      const run = await whichRun('retry', named, read.given);
      const { options, defaults } = await resumeOptions(read);
      process.exitCode = await inRunFolder(read.given, repeatName('retry', run), (folder) =>
        showRun(read.given, { verb: 'retry', subject: runSubject(run) }, (shown) =>
          retryRun(run, { ...options, ...shown, folder }, defaults),
        ),
      );
    });
}
