import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk dequeue ID` */
export function addDequeue(program: Command): void {
  const command = program
    .command('dequeue')
    .description('Take a schedule, or a job that no worker has, off the queue.')
    .argument('<id>', 'as "wickr-bulk runs --queue" lists it');
  addFlags(command, 'dequeue')
    .addHelpText(
      'after',
      `
A run that a worker has is stopped with "wickr-bulk stop" and its folder.

Example:
  wickr-bulk dequeue reconcile-hr-12345678`,
    )
    .action(async (id: string, parsed: Record<string, unknown>) => {
      const { UsageError } = await import('../../errors.js');
      const { RunQueue } = await import('../../queue/run-queue.js');
      const { queueSettings } = await import('../queue/redis-settings.js');
      const { plainJson } = await import('../../screen/plain.js');
      const { printable } = await import('../../text/printable.js');
      const { given } = readFlags('dequeue', parsed);
      const queue = await RunQueue.open(await queueSettings(given));
      try {
        if (!(await queue.remove(id)))
          throw new UsageError(
            `there is no schedule ${printable(id)}, and no such job that no worker has`,
            '"wickr-bulk runs --queue" lists them. A run that goes on is stopped with "wickr-bulk stop".',
          );
      } finally {
        await queue.close();
      }
      process.stdout.write(given.json ? `${plainJson({ id })}\n` : `${printable(id)} is off the queue\n`);
    });
}
