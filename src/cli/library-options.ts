/** What the library takes for what a command line and the environment say. */
import type { ApplyOptions, ReconcileOptions, ResumeOptions, UpdateOptions } from '../index.js';
import type { Verb } from '../run/options/table/option.js';
import { optionsOn } from '../run/options/table/option-table.js';
import { sharedState, wayFrom, withEnvironment } from './environment.js';
import type { GivenFlags } from './flags.js';
import { createLogger } from './pino-logger.js';
import { canaryOptions, identityHooks } from './questions.js';
import { type ScreenFlags, screenOptions } from './screen-options.js';
import { inputHooks, inputOf } from './show-run.js';

/** The options without those of the screen, which the library does not know. */
export function withoutScreen<T extends ScreenFlags>(given: T): Omit<T, keyof ScreenFlags> {
  const entries = Object.entries(given).filter(([name]) => !Object.hasOwn(screenOptions, name));
  return Object.fromEntries(entries) as Omit<T, keyof ScreenFlags>;
}

/** The options that a job takes; it refuses others. */
export function optionsFor<T extends object>(verb: Verb, given: T): T {
  const names = optionsOn(verb).map(([name]) => name);
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))) as T;
}

/** Of a run over an input, all but its folder. */
export async function runOptions<V extends 'update' | 'reconcile'>(
  verb: V,
  input: string,
  { given }: GivenFlags<V>,
): Promise<Omit<V extends 'reconcile' ? ReconcileOptions : UpdateOptions, 'folder'>> {
  return optionsFor(verb, {
    ...(await withEnvironment(withoutScreen(given))),
    ...sharedState(!given.noRateMemory),
    ...canaryOptions(given, input),
    ...inputHooks(given as { allProblems?: boolean }),
    ...identityHooks(),
    input: inputOf(input),
    ...(await loggerOf(given)),
  }) as object as V extends 'reconcile' ? ReconcileOptions : UpdateOptions;
}

/** Of a run that carries out a plan, all but its folder. @param input what the plan is read from */
export async function applyOptions<V extends 'apply' | 'undo'>(
  { given }: GivenFlags<V>,
  input: string,
): Promise<Omit<ApplyOptions, 'folder'>> {
  const { inputMemory: _, ...shared } = sharedState(!given.noRateMemory);
  const { onMapping: __, onExclusions: ___, onRules: ____, ...told } = inputHooks();
  return {
    ...withoutScreen(given),
    ...shared,
    ...canaryOptions(given, input),
    ...told,
    ...identityHooks(),
    ...(await loggerOf(given)),
  };
}

/**
 * Of a run that goes on, or whose rows are run again. A flag goes before what the run was started with, and that before
 * a variable.
 */
export async function resumeOptions<V extends 'resume' | 'retry'>({
  flags,
  variables,
  given,
}: GivenFlags<V>): Promise<{ options: ResumeOptions; defaults: ResumeOptions }> {
  const { inputMemory: _, ...shared } = sharedState(!given.noRateMemory);
  const told = { ...shared, ...inputHooks(), ...identityHooks(), ...(await wayFrom(withoutScreen(given))) };
  const options = { ...withoutScreen(flags), ...told, ...(await loggerOf(given)) };
  return { options, defaults: withoutScreen(variables) };
}

export async function loggerOf(
  flags: ScreenFlags,
): Promise<{ logger?: NonNullable<Awaited<ReturnType<typeof createLogger>>> }> {
  const logger = await createLogger(flags);
  if (flags.verbose) return { logger: (await import('./verbose.js')).shownLogger(logger) };
  return logger ? { logger } : {};
}
