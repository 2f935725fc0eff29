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

/** Starts the command as a user's shell would. */
export function start(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; input?: string } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = options.env ?? {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(process.execPath, [main, ...args], { env, cwd: options.cwd, stdio: 'pipe' });
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

export const run = (args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Ended> =>
  start(args, options).ended;
