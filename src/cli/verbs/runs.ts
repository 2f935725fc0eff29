import type { Command } from 'commander';
import type { ListedRun } from '../../index.js';
import type { QueuedJob } from '../../queue/run-queue.js';
import { inCommandWords, reasonInCommandWords } from '../command-wording.js';
import { addFlags, readFlags } from '../flags.js';
import type { RedisFlags } from '../queue/redis-settings.js';

/** `wickr-bulk runs` */
export function addRuns(program: Command): void {
  const command = program
    .command('runs')
    .description('List the runs, the newest first: how each of them stands and what it was.');
  addFlags(command, 'runs')
    .addHelpText(
      'after',
      `
A run whose folder was chosen with --out is listed only if that is in the same
place. With --queue or --failed, the jobs of the queue are listed instead: those
that wait, run, have ended, or could not be run, with the reason.

Examples:
  wickr-bulk runs
  wickr-bulk runs --queue --redis redis://localhost`,
    )
    .action(async (parsed: Record<string, unknown>) => {
      const { given: asked } = readFlags('runs', parsed);
      if (asked.queue || asked.failed) return listQueue(asked);
      const { runsBelow } = await import('../runs/which-run.js');
      const { plain, plainJson } = await import('../../screen/plain.js');
      const { renderRuns } = await import('../../screen/runs.js');
      const given = asked;
      const list = await runsBelow(given.runsDir);
      if (given.json) {
        process.stdout.write(`${plainJson({ ...list, runs: list.runs.map(inFull) })}\n`);
        return;
      }
      process.stdout.write(renderRuns(list, process.cwd()));
      if (list.runs.length + list.unreadable.length === 0)
        process.stderr.write(`there is no run in ${plain(list.folder)}\n`);
    });
}

const inFull = ({ stopped, ...run }: ListedRun) => ({
  ...run,
  ...(stopped && { stopped: reasonInCommandWords(stopped) }),
});

async function listQueue(
  given: RedisFlags & { readonly failed?: boolean; readonly json?: boolean },
): Promise<void> {
  const { RunQueue } = await import('../../queue/run-queue.js');
  const { queueSettings } = await import('../queue/redis-settings.js');
  const { plainJson } = await import('../../screen/plain.js');
  const { renderQueue } = await import('../../screen/queue.js');
  const queue = await RunQueue.open(await queueSettings(given));
  try {
    const all = await queue.jobs();
    const isBad = ({ state, result }: QueuedJob) =>
      state === 'failed' || (result !== undefined && result.exitCode !== 0);
    const jobs = (given.failed ? all.filter(isBad) : all).map(inCommandWordsToo);
    const [schedules, workers] = await Promise.all([queue.schedules(), queue.workers()]);
    const look = { jobs, schedules: given.failed ? [] : schedules, workers };
    process.stdout.write(given.json ? `${plainJson(look)}\n` : renderQueue(look));
  } finally {
    await queue.close();
  }
}

/** What a run said of itself may be in the words of the library. */
const inCommandWordsToo = ({ reason, ...job }: QueuedJob): QueuedJob => ({
  ...job,
  ...(reason !== undefined && { reason: inCommandWords(reason) }),
});
