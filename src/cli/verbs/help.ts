import type { Command } from 'commander';
import { topicText } from '../help/topics.js';
import { unknownCommand } from '../help/usage-errors.js';

/** `wickr-bulk help [COMMAND|TOPIC]` */
export function addHelp(program: Command): void {
  program
    .command('help')
    .description('Print the help of a command or about a topic: input, exit-codes, environment.')
    .argument('[topic...]', 'a command, or input, exit-codes or environment')
    .addHelpText('after', '\nExamples:\n  wickr-bulk help update\n  wickr-bulk help exit-codes')
    .action((words: readonly string[]) => {
      // `help exit codes` is meant well.
      const name = words.join('-');
      if (name === '') return program.outputHelp();
      const command = program.commands.find((each) => each.name() === name);
      if (command) return command.outputHelp();
      const text = topicText(name);
      if (text === undefined) throw unknownCommand(name, program, true);
      process.stdout.write(text);
    });
}
