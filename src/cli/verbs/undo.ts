import type { Command } from 'commander';
import { type AgainFlags, applyFlags, applyOptions } from '../resume-flags.js';

/** `wickr-bulk undo RUN` */
export function addUndo(program: Command): void {
  const command = program
    .command('undo')
    .description('Put back what users were before a run, as far as nobody has changed them since.')
    .argument('<run>', 'the folder of a run that has kept it: apply, reconcile, undo, update --keep-before');
  applyFlags(command)
    .addHelpText(
      'after',
      `
Fields that somebody else has changed since are left, and their rows are conflicts. What the service does not tell,
such as invite codes, cannot be put back: the report says of whom. An undo can be undone.

Example:
  wickr-bulk undo wickr-bulk-runs/2026-01-31T120000Z-users`,
    )
    .action(async (run: string, flags: AgainFlags) => {
      const { undoRun } = await import('../../index.js');
      const { showRun } = await import('../show-run.js');
      const options = await applyOptions(flags, run);
      process.exitCode = await showRun(flags, (shown) => undoRun(run, { ...options, ...shown }));
    });
}
