import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type ScreenFlags, screenFlags } from '../flags.js';
import { openEmulator, readyBlock } from './emulator.js';

/** What the emulator keeps to and the run is not told: requests/s, and how many at once before that counts. */
const HIDDEN = { rate: 150, burst: 50 };
/** Made up from the seed; the sample's rows are about these. */
const USERS = 1200;

/** `wickr-bulk demo` */
export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description(
      'Start the emulator with a hidden rate limit and run a real update of the sample file against it.',
    )
    .option('--port <n>', 'of the emulator; 0 picks a free one', '0')
    .option('--out <dir>', "the run's folder (default: a new one below wickr-bulk-runs)");
  screenFlags(command)
    .addHelpText('after', '\nExample:\n  wickr-bulk demo')
    .action(async (flags: ScreenFlags & { port: string; out?: string }) => {
      process.exitCode = await demo(flags);
    });
}

async function demo(flags: ScreenFlags & { port: string; out?: string }): Promise<number> {
  const { runUpdate } = await import('../../index.js');
  const { createLogger } = await import('../pino-logger.js');
  const { findings, showRun } = await import('../show-run.js');
  const logger = await createLogger(flags);
  const sample = fileURLToPath(new URL('../../../fixtures/demo.csv', import.meta.url));
  const emulator = await openEmulator(() => ({
    ...HIDDEN,
    port: Number(flags.port),
    users: USERS,
    latency: 20,
  }));
  try {
    const notice = 'The same run without the demo around it is the last line above; it starts now:';
    process.stderr.write(`${readyBlock(emulator, `wickr-bulk update ${sample}`, notice)}\n`);
    return await showRun(flags, (shown) =>
      runUpdate({
        input: sample,
        networkId: emulator.networkId,
        region: emulator.region,
        endpointUrl: emulator.url,
        credentials: async () => emulator.credentials,
        ...(flags.out === undefined ? {} : { out: flags.out }),
        ...shown,
        ...findings,
        ...(logger ? { logger } : {}),
      }),
    );
  } finally {
    await emulator.close();
  }
}
