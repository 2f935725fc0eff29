import type { Command } from 'commander';
import { type AgainFlags, againFlags, againOptions } from '../resume-flags.js';

/** `wickr-bulk resume RUN` */
export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .description('Go on with a run that was stopped or killed: the rows that have no outcome yet are sent.')
    .argument('<run>', "the run's folder");
  againFlags(command)
    .addHelpText(
      'after',
      `
What is not given here is as it was: the input, the network, the options.

Example:
  wickr-bulk resume wickr-bulk-runs/2026-01-31T120000Z-users`,
    )
    .action(async (run: string, flags: AgainFlags) => {
      const { resumeRun } = await import('../../index.js');
      const { showRun } = await import('../show-run.js');
      const options = await againOptions(flags);
      const now = new Date().toISOString();
      process.exitCode = await showRun(flags, async (shown) => {
        const summary = await resumeRun(run, { ...options, ...shown });
        if (summary.finishedAt < now)
          process.stderr.write(
            'this run has ended already; nothing was sent, and this is what it came to:\n',
          );
        return summary;
      });
    });
}
