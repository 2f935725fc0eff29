import { mkdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import type { Command } from 'commander';
import { replaceFile } from '../../disk.js';
import type { Summary } from '../../model.js';
import { packageFile } from '../../package-file.js';
import { pathFrom } from '../../screen/runs.js';
import { shellWord } from '../../screen/shell-word.js';
import { addFlags, type GivenFlags, readFlags } from '../flags.js';
import { openEmulator } from './emulator.js';

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
  const { inputName, inRunFolder, RUNS } = await import('../runs/run-folder.js');
  const { inputHooks, showRun } = await import('../show-run.js');
  const logger = await loggerOf(given);
  const sample = await sampleFile(given.runsDir ?? RUNS);
  const emulator = await openEmulator(() => ({
    ...HIDDEN,
    port,
    users: USERS,
    latency: 20,
  }));
  try {
    process.stderr.write(`The demo runs this against an emulator of the Wickr API that lasts as long as the demo:
  wickr-bulk update --skip-invalid ${shellWord(sample)} --network-id ${emulator.networkId}

`);
    return await inRunFolder(given, inputName(sample), (folder) =>
      showRun(given, { verb: 'demo', subject: sample, next }, (shown) =>
        updateUsers({
          input: sample,
          // Six of its rows name nobody of the network, or no group of it.
          skipInvalid: true,
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

/** Nothing that asks the service: the emulator ends with the demo. */
const next = ({ folder }: Summary): string[] => [
  `look at it: ${thisCommand()} report ${shellWord(folder)} --open`,
  `  To try the other commands, start an emulator that stays: ${thisCommand()} emulator`,
];

/** How this program was started: whoever tries the demo may not have installed it. */
function thisCommand(): string {
  if (isSea()) return shellWord(process.execPath);
  const [, script = ''] = process.argv;
  return basename(script) === 'wickr-bulk'
    ? 'wickr-bulk'
    : `node ${shellWord(pathFrom(process.cwd(), script))}`;
}

/** The sample's path. A single executable has it within, and leaves a copy beside the runs, to be tried and looked at. */
async function sampleFile(runs: string): Promise<string> {
  if (!isSea()) return packageFile('fixtures/demo.csv');
  const path = resolve(runs, 'demo.csv');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, (file) => file.writeFile(getAsset('demo.csv', 'utf8')));
  return path;
}
