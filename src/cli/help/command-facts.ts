/** What completion and man pages say of the commands: read from the commands themselves, so that none is forgotten. */
import type { Argument, Command, Option } from 'commander';
import { columnNames } from '../../input/columns/column-names.js';
import { helpTopics } from './topics.js';

/** What a shell offers for a value. */
export type Offered =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'nothing' };

export interface FlagFacts {
  /** With the dashes, such as `--rate`, `-v`. */
  readonly names: readonly string[];
  /** What stands behind it, such as `n`; undefined for a switch. */
  readonly value: string | undefined;
  readonly help: string;
  readonly heading: string;
  readonly isRepeatable: boolean;
  readonly offered: Offered;
}

export interface ArgumentFacts {
  readonly name: string;
  readonly help: string;
  readonly isNeeded: boolean;
  readonly offered: Offered;
}

export interface CommandFacts {
  readonly name: string;
  readonly help: string;
  /** Under which heading the list of commands has it. */
  readonly heading: string;
  readonly args: readonly ArgumentFacts[];
  readonly flags: readonly FlagFacts[];
  /** What help says below the flags, examples with it. */
  readonly more: string;
}

const files: readonly string[] = ['file', 'input', 'plan'];
const folders: readonly string[] = ['dir', 'run'];

/** The program's commands, without hidden ones. */
export function commandFacts(program: Command): readonly CommandFacts[] {
  const commands = program.createHelp().visibleCommands(program);
  const words = commands.map((command) => command.name());
  return commands.map((command) => ({
    name: command.name(),
    help: command.description(),
    heading: command.helpGroup() || 'Commands:',
    args: command.registeredArguments.map((argument) => argumentFacts(argument, words)),
    flags: flagFacts(command),
    more: moreHelp(command),
  }));
}

/** The flags of a command, or of the program itself. */
export function flagFacts(command: Command): readonly FlagFacts[] {
  const help = command.createHelp();
  return help.visibleOptions(command).map((option) => {
    const value = /<(.+)>/.exec(option.flags)?.[1];
    return {
      names: [option.short, option.long].filter((name) => name !== undefined),
      value,
      help: option.description,
      heading: option.helpGroupHeading ?? 'Options:',
      isRepeatable: option.description.includes('; repeatable'),
      offered: value === undefined ? { kind: 'nothing' } : offeredFor(value, option.argChoices),
    };
  });
}

function argumentFacts(argument: Argument, commands: readonly string[]): ArgumentFacts {
  const name = argument.name();
  return {
    name,
    help: argument.description,
    isNeeded: argument.required,
    offered: offeredFor(name, argument.argChoices, commands),
  };
}

function offeredFor(value: string, choices: Option['argChoices'], commands: readonly string[] = []): Offered {
  const words =
    choices ?? { field: columnNames, command: commands, topic: [...commands, ...helpTopics] }[value];
  if (words) return { kind: 'words', words };
  if (files.includes(value)) return { kind: 'file' };
  return { kind: folders.includes(value) ? 'folder' : 'nothing' };
}

/** The text that was added behind the flags. */
export function moreHelp(command: Command): string {
  const { writeOut } = command.configureOutput();
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => parts.push(text) }).outputHelp();
  command.configureOutput({ ...(writeOut && { writeOut }) });
  return parts.join('').slice(command.helpInformation().length).trim();
}

/** The flags of the program itself, which stand before a command. */
export const programFlags: readonly string[] = ['--help', '--version'];

/** What a list has room for: without the default and the like. */
export const inShort = (help: string): string =>
  help.replace(/( \((default|choices):.*|; repeatable.*)$/s, '');
