import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk apply PLAN` */
export function addApply(program: Command): void {
  const command = program
    .command('apply')
    .description(
      'Carry out a plan. A user who has changed since it was made is a conflict and stays as they are.',
    )
    .argument('<plan>', 'a file that "wickr-bulk plan --out" has made');
  addFlags(command, 'apply')
    .addHelpText(
      'after',
      `
Network and region are those of the plan. A plan that is not whole, or was made
at another endpoint, is refused.

Example:
  wickr-bulk apply plan.jsonl`,
    )
    .action(async (plan: string, parsed: Record<string, unknown>) => {
      const { applyPlan } = await import('../../index.js');
      const { applyOptions } = await import('../library-options.js');
      const { inputName, inRunFolder } = await import('../runs/run-folder.js');
      const { showRun } = await import('../show-run.js');
      const read = readFlags('apply', parsed);
      const { endpointFrom } = await import('../environment.js');
      const options = { ...(await applyOptions(read, plan)), ...(await endpointFrom(read.given)) };
      process.exitCode = await inRunFolder(read.given, inputName(plan), (folder) =>
        showRun(read.given, { verb: 'apply', subject: plan }, (shown) =>
          applyPlan(plan, { ...options, ...shown, folder }),
        ),
      );
    });
}
