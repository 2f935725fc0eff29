import type { Command } from 'commander';
import type { RunStatus } from '../../index.js';
import { reasonInCommandWords } from '../command-wording.js';
import { exitCodeOfRun } from '../exit-codes.js';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk status RUN` */
export function addStatus(program: Command): void {
  const command = program
    .command('status')
    .description('Say how a run stands, also while it goes on.')
    .argument('[run]', "the run's folder");
  addFlags(command, 'status')
    .addHelpText(
      'after',
      '\nExamples:\n  wickr-bulk status wickr-bulk-runs/2026-01-31T120000Z-users\n  wickr-bulk status --last',
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { readRunStatus } = await import('../../index.js');
      const { whichRun } = await import('../runs/which-run.js');
      const { plainJson } = await import('../../screen/plain.js');
      const { renderStatus } = await import('../../screen/status.js');
      const { given } = readFlags('status', parsed);
      const status = await readRunStatus(await whichRun('status', named, given));
      process.stdout.write(given.json ? `${plainJson(inFull(status))}\n` : renderStatus(status));
    });
}

/** With the exit code of a run that has ended or was stopped in good order. */
const inFull = ({ stopped, ...status }: RunStatus) => ({
  ...status,
  ...(stopped && { stopped: reasonInCommandWords(stopped) }),
  ...(status.finishedAt !== undefined && {
    exitCode: exitCodeOfRun({ ...status, ...(stopped && { stopped }) }),
  }),
});
