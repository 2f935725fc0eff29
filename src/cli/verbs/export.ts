import type { Command } from 'commander';
import type { ExportHandle, ExportOptions, StopRequest } from '../../index.js';
import { count } from '../../text/count.js';
import type { WrittenExport } from '../../verbs/export-file.js';
import { addFlags, type GivenFlags, readFlags } from '../flags.js';
import { untilSignal } from '../show-run.js';

/** `wickr-bulk export` */
export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description("Write the network's users as rows that update takes, and that change nothing as they are.");
  addFlags(command, 'export')
    .addHelpText(
      'after',
      `
Names, usernames and groups stand in it exactly as they are in the network. It
reads with wickr:ListUsers, and with wickr:ListSecurityGroups if a group is
named.

Examples:
  wickr-bulk export --network-id 12345678 --region us-east-1 --out users.csv
  wickr-bulk export --network-id 12345678 --security-group Sales --out sales.csv`,
    )
    .action(async (parsed: Record<string, unknown>) => {
      process.exitCode = await exportTo(readFlags('export', parsed));
    });
}

async function exportTo({ given }: GivenFlags<'export'>): Promise<number> {
  const { exportUsers } = await import('../../index.js');
  const { writeExport } = await import('../../verbs/export-file.js');
  const { formatOfOutput } = await import('../../verbs/output-file.js');
  const { loggerOf, withoutScreen } = await import('../library-options.js');
  const { outputOf, whileRead } = await import('../standard-output.js');
  const { sharedState, withEnvironment } = await import('../environment.js');
  const { identityHooks } = await import('../questions.js');
  const { rateMemory } = sharedState(!given.noRateMemory);
  const counter = new Counter(!given.noProgress);
  const options = {
    ...(await withEnvironment(withoutScreen(given))),
    ...(rateMemory !== undefined && { rateMemory }),
    onUsers: (users: number) => counter.show(users),
    ...identityHooks(),
    ...(await loggerOf(given)),
  } as ExportOptions;
  return whileRead(async () => {
    const out = outputOf(given.outFile);
    const format = formatOfOutput(out, given.fileFormat);
    const users = lazily(() => exportUsers(options));
    const write = () => writeExport(users.start, out, format);
    const written = await untilSignal(users, write).finally(() => counter.end());
    process.stderr.write(notes(written));
  });
}

/** An export that is started once its file can be written, and can be stopped before that. */
function lazily(start: () => ExportHandle): { start(): ExportHandle; stop(reason: StopRequest): void } {
  let users: ExportHandle | undefined;
  let stopped: StopRequest | undefined;
  return {
    start() {
      users = start();
      if (stopped) users.stop(stopped);
      return users;
    },
    stop(reason) {
      stopped = reason;
      users?.stop(reason);
    },
  };
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

function notes({ networkId, users, bots, nameless, formulas, format }: WrittenExport): string {
  const lines = [`${count(users)} ${users === 1 ? 'user' : 'users'} of network ${networkId}`];
  if (bots > 0) lines.push(`bots left out: ${count(bots)} (--include-bots takes them in)`);
  if (nameless > 0) lines.push(`users left out because only their ID is known: ${count(nameless)}`);
  if (formulas > 0 && format === 'csv') {
    lines.push(
      `cells that a spreadsheet would run as formulas: ${count(formulas)}. They are as they stand in the network: ` +
        'import the file as text, or use --format jsonl',
    );
  }
  return `${lines.join('\n')}\n`;
}
