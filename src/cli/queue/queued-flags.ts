/** The flags of a command that go with a run to the queue, as texts of a command line. */
import { resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { type QueueableVerb, queueable } from '../../queue/queued-run.js';
import { optionTable } from '../../run/options/table/option-table.js';
import { entriesOn, type Flagged, flagName, fromCommander, variableName } from '../flags.js';

/** How the service is reached, and as whom, is the worker's own, and so is what there is to see. */
const workersGroups = ['service', 'screen'];
/** The queue's own, and those for somebody who sits in front of the run. */
const others = 'folder runsDir redis redisPrefix json dryRun waitMs takeOverMs profile metricsFile'.split(
  ' ',
);

const canBeQueued = ([name, { flag }]: Flagged): boolean =>
  !workersGroups.includes(flag.group) && !others.includes(name);

const queuedOn = (verb: QueueableVerb): Flagged[] => entriesOn(verb).filter(canBeQueued);

/** The flags of all commands that can be queued, each once. */
export const queuedEntries: readonly Flagged[] = [
  ...new Map(queueable.flatMap(queuedOn).map((entry) => [flagName(entry), entry])).values(),
];

export interface QueuedFlags {
  /** Each as `--flag` or `--flag=value`. */
  readonly args: readonly string[];
  /** Those that `resume` is to be told again. */
  readonly again: readonly string[];
}

/**
 * What flags and variables say, as a command line; what names a file is made absolute.
 *
 * @param parsed as commander gives it
 * @throws UsageError if the command does not take a flag
 */
export function queuedFlags(
  verb: QueueableVerb,
  parsed: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): QueuedFlags {
  const taken = queuedOn(verb);
  const names = taken.map(([name]) => name);
  const strange = queuedEntries.filter(
    (entry) => !names.includes(entry[0]) && fromCommander(entry, parsed) !== undefined,
  );
  if (strange.length > 0)
    throw new UsageError(
      `${strange.map((entry) => `--${flagName(entry)}`).join(', ')}: not taken by ${verb}`,
      `"wickr-bulk ${verb} --help" lists what it takes.`,
    );
  const resumable = entriesOn('resume').map(([name]) => name);
  const said = taken.map((entry) => ({ name: entry[0], words: wordsOf(entry, parsed, env) }));
  const isForgotten = (name: string) => resumable.includes(name) && !optionTable.get(name)?.recorded;
  return {
    args: said.flatMap(({ words }) => words),
    again: said.filter(({ name }) => isForgotten(name)).flatMap(({ words }) => words),
  };
}

/** Whether a text of a job's command line is a flag that can be queued: who can write to Redis must not say more. */
export function isQueuedFlag(verb: QueueableVerb, arg: string): boolean {
  const [flag] = arg.split('=', 1);
  return queuedOn(verb).some((entry) =>
    [`--${flagName(entry)}`, `--no-${flagName(entry)}`].includes(flag ?? ''),
  );
}

function wordsOf(
  entry: Flagged,
  parsed: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): string[] {
  const [, { flag, fromText }] = entry;
  const name = flagName(entry);
  const given = givenOf(entry, parsed, env);
  if (given === undefined) return [];
  if (flag.value !== undefined)
    return (Array.isArray(given) ? given : [given]).map((text) => `--${name}=${withPath(flag.value, text)}`);
  const isOn = typeof given === 'string' ? fromText(given) === true : given === true;
  if (isOn) return [`--${name}`];
  return flag.off === undefined ? [] : [`--no-${name}`];
}

/** What a flag says as commander has it, else its variable's text. */
function givenOf(entry: Flagged, parsed: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): unknown {
  const [, { flag, fromText }] = entry;
  const camel = flagName(entry).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const given = /^no[A-Z]/.test(camel) ? fromCommander(entry, parsed) : parsed[camel];
  if (given !== undefined) return given;
  const variable = flag.noVariable ? undefined : env[variableName(entry)] || undefined;
  return variable !== undefined && flag.repeatable ? fromText(variable) : variable;
}

/** A worker's working folder is another one. */
function withPath(value: string | undefined, given: unknown): string {
  const text = String(given);
  if (value === '<file>') return resolve(text);
  const [field = '', ...path] = text.split('=');
  return value === '<field=file>' && path.length > 0 ? `${field}=${resolve(path.join('='))}` : text;
}
