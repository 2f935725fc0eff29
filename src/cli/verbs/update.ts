import type { Command } from 'commander';
import type { UpdateOptions } from '../../index.js';
import type { CanaryFlags } from '../canary-question.js';
import {
  checkingFlags,
  inputFlags,
  paceFlags,
  planningFlags,
  type ScreenFlags,
  screenFlags,
  serviceFlags,
} from '../flags.js';

/** commander makes `--no-rate-memory` a `rateMemory` that is true unless the flag is given. */
export type UpdateFlags = Omit<UpdateOptions, 'input' | 'rateMemory' | 'canary'> &
  CanaryFlags &
  ScreenFlags & { rateMemory: boolean };

/** `wickr-bulk update INPUT` */
export function addUpdate(program: Command): void {
  const command = program
    .command('update')
    .description('Make the changes that a file asks for, and report of each row what became of it.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  checkingFlags(
    planningFlags(inputFlags(command))
      .option('--skip-invalid', 'send the valid rows of a file that has invalid ones')
      .option('--dry-run', 'show who would change and how, like "wickr-bulk plan"; change nobody')
      .option('--skip-unchanged', 'read the users first, send only what differs')
      .option('--keep-before', 'the same, and keep what they were for "wickr-bulk undo"'),
  );
  serviceFlags(command)
    .option('--out <dir>', "the run's folder (default: a new one below wickr-bulk-runs)")
    .option('--report-format <format>', 'csv or jsonl (default: csv)')
    .option('--max-changes <n>', 'send nothing if more than N rows, or N% of the rows, would be sent');
  paceFlags(command);
  screenFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  wickr-bulk update users.csv --network-id 12345678 --region us-east-1 --limit 5
  wickr-bulk update moves.jsonl --region eu-west-2 --max-errors 2% --json`,
    )
    .action(async (input: string, flags: UpdateFlags & { dryRun?: boolean }) => {
      process.exitCode = await update(input, flags);
    });
}

async function update(
  input: string,
  { dryRun, ...flags }: UpdateFlags & { dryRun?: boolean },
): Promise<number> {
  if (dryRun) {
    const { showPlan } = await import('../show-plan.js');
    const { out: _, canary: __, ...others } = flags;
    return showPlan(input, others);
  }
  const { runUpdate } = await import('../../index.js');
  const { showRun } = await import('../show-run.js');
  const options = await runOptions(input, flags);
  return showRun(flags, (shown) => runUpdate({ ...options, ...shown }));
}

/** The flags of a run over an input, as the library takes them. */
export async function runOptions(input: string, flags: UpdateFlags): Promise<UpdateOptions> {
  const { canaryOptions } = await import('../canary-question.js');
  const { findings, inputOf } = await import('../show-run.js');
  const { createLogger } = await import('../pino-logger.js');
  const { sharedState, withEnvironment } = await import('../environment.js');
  const { rateMemory, canary: _, ...others } = flags;
  const logger = await createLogger(flags);
  return {
    ...(await withEnvironment(others)),
    ...sharedState(rateMemory),
    ...canaryOptions(flags, input),
    ...findings,
    input: inputOf(input),
    ...(logger ? { logger } : {}),
  } as UpdateOptions;
}
