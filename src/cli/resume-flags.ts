/** What verbs have in common that take up what another run was told: `resume`, `retry`, `apply` and `undo`. */
import type { Command } from 'commander';
import type { AgainOptions, ApplyOptions } from '../index.js';
import type { CanaryFlags } from './canary-question.js';
import {
  ageFlag,
  checkingFlags,
  connectionFlags,
  paceFlags,
  type ScreenFlags,
  screenFlags,
  setFlag,
} from './flags.js';

/** commander makes `--no-rate-memory` a `rateMemory` that is true unless the flag is given. */
export type AgainFlags = Omit<AgainOptions, 'rateMemory'> & ScreenFlags & { rateMemory: boolean };

export const againFlags = (command: Command): Command =>
  screenFlags(
    paceFlags(connectionFlags(command)).addOption(
      setFlag('a value that the run was begun with and that is not kept'),
    ),
  );

/** The flags as the library takes them. */
export async function againOptions(flags: AgainFlags): Promise<AgainOptions> {
  const { sharedState } = await import('./environment.js');
  const { createLogger } = await import('./pino-logger.js');
  const { findings } = await import('./show-run.js');
  const { rateMemory, ...others } = flags;
  const logger = await createLogger(flags);
  return { ...others, ...sharedState(rateMemory), ...findings, ...(logger ? { logger } : {}) };
}

/** Of the verbs that carry out a plan. */
export const applyFlags = (command: Command): Command =>
  screenFlags(
    paceFlags(connectionFlags(checkingFlags(command)))
      .option('--out <dir>', "the run's folder (default: a new one below wickr-bulk-runs)")
      .option('--report-format <format>', 'csv or jsonl (default: csv)')
      .addOption(ageFlag),
  );

/** The flags of such a verb, as the library takes them. */
export async function applyOptions(
  { canary, yes, ...flags }: AgainFlags & CanaryFlags,
  input: string,
): Promise<ApplyOptions> {
  const { canaryOptions } = await import('./canary-question.js');
  const checking = canaryOptions({ ...(canary !== undefined && { canary }), ...(yes && { yes }) }, input);
  return { ...(await againOptions(flags)), ...checking };
}
