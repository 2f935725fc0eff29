import type { Command } from 'commander';
import type { Summary } from '../../model.js';
import { addFlags, readFlags } from '../flags.js';

/** Whoever has run a file twice means the run before the last one. */
const next = ({ rows }: Summary): string[] | undefined =>
  rows === 0
    ? ['the run changed nobody: there is nothing to take back', 'look for the one that did: wickr-bulk runs']
    : undefined;

/** `wickr-bulk undo RUN` */
export function addUndo(program: Command): void {
  const command = program
    .command('undo')
    .description('Put back what users were before a run, as far as nobody has changed them since.')
    .argument('[run]', 'the folder of the run: update, apply, reconcile or undo');
  addFlags(command, 'undo')
    .addHelpText(
      'after',
      `
Fields that somebody else has changed since are left, and their rows are
conflicts. What the service does not tell, such as invite codes, cannot be put
back: the report names the users. An undo can be undone.

Examples:
  wickr-bulk undo wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk undo --last`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { undoRun } = await import('../../index.js');
      const { applyOptions } = await import('../library-options.js');
      const { inRunFolder, repeatName } = await import('../runs/run-folder.js');
      const { whichRun } = await import('../runs/which-run.js');
      const { questionFor } = await import('../questions.js');
      const { runSubject, showRun } = await import('../show-run.js');
      const read = readFlags('undo', parsed);
      const run = await whichRun('undo', named, read.given, questionFor(read.given));
      const { wayFrom } = await import('../environment.js');
      const options = { ...(await applyOptions(read, run)), ...(await wayFrom(read.given)) };
      process.exitCode = await inRunFolder(read.given, repeatName('undo', run), (folder) =>
        showRun(read.given, { verb: 'undo', subject: runSubject(run), next }, (shown) =>
          undoRun(run, { ...options, ...shown, folder }),
        ),
      );
    });
}
