import type { Command } from 'commander';
import { inputFlags, planningFlags, readingPaceFlags, screenFlags, serviceFlags } from '../flags.js';
import { type PlanFlags, showPlan } from '../show-plan.js';

/** `wickr-bulk plan INPUT` */
export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('Show who would change and how, without changing anybody.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  planningFlags(inputFlags(command))
    .option('--skip-invalid', 'leave out the invalid rows of a file')
    .option('--out <file>', 'keep the plan in this new file, for "wickr-bulk apply"')
    .option('--redact', 'show which fields would change, but no values')
    .option('--detailed-exitcode', 'exit with 10 where somebody would change');
  readingPaceFlags(serviceFlags(command));
  screenFlags(command)
    .addHelpText(
      'after',
      `
Values are shown on the screen and kept in the plan's file, which is for its owner alone; with --json there are numbers
only.

Examples:
  wickr-bulk plan users.csv --network-id 12345678 --region us-east-1
  wickr-bulk plan hr.csv --map auto --network-id 12345678 --out plan.jsonl && wickr-bulk apply plan.jsonl`,
    )
    .action(async (input: string, flags: PlanFlags) => {
      process.exitCode = await showPlan(input, flags);
    });
}
