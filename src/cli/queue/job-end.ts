/** What the exit of a run means for its job: decides alone. */
import type { QueuedResult } from '../../queue/queued-run.js';
import type { JobEnd } from '../../queue/run-worker.js';
import { ExitCode } from '../exit-codes.js';
import type { RunExit } from './run-process.js';

/** Results, good or bad: to run the same again would come to the same. */
const results: readonly (number | null)[] = [ExitCode.ok, ExitCode.rowsFailed, ExitCode.stopped];
/**
 * Codes of what is over after a while: another process has the network, has just begun this very run and may be dead, or
 * Redis is away.
 */
const passing: readonly (string | undefined)[] = ['LOCKED', 'RUN_FOLDER_EXISTS', 'REDIS'];
/** ms after which a run that a worker let go of may go on elsewhere. */
const SOON = 100;

export interface Circumstances {
  /** The run's folder. */
  readonly folder: string;
  /** Whether the worker has told the run to stop. */
  readonly isDraining: boolean;
  /** ms until it is looked again whether the network is free, or Redis is there. */
  readonly leaseMs: number;
}

export function endOfJob({ code, said }: RunExit, { folder, isDraining, leaseMs }: Circumstances): JobEnd {
  const reason = said?.stopped?.message ?? said?.error?.message;
  if (code !== null && results.includes(code) && said !== undefined)
    return { kind: 'ended', result: resultOf(code, folder, said, reason) };
  if (isDraining) return { kind: 'later', delayMs: SOON, reason: 'its worker was told to end' };
  if (code === ExitCode.locked || passing.includes(said?.error?.code))
    return { kind: 'later', delayMs: leaseMs, reason: reason ?? 'the network is held' };
  if (code === null || said === undefined)
    return { kind: 'crashed', reason: `its process was killed or broke off (exit ${code ?? 'by a signal'})` };
  return { kind: 'failed', reason: `exit ${code}: ${reason ?? 'see the log of the worker'}` };
}

const resultOf = (
  exitCode: number,
  folder: string,
  { rows, statuses }: NonNullable<RunExit['said']>,
  reason: string | undefined,
): QueuedResult => ({
  ...{ exitCode, folder },
  ...(rows !== undefined && { rows }),
  ...(statuses && { statuses }),
  ...(reason !== undefined && { reason }),
});
