import { once } from 'node:events';
import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';
import { notice } from '../process/notices.js';

/** `wickr-bulk watch RUN` */
export function addWatch(program: Command): void {
  const command = program
    .command('watch')
    .description('Serve a live page of a run to the browsers of this machine, until Ctrl-C.')
    .argument('[run]', "the run's folder");
  addFlags(command, 'watch')
    .addHelpText(
      'after',
      `
The page is for whoever has its address, on this machine alone, and only shows.
It reads the run's files: neither opening nor closing it touches the run. Go on
with a run in another shell, and the page follows.

Examples:
  wickr-bulk watch --last --open
  wickr-bulk watch wickr-bulk-runs/2026-01-31T120000Z-users --serve-port 8080`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { serveRun } = await import('../../index.js');
      const { serveOptions } = await import('../live-page.js');
      const { whichRun } = await import('../runs/which-run.js');
      const { given } = readFlags('watch', parsed);
      const server = await serveRun(await whichRun('watch', named, given), serveOptions(given.servePort));
      process.stdout.write(`live page: ${server.url}\n`);
      if (given.open) {
        const { openPage } = await import('../process/open-page.js');
        if (!(await openPage(server.url))) notice('no browser could be started: open the address yourself\n');
      }
      process.exitCode = await untilStopped(server);
    });
}

/** Closing it is what the signal is for: it ends in good order. */
async function untilStopped(server: { close(): Promise<void> }): Promise<number> {
  const { ofSignal } = await import('../exit-codes.js');
  const signals = Object.keys(ofSignal) as (keyof typeof ofSignal)[];
  const name = await Promise.race(signals.map((signal) => once(process, signal).then(() => signal)));
  await server.close();
  return ofSignal[name];
}
