import type { Command } from 'commander';
import { ExitCode } from '../errors.js';
import type { Preview, UpdateOptions } from '../index.js';
import { count } from '../screen/plain.js';
import { shellWord } from '../screen/summary.js';
import { inputFlags, type ScreenFlags, screenFlags, serviceFlags } from './flags.js';

/** commander makes `--no-rate-memory` a `rateMemory` that is true unless the flag is given. */
type UpdateFlags = Omit<UpdateOptions, 'input' | 'rateMemory'> &
  ScreenFlags & { dryRun?: boolean; rateMemory: boolean };

/** `wickr-bulk update INPUT` */
export function addUpdate(program: Command): void {
  const command = program
    .command('update')
    .description('Make the changes that a file asks for, and report of each row what became of it.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  inputFlags(command)
    .option('--skip-invalid', 'send the valid rows of a file that has invalid ones')
    .option('--dry-run', 'show the first requests, send nothing')
    .option('--yes', 'answer yes to every question');
  serviceFlags(command)
    .option('--out <dir>', "the run's folder (default: a new one below wickr-bulk-runs)")
    .option('--report-format <format>', 'csv or jsonl (default: csv)')
    .option('--rate <n>', 'updates a second (default: found by itself)')
    .option('--max-rate <n>', 'never more updates a second than this')
    .option('--no-rate-memory', 'neither start from the rate that the last run found nor keep the new one')
    .option('--concurrency <n>', 'requests in flight at the most (default: 64)')
    .option('--max-attempts <n>', 'attempts of a row, throttled ones not counted (default: 6)')
    .option('--throttle-patience <s>', 'seconds for which a row may be throttled (default: 900)')
    .option('--outage-patience <s>', 'seconds for which the service may be down (default: 300)')
    .option('--max-errors <n>', 'stop after more failed rows than N, or N% of the rows');
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
  const { rateMemoryPath, withEnvironment } = await import('./service.js');
  const { rateMemory, ...others } = flags;
  const options = {
    ...(await withEnvironment(others)),
    ...(rateMemory ? { rateMemory: rateMemoryPath() } : {}),
    ...findings,
    input: inputOf(input),
  } as UpdateOptions;
  if (flags.dryRun) {
    process.stdout.write(renderPreview(await previewUpdate(options), flags.json ?? false));
    return ExitCode.ok;
  }
  const { createLogger } = await import('./log.js');
  const logger = await createLogger(flags);
  return showRun(
    flags,
    (shown) => runUpdate({ ...options, ...shown, ...(logger ? { logger } : {}) }),
    (failed) => againLine(process.argv.slice(2), input, failed),
  );
}

/** Flags that were meant for the one run. */
const ONCE = ['--out', '--limit', '--log-file'];

/** The command line with the failed rows in the input's place. */
function againLine(args: readonly string[], input: string, failed: string): string {
  const isOnce = (arg: string | undefined) =>
    ONCE.some((flag) => arg === flag || arg?.startsWith(`${flag}=`));
  const kept = args.filter((arg, i) => !isOnce(arg) && !ONCE.includes(args[i - 1] ?? ''));
  return ['wickr-bulk', ...kept.map((arg) => (arg === input ? failed : arg))].map(shellWord).join(' ');
}

function renderPreview(preview: Preview, json: boolean): string {
  if (json) return `${JSON.stringify(preview)}\n`;
  const { networkId, rows, invalid, requests } = preview;
  const shown = requests.map((request) => `${request}\n`).join('\n');
  return `${shown}\n${count(rows - invalid)} requests like these would go to network ${networkId}; nothing was sent.\n`;
}
