import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Runs Prometheus' own checker; undefined if this machine has none. */
export async function promtool(args: readonly string[], input = ''): Promise<string | undefined> {
  const child = spawn('promtool', [...args], { stdio: 'pipe' });
  child.stdin.on('error', () => {});
  const isThere = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
  if (!isThere) return undefined;
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return `exit ${child.exitCode}\n${stdout}${stderr}`;
}

/** Whether it is there; says so if it is not. */
export async function hasPromtool(): Promise<boolean> {
  const isThere = (await promtool(['--version'])) !== undefined;
  if (!isThere) process.stderr.write('no promtool here (Debian: prometheus): its checks are left out\n');
  return isThere;
}
