import type { Command } from 'commander';
import { ExitCode } from '../errors.js';
import type { Preview, UpdateOptions } from '../index.js';
import { count } from '../screen/plain.js';
import {
  inputFlags,
  paceFlags,
  planningFlags,
  type ScreenFlags,
  screenFlags,
  serviceFlags,
} from './flags.js';

/** commander makes `--no-rate-memory` a `rateMemory` that is true unless the flag is given. */
type UpdateFlags = Omit<UpdateOptions, 'input' | 'rateMemory'> &
  ScreenFlags & { dryRun?: boolean; rateMemory: boolean };

/** `wickr-bulk update INPUT` */
export function addUpdate(program: Command): void {
  const command = program
    .command('update')
    .description('Make the changes that a file asks for, and report of each row what became of it.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  planningFlags(inputFlags(command))
    .option('--skip-invalid', 'send the valid rows of a file that has invalid ones')
    .option('--dry-run', 'show the first requests, send nothing')
    .option('--yes', 'answer yes to every question');
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
    .action(async (input: string, flags: UpdateFlags) => {
      process.exitCode = await update(input, flags);
    });
}

async function update(input: string, flags: UpdateFlags): Promise<number> {
  const { previewUpdate, runUpdate } = await import('../index.js');
  const { findings, inputOf, showRun } = await import('./show.js');
  const { sharedState, withEnvironment } = await import('./service.js');
  const { rateMemory, ...others } = flags;
  const options = {
    ...(await withEnvironment(others)),
    ...sharedState(rateMemory),
    ...findings,
    input: inputOf(input),
  } as UpdateOptions;
  if (flags.dryRun) {
    process.stdout.write(renderPreview(await previewUpdate(options), flags.json ?? false));
    return ExitCode.ok;
  }
  const { createLogger } = await import('./log.js');
  const logger = await createLogger(flags);
  return showRun(flags, (shown) => runUpdate({ ...options, ...shown, ...(logger ? { logger } : {}) }));
}

function renderPreview(preview: Preview, json: boolean): string {
  if (json) return `${JSON.stringify(preview)}\n`;
  const { networkId, rows, invalid, skipped, requests } = preview;
  const shown = requests.map((request) => `${request}\n`).join('\n');
  return `${shown}\n${count(rows - invalid - skipped)} requests like these would go to network ${networkId}; nothing was sent.\n`;
}
