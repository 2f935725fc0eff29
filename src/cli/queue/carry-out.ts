/** A job of the queue, carried out: what of the run is there already decides whether it begins or goes on. */
import { access, constants, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../disk.js';
import { dueAt, parseQueuedRun, type QueuedRun, timeName } from '../../queue/queued-run.js';
import type { JobEnd, TakenJob } from '../../queue/run-worker.js';
import { printable } from '../../text/printable.js';
import { notice } from '../process/notices.js';
import { endOfJob } from './job-end.js';
import { isQueuedFlag } from './queued-flags.js';
import { type RunProcess, startRunProcess } from './run-process.js';

/** The job that a worker has, and how it lets go of it. */
export class JobInHand {
  readonly #leaseMs: number;
  readonly #host: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #onExit: (exitCode: number | null) => void;
  #run: RunProcess | undefined;
  #id: string | undefined;
  #isDraining = false;

  /**
   * @param env of the runs' processes
   * @param leaseMs after which a run's locks are free if its process is silent
   * @param onExit told the exit code of each run's process; null if it was killed
   */
  constructor({
    leaseMs,
    host,
    env,
    onExit,
  }: {
    readonly leaseMs: number;
    readonly host: string;
    readonly env: NodeJS.ProcessEnv;
    readonly onExit: (exitCode: number | null) => void;
  }) {
    this.#leaseMs = leaseMs;
    this.#host = host;
    this.#env = env;
    this.#onExit = onExit;
  }

  readonly carryOut = async ({ id, data, addedAt }: TakenJob): Promise<JobEnd> => {
    const run = parseQueuedRun(data);
    if (!run?.args.concat(run.again).every((arg) => isQueuedFlag(run.verb, arg)))
      return { kind: 'failed', reason: 'the job was not put there by this version of the command' };
    const unseen = await whatIsNotSeen(run);
    if (unseen !== undefined)
      return { kind: 'failed', reason: `refused by the worker on ${this.#host}: it cannot ${unseen}` };
    if (this.#isDraining) return { kind: 'later', delayMs: 0, reason: 'its worker was told to end' };
    const folder = join(run.runsDir, `${timeName(dueAt(id, addedAt))}-${run.name}`);
    const args = await commandLine(run, folder);
    notice(`${printable(`${args[0]} ${folder}: begun`)}\n`);
    this.#id = id;
    this.#run = startRunProcess([...args, `--take-over=${this.#leaseMs / 1000}`], this.#env);
    // A signal may have come while the files were looked at.
    if (this.#isDraining) this.#run.stop();
    const exit = await this.#run.exit;
    this.#run = undefined;
    this.#onExit(exit.code);
    const end = endOfJob(exit, { folder, isDraining: this.#isDraining, leaseMs: this.#leaseMs });
    notice(`${printable(`${args[0]} ${folder}: ${sentence(end)}`)}\n`);
    return end;
  };

  /** Has the run come to a stop; it goes on elsewhere. */
  drain(): void {
    this.#isDraining = true;
    this.#run?.stop();
  }

  kill(): void {
    this.#run?.kill();
  }

  /** Another worker may have the job by now; the run's locks keep this one from doing more. */
  lose(id: string): void {
    if (id === this.#id) this.#run?.stop();
  }
}

/** What of a run's files the worker cannot use; undefined if all are there. */
async function whatIsNotSeen({ input, runsDir }: QueuedRun): Promise<string | undefined> {
  const may = (path: string, mode: number) =>
    access(path, mode).then(
      () => true,
      () => false,
    );
  if (!(await may(input, constants.R_OK))) return `read ${input}`;
  return (await may(runsDir, constants.W_OK)) ? undefined : `write to ${runsDir}`;
}

async function commandLine(run: QueuedRun, folder: string): Promise<string[]> {
  if (await exists(join(folder, 'run.json'))) return ['resume', folder, ...run.again];
  // Begun, and nothing was sent: before that, it has a record. Whoever began it, and wakes up, finds it gone.
  if (await exists(folder)) await rename(folder, await freeName(folder));
  return [run.verb, run.input, `--out=${folder}`, ...run.args];
}

async function freeName(folder: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const path = `${folder}-not-begun-${number}`;
    if (!(await exists(path))) return path;
  }
}

function sentence(end: JobEnd): string {
  if (end.kind === 'ended') return `exit ${end.result.exitCode}`;
  if (end.kind === 'later') return `put back: ${end.reason}`;
  return `${end.kind}: ${end.reason}`;
}
