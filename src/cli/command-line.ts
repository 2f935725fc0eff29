/** The command line: its verbs, each with its flags, arguments and help. */
import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.js';
import { ExitCode } from './exit-codes.js';
import { optionDescription } from './help/option-description.js';
import { usageErrorOf } from './help/usage-errors.js';
import { addApply } from './verbs/apply.js';
import { addCompletion } from './verbs/completion.js';
import { addDemo } from './verbs/demo.js';
import { addDequeue } from './verbs/dequeue.js';
import { addEmulator } from './verbs/emulator.js';
import { addEnqueue } from './verbs/enqueue.js';
import { addExport } from './verbs/export.js';
import { addHelp } from './verbs/help.js';
import { addMan } from './verbs/man.js';
import { addPlan } from './verbs/plan.js';
import { addPrune } from './verbs/prune.js';
import { addReconcile } from './verbs/reconcile.js';
import { addReport } from './verbs/report.js';
import { addResume } from './verbs/resume.js';
import { addRetry } from './verbs/retry.js';
import { addRuns } from './verbs/runs.js';
import { addStatus } from './verbs/status.js';
import { addContinue, addPause, addStop, addTune } from './verbs/steer.js';
import { addTemplate } from './verbs/template.js';
import { addUndo } from './verbs/undo.js';
import { addUpdate } from './verbs/update.js';
import { addValidate } from './verbs/validate.js';
import { addVersion } from './verbs/version.js';
import { addWatch } from './verbs/watch.js';
import { addWorker } from './verbs/worker.js';

const EXAMPLES = `
Examples:
  wickr-bulk demo                       a whole run against a local emulator
  wickr-bulk validate users.csv         check a file, send nothing
  wickr-bulk plan users.csv --network-id 12345678 --region us-east-1
  wickr-bulk update users.csv --network-id 12345678 --region us-east-1 --limit 5
  wickr-bulk undo wickr-bulk-runs/2026-01-31T120000Z-users

More help:
  wickr-bulk COMMAND --help             the options of a command
  wickr-bulk help input                 what a file can hold
  wickr-bulk help exit-codes            how a command ended
  wickr-bulk help environment           variables`;

/** All commands, under the headings of `--help`. */
const commands: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'Change users:': [addUpdate, addValidate, addPlan, addApply, addReconcile],
  'Runs:': [addRuns, addStatus, addReport, addWatch, addResume, addRetry, addUndo, addPrune],
  'A run in another shell:': [addStop, addPause, addContinue, addTune],
  'Runs on several machines:': [addEnqueue, addWorker, addDequeue],
  'Files:': [addExport, addTemplate],
  'Try it:': [addDemo, addEmulator],
  'Help:': [addHelp, addCompletion, addMan, addVersion],
};

/**
 * All commands, none of them begun: to parse a line begins one.
 *
 * What is wrong with a line is thrown as a UsageError; a CommanderError is help or the version, which are out already.
 */
export function commandLine(): Command {
  const program = new Command('wickr-bulk')
    .description('Change many users of an AWS Wickr network from a CSV or JSONL file.')
    .version(version, '-v, --version', 'print the version')
    .addOption(new Option('-V').hideHelp())
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false, optionDescription })
    // Errors are thrown, and told where all others are.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(false)
    .on('option:V', () => {
      process.stdout.write(`${version}\n`);
      throw new CommanderError(ExitCode.ok, 'commander.version', version);
    })
    .addHelpText('after', EXAMPLES);

  for (const [heading, verbs] of Object.entries(commands)) {
    program.commandsGroup(heading);
    for (const add of verbs) add(program);
  }
  for (const command of [program, ...program.commands]) {
    if (command !== program) command.helpOption('-h, --help', 'print this help');
    command.exitOverride((error) => {
      // Asked for help or the version, or told nothing at all.
      if (error.exitCode === 0 || error.code === 'commander.help') throw error;
      throw usageErrorOf(error, command);
    });
  }
  return program;
}
