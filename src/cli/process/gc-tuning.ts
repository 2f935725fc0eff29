import { setFlagsFromString } from 'node:v8';

/**
 * Old objects may take up as much again as those that are needed (V8 lets them take four times as much), and the young
 * ones are looked through when they fill half of their space (V8: 80 %). A row is garbage some milliseconds after it
 * was read: for it, more room is only more memory. On Node 20 this makes 40 MB of 185 and costs 1 to 3 % of the CPU.
 *
 * Both are read anew whenever V8 needs them (MemoryController::GrowingFactor, MinorGCJob's trigger size), so they hold
 * from here on; --max-semi-space-size is read only at the start of the process, before any code of ours.
 */
const FLAGS = ['--heap-growing-percent=100', '--minor-gc-task-trigger=50'];

/** Of V8, that of Node 26: a later one that no longer has such a flag would complain on standard error. */
const LAST_KNOWN = 14;

/** Has this process keep less garbage. The library leaves its host's settings alone: this is for the command. */
export function keepLessGarbage(): void {
  if (Number.parseInt(process.versions.v8, 10) > LAST_KNOWN) return;
  for (const flag of FLAGS) setFlagsFromString(flag);
}
