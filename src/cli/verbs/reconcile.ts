import type { Command } from 'commander';
import type { ReconcileOptions } from '../../index.js';
import {
  ageFlag,
  checkingFlags,
  inputFlags,
  paceFlags,
  planningFlags,
  screenFlags,
  serviceFlags,
} from '../flags.js';
import { runOptions, type UpdateFlags } from './update.js';

/** `wickr-bulk reconcile INPUT` */
export function addReconcile(program: Command): void {
  const command = program
    .command('reconcile')
    .description('Make the users what a file says, as far as they are not, within caps: for cron.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  planningFlags(inputFlags(command))
    .option('--skip-invalid', 'send the valid rows of a file that has invalid ones')
    .option('--max-changes <n>', 'users that may change: N, or N% of the rows, 20 always (default: 10%)')
    .option('--max-renames <n>', 'users whose name or username may change, likewise (default: 10%)')
    .option(
      '--max-group-drain <n%>',
      "share of a group's members that may leave it, 20 users always (default: 25%)",
    )
    .option('--min-rows <n>', 'rows that the file has to have (default: 1)')
    .option('--max-shrink <n%>', 'how much shorter than the last file it may be (default: 10%)')
    .addOption(ageFlag);
  serviceFlags(checkingFlags(command))
    .option('--out <dir>', "the run's folder (default: a new one below wickr-bulk-runs)")
    .option('--report-format <format>', 'csv or jsonl (default: csv)');
  paceFlags(command);
  screenFlags(command)
    .addHelpText(
      'after',
      `
Users who are as the file says cost no write. Where a cap is gone beyond nothing is sent, the exit code is 4, and the
plan is in the run's folder. What users were is kept for "wickr-bulk undo".

Example:
  wickr-bulk reconcile hr.csv --map auto --network-id 12345678 --region us-east-1 --max-changes 50`,
    )
    .action(async (input: string, flags: UpdateFlags) => {
      const { reconcile } = await import('../../index.js');
      const { showRun } = await import('../show-run.js');
      const options = (await runOptions(input, flags)) as ReconcileOptions;
      process.exitCode = await showRun(flags, (shown) => reconcile({ ...options, ...shown }));
    });
}
