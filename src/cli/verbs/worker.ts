import type { Command } from 'commander';
import { addFlags, readFlags, WORKER_VARIABLE } from '../flags.js';

/** `wickr-bulk worker` */
export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('Take runs from the queue, one after the other, until it is told to end.');
  addFlags(command, 'worker')
    .addHelpText(
      'after',
      `
It needs credentials of its own, and has to see the files of the runs and their
folders at the same paths as all others. A worker that does not see them refuses
the job. If a worker dies, another one resumes its run.

SIGTERM and Ctrl-C have the run stop in good order; another worker resumes it.
Once more leaves at once.

Example:
  wickr-bulk worker --redis redis://localhost`,
    )
    .action(work);
}

async function work(parsed: Record<string, unknown>): Promise<void> {
  const { hostname } = await import('node:os');
  const { startWorker } = await import('../../queue/run-worker.js');
  const { JobInHand } = await import('../queue/carry-out.js');
  const { QueueWatch } = await import('../queue/queue-watch.js');
  const { queueSettings } = await import('../queue/redis-settings.js');
  const { ofSignal } = await import('../exit-codes.js');
  const { notice } = await import('../process/notices.js');
  const name = `${hostname()}-${process.pid}`;
  const { given } = readFlags('worker', parsed);
  const { redis, redisPrefix, lease = LEASE, metricsFile } = given;
  const settings = await queueSettings(given);
  const { WICKR_BULK_METRICS_FILE: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    [WORKER_VARIABLE]: name,
    ...(redis !== undefined && { WICKR_BULK_REDIS: redis }),
    ...(redisPrefix !== undefined && { WICKR_BULK_REDIS_PREFIX: redisPrefix }),
  };
  const leaseMs = lease * 1000;
  const watch = metricsFile === undefined ? undefined : await QueueWatch.open(metricsFile, settings);
  const onExit = (exitCode: number | null) => watch?.runEnded(exitCode);
  const inHand = new JobInHand({ leaseMs, host: hostname(), env, onExit });
  let isAway = false;
  const worker = await startWorker(settings, {
    ...{ name, leaseMs, carryOut: inHand.carryOut },
    onLost: (id) => inHand.lose(id),
    onError: () => {
      if (!isAway) notice('Redis does not answer, or another worker has taken the job over: trying again\n');
      isAway = true;
    },
  });
  process.stderr.write(`worker ${name}: ready\n`);
  watch?.begin();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  await new Promise<void>((end) => {
    let asked = 0;
    for (const name of signals)
      process.on(name, () => {
        asked += 1;
        if (asked > 1) {
          inHand.kill();
          process.exit(ofSignal[name]);
        }
        process.stderr.write(
          'ending: the run comes to a stop, and goes on elsewhere; once more to leave at once\n',
        );
        inHand.drain();
        end();
      });
  });
  await worker.close();
  await watch?.close();
}

/** s */
const LEASE = 30;
