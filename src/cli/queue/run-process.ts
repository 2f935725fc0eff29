/**
 * A run in a process of its own: the command itself. Its exit code is the result, it can be killed without a loss to the
 * worker, and it holds its locks for itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How a run's process ended. */
export interface RunExit {
  /** Null if it was killed. */
  readonly code: number | null;
  /** What it says of itself with `--json`; undefined if it could not. */
  readonly said: RunWords | undefined;
}

/** Of a summary or an error, what goes to the queue. */
export interface RunWords {
  readonly rows?: number;
  readonly statuses?: Record<string, number>;
  readonly stopped?: { readonly code?: string; readonly message?: string };
  readonly error?: { readonly code?: string; readonly message?: string };
}

export interface RunProcess {
  readonly exit: Promise<RunExit>;
  /** The first signal has the run come to a stop. */
  stop(): void;
  kill(): void;
}

/** @param args of the command, without `--json`. What it says to people goes to standard error */
export function startRunProcess(args: readonly string[], env: NodeJS.ProcessEnv): RunProcess {
  const [, script = ''] = process.argv;
  // An executable with the program in it needs no script.
  const program = script === process.execPath ? [] : [...process.execArgv, script];
  const child = spawn(process.execPath, [...program, ...args, '--json', '--no-progress'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    // A Ctrl-C in the worker's terminal is for the worker, which stops it then.
    detached: true,
  });
  const failed = once(child, 'error').then(() => undefined);
  const ended = Promise.all([text(child.stdout), once(child, 'close')]);
  return {
    exit: Promise.race([ended, failed]).then((end) => ({
      code: child.exitCode,
      said: end && wordsOf(end[0]),
    })),
    stop: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  };
}

function wordsOf(stdout: string): RunWords | undefined {
  try {
    return JSON.parse(stdout) as RunWords;
  } catch {
    return undefined;
  }
}
