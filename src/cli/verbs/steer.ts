import type { Command } from 'commander';
import type { RunControl } from '../../index.js';
import { addFlags, readFlags } from '../flags.js';

type Verb = 'stop' | 'pause' | 'continue' | 'tune';

/** `wickr-bulk stop RUN` */
export const addStop = (program: Command): void =>
  add(
    program,
    'stop',
    'Stop a run that goes on in another shell, as Ctrl-C there would; it can be resumed.',
    {
      more: `
It returns once the run has taken note. "wickr-bulk status --watch" waits for
its end.

Examples:
  wickr-bulk stop wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk stop --last`,
      order: async (run) => (await import('../../index.js')).stopRun(run),
    },
  );

/** `wickr-bulk pause RUN` */
export const addPause = (program: Command): void =>
  add(program, 'pause', 'Have a run that goes on in another shell send nothing new for a while.', {
    more: `
Rows in flight come to their end. The run keeps its network, and no patience
runs out meanwhile. Ctrl-C and "stop" still stop it. If it ends meanwhile, a
resume is not paused.

Examples:
  wickr-bulk pause wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk pause --last`,
    order: async (run) => (await import('../../index.js')).pauseRun(run),
  });

/** `wickr-bulk continue RUN` */
export const addContinue = (program: Command): void =>
  add(program, 'continue', 'Let a run go on that was paused.', {
    more: `
A run that was stopped or killed is gone on with by "wickr-bulk resume".

Examples:
  wickr-bulk continue wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk continue --last`,
    order: async (run) => (await import('../../index.js')).continueRun(run),
  });

/** `wickr-bulk tune RUN` */
export const addTune = (program: Command): void =>
  add(program, 'tune', 'Set the pace of a run anew that goes on in another shell.', {
    more: `
It counts until the run ends. A resume begins with what the run was started
with, and takes the same flags.

Examples:
  wickr-bulk tune wickr-bulk-runs/2026-01-31T120000Z-users --max-rate 20
  wickr-bulk tune --last --max-rate 20 --concurrency 4`,
    order: async (run, { maxRate, concurrency }) =>
      (await import('../../index.js')).tuneRun(run, {
        ...(maxRate !== undefined && { maxRate }),
        ...(concurrency !== undefined && { concurrency }),
      }),
  });

interface Bounds {
  readonly maxRate?: number;
  readonly concurrency?: number;
}

interface Ordering {
  readonly more: string;
  readonly order: (run: string, bounds: Bounds) => Promise<RunControl>;
}

function add(program: Command, verb: Verb, description: string, { more, order }: Ordering): void {
  const command = program.command(verb).description(description).argument('[run]', "the run's folder");
  addFlags(command, verb)
    .addHelpText('after', more)
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { whichRun } = await import('../runs/which-run.js');
      const { plainJson } = await import('../../screen/plain.js');
      const { renderControl } = await import('../../screen/status.js');
      const { flags, given } = readFlags(verb, parsed);
      // A variable is meant for the runs that are started: here it would change more than was asked for.
      const done = await order(await whichRun(verb, named, given), flags as Bounds);
      process.stdout.write(given.json ? `${plainJson(done)}\n` : renderControl(done, verb));
    });
}
