import { constants } from 'node:fs';
import { Argument, type Command } from 'commander';
import type { QueueableVerb, QueuedRun } from '../../queue/queued-run.js';
import type { RunQueue } from '../../queue/run-queue.js';
import { addEntries, addFlags, readFlags } from '../flags.js';
import { queuedEntries, queuedFlags } from '../queue/queued-flags.js';

/** `wickr-bulk enqueue VERB INPUT` */
export function addEnqueue(program: Command): void {
  const command = program
    .command('enqueue')
    .description('Put a run on the queue for "wickr-bulk worker", at once or by a timetable.')
    .addArgument(
      new Argument('<verb>', 'what is to be run: update, reconcile or apply').choices([
        'update',
        'reconcile',
        'apply',
      ]),
    )
    .argument('<input>', 'the file, in a folder that all workers see; a plan with apply');
  addEntries(addFlags(command, 'enqueue'), 'update', queuedEntries)
    .addHelpText(
      'after',
      `
Flags go with the run as they are for its command, and so do their variables;
"wickr-bulk update --help" says which one takes what. How the service is
reached, with which credentials, and what is shown and logged, is the worker's.
Nobody is there to answer a question. In Redis are paths and flags: neither
credentials nor a value of the file.

Examples:
  wickr-bulk enqueue update /shared/users.csv --network-id 12345678 --yes
  wickr-bulk enqueue reconcile /shared/hr.csv --network-id 12345678 \\
    --max-changes 50 --cron "15 3 * * *" --tz Europe/Berlin`,
    )
    .action(enqueue);
}

async function enqueue(verb: QueueableVerb, input: string, parsed: Record<string, unknown>): Promise<void> {
  const { UsageError } = await import('../../errors.js');
  const { RunQueue } = await import('../../queue/run-queue.js');
  const { queueSettings } = await import('../queue/redis-settings.js');
  const { plainJson } = await import('../../screen/plain.js');
  const { printable } = await import('../../text/printable.js');
  const { given } = readFlags('enqueue', parsed);
  readFlags(verb, parsed);
  const { cron, tz = 'UTC', id: named } = given;
  if (cron === undefined && (given.id ?? given.tz) !== undefined)
    throw new UsageError('--id and --tz are for a run with --cron', 'Leave them out, or give --cron.');
  const run = await queuedRun(verb, input, parsed, given.runsDir);
  const queue = await RunQueue.open(await queueSettings(given));
  try {
    const id = cron === undefined ? await ownId(run) : (named ?? scheduleId(run));
    // Two schedules that are due at once have folders of their own.
    if (cron !== undefined) run.name = id;
    if (cron !== undefined && named === undefined) await refuseOtherFile(queue, id, run);
    if (cron === undefined) await queue.add(run, id);
    else await queue.schedule(run, id, cron, tz).catch(refuseCron);
    const when = cron === undefined ? 'queued' : `scheduled (${cron}, ${tz})`;
    process.stdout.write(given.json ? `${plainJson({ id, ...run })}\n` : `${printable(`${when}: ${id}`)}\n`);
  } finally {
    await queue.close();
  }

  function refuseCron(cause: unknown): never {
    throw new UsageError(
      `--cron or --tz cannot be used: ${printable(cause instanceof Error ? cause.message : '')}`,
      'A pattern has five fields: minute, hour, day of the month, month, day of the week. A time zone is one such as Europe/Berlin.',
      { cause },
    );
  }
}

/** Whoever gives no ID wants to replace the schedule of this file, and not that of a file of its name elsewhere. */
async function refuseOtherFile(queue: RunQueue, id: string, { input }: QueuedRun): Promise<void> {
  const { UsageError } = await import('../../errors.js');
  const { printable } = await import('../../text/printable.js');
  const there = (await queue.schedules()).find((schedule) => schedule.id === id)?.run;
  if (!there || there.input === input) return;
  throw new UsageError(
    `the schedule ${id} is there already, and is of another file: ${printable(there.input)}`,
    `Give this one an ID of its own with --id. With --id ${id} it takes the place of the other one.`,
  );
}

async function queuedRun(
  verb: QueueableVerb,
  input: string,
  parsed: Record<string, unknown>,
  runsDir: string | undefined,
): Promise<QueuedRun> {
  const { access, mkdir } = await import('node:fs/promises');
  const { resolve } = await import('node:path');
  const { UsageError } = await import('../../errors.js');
  const { inputName, RUNS } = await import('../runs/run-folder.js');
  if (input === '-')
    throw new UsageError(
      'standard input cannot be queued: a worker reads the file when its turn comes',
      'Put the rows into a file that all workers see, and name that.',
    );
  const path = resolve(input);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new UsageError(
      `the file ${path} cannot be read here`,
      'Check its name. It has to be in a folder that this machine and all workers see at the same path.',
      { cause },
    );
  });
  const folder = resolve(runsDir ?? RUNS);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { args, again } = queuedFlags(verb, parsed);
  const networkId = args.find((arg) => arg.startsWith('--network-id='))?.split('=')[1];
  return {
    ...{ verb, input: path, runsDir: folder, args: [...args], again: [...again] },
    name: [inputName(input), networkId].filter(Boolean).join('-'),
    ...(networkId !== undefined && { networkId }),
  };
}

/** Two runs of one name in one second have folders of their own. */
async function ownId(run: QueuedRun): Promise<string> {
  const { randomBytes } = await import('node:crypto');
  const { timeName } = await import('../../queue/queued-run.js');
  run.name += `-${randomBytes(3).toString('hex')}`;
  return `${timeName(Date.now())}-${run.name}`;
}

const scheduleId = ({ verb, name }: QueuedRun): string => `${verb}-${name}`;
