import { type Command, Option } from 'commander';
import type { Exported, ExportOptions } from '../../index.js';
import { count } from '../../screen/plain.js';
import { logFlags, readingPaceFlags, type ScreenFlags, serviceFlags } from '../flags.js';
import { untilSignal } from '../show-run.js';

/** commander makes `--no-rate-memory` a `rateMemory` that is true unless the flag is given. */
type ExportFlags = Omit<ExportOptions, 'out' | 'rateMemory'> &
  Omit<ScreenFlags, 'json'> & { out?: string; rateMemory: boolean };

/** `wickr-bulk export` */
export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description("Write the network's users as rows that update takes, and that change nothing as they are.")
    .requiredOption('--network-id <id>', "the network's eight digits")
    .option('--security-group <group>', 'only the users of this group: its name or its ID')
    .addOption(
      new Option(
        '--status <status>',
        'only the users who are active or pending, or those who are suspended',
      ).choices(['active', 'pending', 'suspended']),
    )
    .option('--include-bots', 'bots as well')
    .addOption(
      new Option('--format <format>', 'default: as --out is named, else csv').choices(['csv', 'jsonl']),
    )
    .option('--out <file>', 'a new file, for its owner alone (default: standard output)');
  serviceFlags(command);
  readingPaceFlags(command);
  logFlags(command)
    .addHelpText(
      'after',
      `
Names, usernames and groups stand in it exactly as they are in the network. It reads with wickr:ListUsers, and with
wickr:ListSecurityGroups where a group is named.

Examples:
  wickr-bulk export --network-id 12345678 --region us-east-1 --out users.csv
  wickr-bulk export --network-id 12345678 --security-group Sales --status active --format jsonl > sales.jsonl`,
    )
    .action(async (flags: ExportFlags) => {
      process.exitCode = await exportTo(flags);
    });
}

async function exportTo({ out, rateMemory, ...flags }: ExportFlags): Promise<number> {
  const { exportUsers } = await import('../../index.js');
  const { createLogger } = await import('../pino-logger.js');
  const { outputOf, whileRead } = await import('../standard-output.js');
  const { sharedState, withEnvironment } = await import('../environment.js');
  const logger = await createLogger(flags);
  const interruption = untilSignal();
  const counter = new Counter(flags.progress);
  const options = {
    ...(await withEnvironment(flags)),
    rateMemory: sharedState(rateMemory).rateMemory,
    out: outputOf(out),
    signal: interruption.signal,
    onUsers: (users: number) => counter.show(users),
    ...(logger ? { logger } : {}),
  } as ExportOptions;
  try {
    return await whileRead(async () => {
      const exported = await exportUsers(options).finally(() => counter.end());
      process.stderr.write(notes(exported));
    });
  } finally {
    interruption.end();
  }
}

/** How many users there are so far, on a terminal. */
class Counter {
  private readonly isShown: boolean;

  constructor(isWanted: boolean) {
    this.isShown = isWanted && process.stderr.isTTY && !process.stdout.isTTY;
  }

  show(users: number): void {
    if (this.isShown) process.stderr.write(`\r${count(users)} users\x1b[K`);
  }

  end(): void {
    if (this.isShown) process.stderr.write('\r\x1b[K');
  }
}

function notes({ networkId, users, bots, nameless, formulas, format }: Exported): string {
  const lines = [`${count(users)} ${users === 1 ? 'user' : 'users'} of network ${networkId}`];
  if (bots > 0) lines.push(`bots left out: ${count(bots)} (--include-bots takes them in)`);
  if (nameless > 0) lines.push(`users left out of whom only the ID is known: ${count(nameless)}`);
  if (formulas > 0 && format === 'csv') {
    lines.push(
      `cells that a spreadsheet would run as formulas: ${count(formulas)}. They are as they stand in the network: ` +
        'import the file as text, or use --format jsonl',
    );
  }
  return `${lines.join('\n')}\n`;
}
