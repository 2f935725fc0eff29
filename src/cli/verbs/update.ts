import type { Command } from 'commander';
import { addFlags, type GivenFlags, notTakenBy, readFlags } from '../flags.js';
import { notice } from '../process/notices.js';

/** `wickr-bulk update INPUT` */
export function addUpdate(program: Command): void {
  const command = program
    .command('update')
    .description('Make the changes that a file asks for, and report of each row what became of it.')
    .argument('<input>', 'a .csv, .tsv, .jsonl, .ndjson, .json or .xlsx file, or - for standard input');
  addFlags(command, 'update')
    .addHelpText(
      'after',
      `
Examples:
  wickr-bulk update users.csv --network-id 12345678 --region us-east-1 --limit 5
  wickr-bulk update moves.jsonl --region eu-west-2 --max-errors 2% --json`,
    )
    .action(async (input: string, parsed: Record<string, unknown>) => {
      process.exitCode = await update(input, readFlags('update', parsed));
    });
}

async function update(input: string, read: GivenFlags<'update'>): Promise<number> {
  if (read.given.dryRun) {
    const { dryRun: _, quiet: __, ...flags } = read.flags;
    const idle = notTakenBy('plan', flags);
    if (idle.length > 0)
      notice(`--dry-run sends nothing and keeps no run, so it leaves out ${idle.join(', ')}\n`);
    const { showPlan } = await import('../show-plan.js');
    return showPlan(input, read.given);
  }
  const { updateUsers } = await import('../../index.js');
  const { runOptions } = await import('../library-options.js');
  const { inputName, inRunFolder } = await import('../runs/run-folder.js');
  const { sentBefore } = await import('../runs/sent-before.js');
  const { showRun, subjectOf } = await import('../show-run.js');
  const options = await runOptions('update', input, read);
  notice((await sentBefore(input, read.given)) ?? '');
  return inRunFolder(read.given, inputName(input), (folder) =>
    showRun(read.given, { verb: 'update', subject: subjectOf(input) }, (shown) =>
      updateUsers({ ...options, ...shown, folder }),
    ),
  );
}
