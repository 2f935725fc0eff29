/** What `resume` and `retry` have in common: both say again, or anew, what a run was told. */
import type { Command } from 'commander';
import type { AgainOptions } from '../index.js';
import { connectionFlags, paceFlags, type ScreenFlags, screenFlags, setFlag } from './flags.js';

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
  const { sharedState } = await import('./service.js');
  const { createLogger } = await import('./log.js');
  const { findings } = await import('./show.js');
  const { rateMemory, ...others } = flags;
  const logger = await createLogger(flags);
  return { ...others, ...sharedState(rateMemory), ...findings, ...(logger ? { logger } : {}) };
}
