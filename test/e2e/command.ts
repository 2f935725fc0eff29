import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The built command, as `npm run build` leaves it. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Circumstances {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** What it reads from standard input. */
  readonly input?: string | Buffer;
  /** In the place of the built command and the Node.js of the tests. */
  readonly command?: readonly string[];
  /** What runs it, and takes the command line as its last arguments. */
  readonly through?: readonly string[];
  /** An update is started as it is given here, and so looks at its users first. Default: see `sending`. */
  readonly asGiven?: boolean;
}

/**
 * Most tests are about what becomes of rows that are sent, so an update sends them without a look at their users, unless
 * the test says `--keep-before` or `asGiven`.
 */
export const sending = (args: readonly string[]): readonly string[] =>
  args[0] === 'update' &&
  !args.some((arg) => /^--(keep-before|skip-unchanged|no-keep-before|dry-run|replace)$/.test(arg))
    ? [...args, '--no-keep-before']
    : args;

/** Standard error without the header that a job begins with: labels, each with its lines. */
export const withoutHeader = (stderr: string): string =>
  stderr.replace(/^(?=[a-z ]{10}\S)(?:[a-z]+ {2,}|reconcile | {10}).*\n/gm, '');

/** Starts the command as a user's shell would. */
export function start(
  args: readonly string[],
  options: Circumstances = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = options.env ?? {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { through = [], command = [process.execPath, main] } = options;
  const [program, ...line] = [...through, ...command, ...(options.asGiven ? args : sending(args))];
  const child = spawn(program as string, line, { env, cwd: options.cwd, stdio: 'pipe' });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const ended = (async () => {
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: child.exitCode, stdout, stderr };
  })();
  return { child, ended };
}

export const run = (args: readonly string[], options: Circumstances = {}): Promise<Ended> =>
  start(args, options).ended;
