/** Flags and environment variables, made from the table of options, and what they say. */
import { type Command, Option as CommandOption } from 'commander';
import { UsageError } from '../errors.js';
import type { OptionsFor } from '../run/options/run-options.js';
import type { Flag, Option, Verb } from '../run/options/table/option.js';
import { optionsOn } from '../run/options/table/option-table.js';
import { nearest } from '../text/nearest-name.js';
import { type ScreenFlags, screenOptions } from './screen-options.js';

/** An option that has a flag. */
interface FlaggedOption extends Option {
  readonly flag: Flag;
}
type Flagged = readonly [name: string, entry: FlaggedOption];

const VARIABLE = 'WICKR_BULK_';

const withFlag = (entries: readonly (readonly [string, Option])[]): Flagged[] =>
  entries.filter((entry): entry is Flagged => entry[1].flag !== undefined);

const screenEntries = Object.entries<Option>(screenOptions as Record<string, Option>);

/** The entries that have a flag on this command, the library's first. */
const entriesOn = (verb: Verb): Flagged[] =>
  withFlag([...optionsOn(verb), ...screenEntries.filter(([, { on }]) => on.includes(verb))]);

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** With the dashes; undefined if only a program can give the option. */
export const flagOf = ([name, { flag }]: readonly [name: string, entry: Option]): string | undefined =>
  flag && `--${flag.name ?? kebab(name)}`;

/** Without the dashes. */
const flagName = ([name, { flag }]: Flagged): string => flag.name ?? kebab(name);

const variableName = (entry: Flagged): string =>
  VARIABLE + flagName(entry).replaceAll('-', '_').toUpperCase();

/** Adds the flags that the table has for this command. */
export function addFlags(command: Command, verb: Verb): Command {
  for (const entry of entriesOn(verb)) command.addOption(commandOption(entry, verb));
  return command;
}

function commandOption(entry: Flagged, verb: Verb): CommandOption {
  const { value, help, helpOn, default: standard, repeatable, choices } = entry[1].flag;
  const special = helpOn?.[verb];
  const tail = [repeatable && '; repeatable', special === undefined && standard && ` (default: ${standard})`];
  const text = [special ?? help, ...tail].filter(Boolean).join('');
  const option = new CommandOption(`--${flagName(entry)}${value === undefined ? '' : ` ${value}`}`, text);
  if (choices) option.choices(choices);
  if (repeatable) option.argParser((given: string, before: readonly string[] = []) => [...before, given]);
  return option;
}

/** What a command line and the environment say. */
export interface GivenFlags<V extends Verb> {
  /** By flags. */
  readonly flags: Partial<OptionsFor<V>> & ScreenFlags;
  /** By variables, also what a flag says otherwise. */
  readonly variables: Partial<OptionsFor<V>> & ScreenFlags;
  /** Both; a flag goes before a variable. */
  readonly given: Partial<OptionsFor<V>> & ScreenFlags;
}

/**
 * The values that the flags and the variables of a command stand for.
 *
 * @param parsed as commander gives them: texts, lists of texts, true
 * @throws UsageError that lists every flag and variable that cannot be used
 */
export function readFlags<V extends Verb>(
  verb: V,
  parsed: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): GivenFlags<V> {
  const problems: string[] = [];
  const flags: Record<string, unknown> = {};
  const variables: Record<string, unknown> = {};
  for (const entry of entriesOn(verb)) {
    const [name, option] = entry;
    const flag = fromCommander(entry, parsed);
    if (flag !== undefined) flags[name] = checked(option, flag, `--${flagName(entry)}`, problems);
    const text = option.flag.noVariable ? undefined : env[variableName(entry)] || undefined;
    if (text !== undefined)
      variables[name] = checked(option, option.fromText(text), variableName(entry), problems);
  }
  problems.push(...unknownVariables(env));
  if (problems.length > 0) throw new UsageError(problems.join('\n'), 'See --help for what each flag takes.');
  return { flags, variables, given: { ...variables, ...flags } } as unknown as GivenFlags<V>;
}

/** What commander makes of `--no-x` is an `x` that is true unless the flag is given. */
function fromCommander(entry: Flagged, parsed: Readonly<Record<string, unknown>>): unknown {
  const name = flagName(entry).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (/^no[A-Z]/.test(name)) {
    const positive = name.slice(2, 3).toLowerCase() + name.slice(3);
    return parsed[positive] === false ? true : undefined;
  }
  const given = parsed[name];
  return typeof given === 'string' ? entry[1].fromText(given) : given;
}

function checked(option: Option, value: unknown, label: string, problems: string[]): unknown {
  const { success, error } = (option.checkText ?? option.check).safeParse(value);
  if (!success) problems.push(`${label} ${error.issues[0]?.message}`);
  return value;
}

/** A misspelt variable would do nothing in silence. */
function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const entries = withFlag([...optionsOn(), ...screenEntries]);
  const known = new Map(entries.map((entry) => [variableName(entry), entry[1].flag]));
  const withVariable = [...known].filter(([, { noVariable }]) => !noVariable).map(([name]) => name);
  const given = Object.keys(env).filter((name) => name.startsWith(VARIABLE) && env[name]);
  return given.flatMap((name) => {
    if (withVariable.includes(name)) return [];
    const flag = `--${name.slice(VARIABLE.length).toLowerCase().replaceAll('_', '-')}`;
    if (known.has(name)) return [`${name} is no variable: it would switch a safety off unseen; give ${flag}`];
    return [`${name} is no variable (nearest: ${nearest(name, withVariable, (known) => known)})`];
  });
}
