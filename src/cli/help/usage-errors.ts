/** Mistakes in a command line, in the same voice as all other errors. */
import type { Command, CommanderError } from 'commander';
import { UsageError } from '../../errors.js';
import { near } from '../../text/nearest-name.js';
import { printable } from '../../text/printable.js';
import { helpTopics } from './topics.js';

const asItIs = (name: string): string => name;
const QUOTED = /'([^']*)'/;

/** What commander has found, as a usage error. @param command the one whose command line it is */
export function usageErrorOf({ code, message }: CommanderError, command: Command): UsageError {
  const named = QUOTED.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownOption':
      return unknownFlag(named.replace(/=.*/s, ''), command);
    case 'commander.unknownCommand':
      return unknownCommand(named, command);
    case 'commander.missingArgument': {
      const about = command.registeredArguments.find((argument) => argument.name() === named)?.description;
      return new UsageError(`${command.name()} needs <${named}>: ${about}`, seeHelp(command));
    }
    case 'commander.optionMissingArgument':
      return new UsageError(`${named.replace(/ .*/, '')} needs a value: ${named}`, seeHelp(command));
    case 'commander.excessArguments':
      return new UsageError(tooMany(command), `Put a name with spaces into quotes. ${seeHelp(command)}`);
    case 'commander.invalidArgument':
      return new UsageError(unknownChoice(message, named), seeHelp(command));
    default:
      return new UsageError(printable(message.replace(/^error: /, '')), seeHelp(command));
  }
}

/** For a word that is neither a command nor, if it is asked for help, a topic. */
export function unknownCommand(name: string, program: Command, isTopic = false): UsageError {
  const commands = program.createHelp().visibleCommands(program);
  const known = [...commands.map((command) => command.name()), ...(isTopic ? helpTopics : [])];
  const guess = near(name, known, asItIs);
  const what = isTopic ? 'there is no command or topic' : 'there is no command';
  const all = isTopic ? `The topics are: ${helpTopics.join(', ')}. ` : '';
  return new UsageError(
    `${what} "${printable(name)}"`,
    `${guess === undefined ? '' : `Did you mean "${guess}"? `}${all}"wickr-bulk --help" lists the commands.`,
  );
}

function unknownFlag(flag: string, command: Command): UsageError {
  const program = command.parent ?? command;
  const flagsOf = (each: Command) =>
    each.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
  const others = program.commands.filter((each) => flagsOf(each).includes(flag)).map((each) => each.name());
  if (others.length > 0 && command === program)
    return new UsageError(`${flag} stands before the command`, 'Put it behind the command.');
  if (others.length > 0)
    return new UsageError(
      `${flag} is no option of ${command.name()}`,
      `It is one of ${others.join(', ')}. ${seeHelp(command)}`,
    );
  const guess = near(flag.slice(2), flagsOf(command), (known) => known.slice(2));
  return new UsageError(
    `there is no option ${printable(flag)}`,
    `${guess === undefined ? '' : `Did you mean ${guess}? `}${seeHelp(command)}`,
  );
}

function tooMany(command: Command): string {
  const most = command.registeredArguments.length;
  return `${command.name()} takes ${most === 0 ? 'no argument' : 'one argument'}, and ${command.args.length === 1 ? 'one was' : `${command.args.length} were`} given`;
}

/** For a value that is none of those that can be given. @param named the flag, or what commander says of an argument */
function unknownChoice(message: string, named: string): string {
  const words = /Allowed choices are (.*)\.$/s.exec(message)?.[1]?.split(', ') ?? [];
  const flag = named.startsWith('-')
    ? named.replace(/ .*/, '')
    : `<${/argument '([^']*)'\. /.exec(message)?.[1]}>`;
  return `${flag} needs ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const seeHelp = (command: Command): string =>
  command.parent
    ? `"wickr-bulk ${command.name()} --help" lists its options.`
    : '"wickr-bulk --help" lists the commands.';
