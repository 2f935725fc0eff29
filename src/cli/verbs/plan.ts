import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';
import { showPlan } from '../show-plan.js';

/** `wickr-bulk plan INPUT` */
export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('Show who would change and how, without changing anybody.')
    .argument('<input>', 'a .csv, .tsv, .jsonl, .ndjson, .json or .xlsx file, or - for standard input');
  addFlags(command, 'plan')
    .addHelpText(
      'after',
      `
Values are shown on the screen and kept in the plan's file, which is for its
owner alone; with --json there are numbers only.

Examples:
  wickr-bulk plan users.csv --network-id 12345678 --region us-east-1
  wickr-bulk plan hr.csv --map auto --network-id 12345678 --out plan.jsonl
  wickr-bulk apply plan.jsonl`,
    )
    .action(async (input: string, parsed: Record<string, unknown>) => {
      process.exitCode = await showPlan(input, readFlags('plan', parsed).given);
    });
}
