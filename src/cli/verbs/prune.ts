import type { Command } from 'commander';
import type { OldRuns } from '../../index.js';
import { addFlags, readFlags } from '../flags.js';

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { d: 24 * HOUR, h: HOUR };
const milliseconds = (time: string): number => Number.parseInt(time, 10) * (UNITS[time.slice(-1)] ?? 0);

/** `wickr-bulk prune` */
export function addPrune(program: Command): void {
  const command = program
    .command('prune')
    .description('Remove the folders of runs that have ended long ago; shows them, and asks.');
  addFlags(command, 'prune')
    .addHelpText(
      'after',
      `
Runs that go on or can be resumed stay, and so do folders in which there is
anything that no run makes. A run that is removed can be neither undone nor
retried. Runs are looked for in one folder: see --runs-dir.

Examples:
  wickr-bulk prune
  wickr-bulk prune --older-than 90d --yes`,
    )
    .action(async (parsed: Record<string, unknown>) => {
      const { pruneRuns } = await import('../../index.js');
      const { exists } = await import('../../disk.js');
      const { RUNS } = await import('../runs/run-folder.js');
      const { plainJson } = await import('../../screen/plain.js');
      const { renderPruned } = await import('../../screen/prune.js');
      const { given } = readFlags('prune', parsed);
      const { runsDir = RUNS, olderThan = '30d' } = given;
      const isNone = given.runsDir === undefined && !(await exists(runsDir));
      const pruned = isNone
        ? { folder: runsDir, removed: [], bytes: 0, left: [] }
        : await pruneRuns(runsDir, {
            olderThanMs: milliseconds(olderThan),
            confirm: (found) => confirmed(found, given),
          });
      process.stdout.write(given.json ? `${plainJson(pruned)}\n` : renderPruned(pruned, process.cwd()));
    });
}

async function confirmed(found: OldRuns, { yes = false }: { readonly yes?: boolean }): Promise<boolean> {
  const { UsageError } = await import('../../errors.js');
  const { notice } = await import('../process/notices.js');
  const { questionFor } = await import('../questions.js');
  const { pruneQuestion, renderOldRuns } = await import('../../screen/prune.js');
  notice(renderOldRuns({ ...found, left: [] }, process.cwd()));
  if (yes) return true;
  const ask = questionFor({ yes });
  if (!ask)
    throw new UsageError(
      'nothing was removed: there is no terminal to ask on',
      'Give --yes to remove these runs without a question.',
    );
  return ask(pruneQuestion(found));
}
