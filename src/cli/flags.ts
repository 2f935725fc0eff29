/** Flags and environment variables, made from the table of options, and what they say. */
import { type Command, Option as CommandOption } from 'commander';
import { UsageError } from '../errors.js';
import type { OptionsFor } from '../run/options/run-options.js';
import { type FlagGroup, flagGroups } from '../run/options/table/flag-groups.js';
import { type Flag, kebab, type Option, type Verb } from '../run/options/table/option.js';
import { optionsOn } from '../run/options/table/option-table.js';
import { near } from '../text/nearest-name.js';
import { holdNotices } from './process/notices.js';
import { type ScreenFlags, screenOptions } from './screen-options.js';

/** An option that has a flag. */
interface FlaggedOption extends Option {
  readonly flag: Flag;
}
export type Flagged = readonly [name: string, entry: FlaggedOption];

const VARIABLE = 'WICKR_BULK_';
/** By which a worker tells the process of a run its name. No flag stands for it. */
export const WORKER_VARIABLE = 'WICKR_BULK_WORKER';

const withFlag = (entries: readonly (readonly [string, Option])[]): Flagged[] =>
  entries.filter((entry): entry is Flagged => entry[1].flag !== undefined);

const screenEntries = Object.entries<Option>(screenOptions as Record<string, Option>);

/** The entries that have a flag on this command, the library's first. */
export const entriesOn = (verb: Verb): Flagged[] =>
  withFlag([...optionsOn(verb), ...screenEntries.filter(([, { on }]) => on.includes(verb))]);

/** Without the dashes. */
export const flagName = ([name, { flag }]: Flagged): string => flag.name ?? kebab(name);

export const variableName = (entry: Flagged): string =>
  VARIABLE + flagName(entry).replaceAll('-', '_').toUpperCase();

const groups = Object.keys(flagGroups) as FlagGroup[];

/** Adds the flags that the table has for this command, group by group. */
export const addFlags = (command: Command, verb: Verb): Command => addEntries(command, verb, entriesOn(verb));

/** Adds the flags of these entries, group by group. */
export function addEntries(command: Command, verb: Verb, entries: readonly Flagged[]): Command {
  for (const group of groups) {
    for (const entry of entries.filter(([, { flag }]) => flag.group === group)) {
      command.addOption(commandOption(entry, verb).helpGroup(flagGroups[group]));
      const { off } = entry[1].flag;
      if (off !== undefined)
        command.addOption(new CommandOption(`--no-${flagName(entry)}`, off).helpGroup(flagGroups[group]));
    }
  }
  return command;
}

/** The environment variables of all flags, and the flags that have none. */
export function variables(): { readonly names: readonly string[]; readonly without: readonly string[] } {
  const entries = withFlag([...optionsOn(), ...screenEntries]);
  const [without, having] = [true, false].map((no) =>
    entries.filter(([, { flag }]) => (flag.noVariable ?? false) === no),
  ) as [Flagged[], Flagged[]];
  return {
    names: [...new Set(having.map(variableName))],
    without: [...new Set(without.map((entry) => `--${flagName(entry)}`))],
  };
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
  const isSet = (name: string) => (flags[name] ?? variables[name]) === true;
  for (const entry of entriesOn(verb)) {
    const [name, option] = entry;
    const flag = fromCommander(entry, parsed);
    if (flag !== undefined) flags[name] = checked(option, flag, `--${flagName(entry)}`, problems);
    const text = option.flag.noVariable ? undefined : env[variableName(entry)] || undefined;
    if (text !== undefined)
      variables[name] = checked(option, option.fromText(text), variableName(entry), problems);
    if (option.flag.off !== undefined && variables[name] === false)
      problems.push(
        `${variableName(entry)} cannot be false: it would switch a safety off unseen; give --no-${flagName(entry)}`,
      );
  }
  problems.push(...unknownVariables(env));
  if (isSet('quiet') && isSet('verbose')) problems.push('--quiet and --verbose exclude each other: give one');
  if (isSet('quiet')) holdNotices();
  if (problems.length > 0) throw new UsageError(problems.join('\n'), 'See --help for what each flag takes.');
  return { flags, variables, given: { ...variables, ...flags } } as unknown as GivenFlags<V>;
}

/** Those of some given flags that another command does not take, with their dashes. */
export function notTakenBy(verb: Verb, flags: object): readonly string[] {
  const taken = entriesOn(verb).map(([name]) => name);
  const entries = withFlag([...optionsOn(), ...screenEntries]);
  return entries
    .filter(([name]) => Object.hasOwn(flags, name) && !taken.includes(name))
    .map((entry) => `--${flagName(entry)}`);
}

/** What commander makes of `--no-x` is an `x` that is true unless the flag is given. */
export function fromCommander(entry: Flagged, parsed: Readonly<Record<string, unknown>>): unknown {
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
  const { names, without } = variables();
  const plain = (name: string) => name.slice(VARIABLE.length);
  const given = Object.keys(env).filter((name) => name.startsWith(VARIABLE) && env[name]);
  return given.flatMap((name) => {
    if (names.includes(name) || name === WORKER_VARIABLE) return [];
    const flag = `--${name.slice(VARIABLE.length).toLowerCase().replaceAll('_', '-')}`;
    if (without.includes(flag))
      return [`${name} is no variable: it would switch a safety off unseen; give ${flag}`];
    const guess = near(plain(name), names, plain);
    return [`${name} is no variable${guess === undefined ? '' : ` (nearest: ${guess})`}`];
  });
}
