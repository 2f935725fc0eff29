import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { addFlags, type GivenFlags, readFlags } from '../flags.js';
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
    .option('--port <n>', 'of the emulator; 0 picks a free one', '0');
  addFlags(command, 'demo')
    .addHelpText('after', '\nExample:\n  wickr-bulk demo')
    .action(async (parsed: { port: string }) => {
      process.exitCode = await demo(Number(parsed.port), readFlags('demo', parsed));
    });
}

async function demo(port: number, { given }: GivenFlags<'demo'>): Promise<number> {
  const { updateUsers } = await import('../../index.js');
  const { loggerOf } = await import('../library-options.js');
  const { inRunFolder } = await import('../run-folder.js');
  const { inputHooks, showRun } = await import('../show-run.js');
  const logger = await loggerOf(given);
  const sample = fileURLToPath(new URL('../../../fixtures/demo.csv', import.meta.url));
  const emulator = await openEmulator(() => ({
    ...HIDDEN,
    port,
    users: USERS,
    latency: 20,
  }));
  try {
    const notice = 'The same run without the demo around it is the last line above; it starts now:';
    process.stderr.write(`${readyBlock(emulator, `wickr-bulk update ${sample}`, notice)}\n`);
    return await inRunFolder(given.folder, sample, (folder) =>
      showRun(given, (shown) =>
        updateUsers({
          input: sample,
          networkId: emulator.networkId,
          region: emulator.region,
          endpointUrl: emulator.url,
          credentials: emulator.credentials,
          folder,
          ...shown,
          ...inputHooks(),
          ...logger,
        }),
      ),
    );
  } finally {
    await emulator.close();
  }
}
