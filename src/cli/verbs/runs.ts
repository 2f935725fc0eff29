import type { Command } from 'commander';
import type { ListedRun } from '../../index.js';
import { reasonInCommandWords } from '../command-wording.js';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk runs` */
export function addRuns(program: Command): void {
  const command = program
    .command('runs')
    .description('List the runs, the newest first: how each of them stands and what it was.');
  addFlags(command, 'runs')
    .addHelpText(
      'after',
      `
A run whose folder was chosen with --out is listed only if that is in the same
place.

Example:
  wickr-bulk runs`,
    )
    .action(async (parsed: Record<string, unknown>) => {
      const { runsBelow } = await import('../runs/which-run.js');
      const { plain, plainJson } = await import('../../screen/plain.js');
      const { renderRuns } = await import('../../screen/runs.js');
      const { given } = readFlags('runs', parsed);
      const list = await runsBelow(given.runsDir);
      if (given.json) {
        process.stdout.write(`${plainJson({ ...list, runs: list.runs.map(inFull) })}\n`);
        return;
      }
      process.stdout.write(renderRuns(list, process.cwd()));
      if (list.runs.length + list.unreadable.length === 0)
        process.stderr.write(`there is no run in ${plain(list.folder)}\n`);
    });
}

const inFull = ({ stopped, ...run }: ListedRun) => ({
  ...run,
  ...(stopped && { stopped: reasonInCommandWords(stopped) }),
});
