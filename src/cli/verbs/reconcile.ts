import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk reconcile INPUT` */
export function addReconcile(program: Command): void {
  const command = program
    .command('reconcile')
    .description('Make the users what a file says, as far as they are not, within caps: for cron.')
    .argument('<input>', 'a .csv, .tsv, .jsonl, .ndjson, .json or .xlsx file, or - for standard input');
  addFlags(command, 'reconcile')
    .addHelpText(
      'after',
      `
A user who is as the file says costs no write. If a cap is exceeded, nothing is
sent, the exit code is 4, and the plan is in the run's folder. What users were
is kept for "wickr-bulk undo". If all users were listed, unlisted.csv in the
run's folder has those whom no row names; with --missing skip, missing.csv has
the rows whose users are not there.

Examples:
  wickr-bulk reconcile hr.csv --map auto --network-id 12345678 --max-changes 50
  wickr-bulk reconcile hr.csv --map auto --network-id 12345678 \\
    --missing skip --max-missing 60% --max-unlisted 20`,
    )
    .action(async (input: string, parsed: Record<string, unknown>) => {
      const { reconcileUsers } = await import('../../index.js');
      const { runOptions } = await import('../library-options.js');
      const { inputName, inRunFolder } = await import('../runs/run-folder.js');
      const { showRun, subjectOf } = await import('../show-run.js');
      const read = readFlags('reconcile', parsed);
      const options = await runOptions('reconcile', input, read);
      process.exitCode = await inRunFolder(read.given, inputName(input), (folder) =>
        showRun(read.given, { verb: 'reconcile', subject: subjectOf(input) }, (shown) =>
          reconcileUsers({ ...options, ...shown, folder }),
        ),
      );
    });
}
