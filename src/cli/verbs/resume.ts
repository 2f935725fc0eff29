import type { Command } from 'commander';
import type { Summary } from '../../index.js';
import { addFlags, readFlags } from '../flags.js';
import { notice } from '../process/notices.js';

/** `wickr-bulk resume RUN` */
export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .description('Go on with a run that was stopped or killed: the rows that have no outcome yet are sent.')
    .argument('[run]', "the run's folder");
  addFlags(command, 'resume')
    .addHelpText(
      'after',
      `
What is not given here is as it was: the input, the network, the options.

Examples:
  wickr-bulk resume wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk resume --last`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { resumeRun } = await import('../../index.js');
      const { whichRun } = await import('../runs/which-run.js');
      const { runSubject, showRun } = await import('../show-run.js');
      const { resumeOptions } = await import('../library-options.js');
      const { confirmOption } = await import('../questions.js');
      const read = readFlags('resume', parsed);
      const run = await whichRun('resume', named, read.given);
      const { options, defaults } = await resumeOptions(read);
      const now = new Date().toISOString();
      const onSummary = ({ finishedAt }: Summary) => {
        if (finishedAt < now)
          notice('this run has ended already; nothing was sent, and this is what it came to:\n');
      };
      process.exitCode = await showRun(
        read.given,
        { verb: 'resume', subject: runSubject(run) },
        (shown) => resumeRun(run, { ...options, ...confirmOption(read.given), ...shown }, defaults),
        onSummary,
      );
    });
}
