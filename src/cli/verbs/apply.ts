import type { Command } from 'commander';
import type { ApplyPlanOptions } from '../../index.js';
import { type AgainFlags, applyFlags, applyOptions } from '../resume-flags.js';

/** `wickr-bulk apply PLAN` */
export function addApply(program: Command): void {
  const command = program
    .command('apply')
    .description(
      'Carry out a plan. A user who has changed since it was made is a conflict and stays as he is.',
    )
    .argument('<plan>', 'a file that "wickr-bulk plan --out" has made')
    .option('--network-id <id>', 'refuse the plan unless it is for this network');
  applyFlags(command)
    .addHelpText(
      'after',
      `
Network, region and endpoint are those of the plan. A plan that was altered is refused.

Example:
  wickr-bulk apply plan.jsonl`,
    )
    .action(async (plan: string, flags: AgainFlags & Pick<ApplyPlanOptions, 'networkId'>) => {
      const { applyPlan } = await import('../../index.js');
      const { showRun } = await import('../show-run.js');
      const options = await applyOptions(flags, plan);
      process.exitCode = await showRun(flags, (shown) => applyPlan(plan, { ...options, ...shown }));
    });
}
