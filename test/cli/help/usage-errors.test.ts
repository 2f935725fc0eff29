import { Argument, Command, type CommanderError, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { unknownCommand, usageErrorOf } from '../../../src/cli/help/usage-errors.js';
import { UsageError } from '../../../src/errors.js';

function program(): Command {
  const all = new Command('wickr-bulk').configureOutput({ writeErr: () => {} }).helpCommand(false);
  all
    .command('update')
    .argument('<input>', 'a file')
    .option('--rate <n>')
    .action(() => {});
  all
    .command('export')
    .addOption(new Option('--format <format>').choices(['csv', 'jsonl', 'json']))
    .option('--limit <n>')
    .action(() => {});
  all
    .command('completion')
    .addArgument(new Argument('<shell>').choices(['bash', 'fish']))
    .action(() => {});
  for (const command of [all, ...all.commands])
    command.exitOverride((error: CommanderError) => {
      throw usageErrorOf(error, command);
    });
  return all;
}

/** What the command says of a line. */
function said(line: string): string[] {
  try {
    program().parse(line.split(' '), { from: 'user' });
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return [(error as UsageError).message, (error as UsageError).hint];
  }
  return [];
}

const help = (command: string) => `"wickr-bulk ${command} --help" lists its options.`;
const all = '"wickr-bulk --help" lists the commands.';

describe('what is wrong, and what to do', () => {
  it.each([
    ['update a.csv', []],
    ['updat a.csv', ['there is no command "updat"', `Did you mean "update"? ${all}`]],
    ['delete a.csv', ['there is no command "delete"', all]],
    ['update', ['update needs <input>: a file', help('update')]],
    ['update a.csv --rat 5', ['there is no option --rat', `Did you mean --rate? ${help('update')}`]],
    ['update a.csv --rat=5', ['there is no option --rat', `Did you mean --rate? ${help('update')}`]],
    ['update a.csv --force', ['there is no option --force', help('update')]],
    ['update a.csv -x', ['there is no option -x', help('update')]],
    ['update a.csv --limit 5', ['--limit is no option of update', `It is one of export. ${help('update')}`]],
    ['--rate 5 update a.csv', ['--rate stands before the command', 'Put it behind the command.']],
    ['update a.csv --rate', ['--rate needs a value: --rate <n>', help('update')]],
    [
      'update a b.csv',
      [
        'update takes one argument, and 2 were given',
        `Put a name with spaces into quotes. ${help('update')}`,
      ],
    ],
    [
      'export a',
      [
        'export takes no argument, and one was given',
        `Put a name with spaces into quotes. ${help('export')}`,
      ],
    ],
    ['export --format xml', ['--format needs csv, jsonl or json', help('export')]],
    ['completion tcsh', ['<shell> needs bash or fish', help('completion')]],
    ['updat\u001b[2J', ['there is no command "updat�[2J"', all]],
  ])('%s', (line, words) => {
    expect(said(line)).toEqual(words);
  });

  it('names the topics if help is asked about another', () => {
    expect(unknownCommand('inptu', program(), true)).toMatchObject({
      message: 'there is no command or topic "inptu"',
      hint: `Did you mean "input"? The topics are: input, exit-codes, environment. ${all}`,
    });
  });
});
