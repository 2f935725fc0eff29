/** Has the system's browser show a page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What opens a file or an address; without a shell, so that nothing in a name means anything. */
const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  win32: 'explorer.exe',
};

/** @returns whether there is something that can open it; what becomes of it then is the browser's */
export async function openPage(target: string): Promise<boolean> {
  const child = spawn(openers[process.platform] ?? 'xdg-open', [target], { detached: true, stdio: 'ignore' });
  child.unref();
  try {
    await once(child, 'spawn');
    return true;
  } catch {
    return false;
  }
}
