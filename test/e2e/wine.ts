/** The command under wine, with a Node.js for Windows from the npm registry: as near to Windows as a Linux machine comes. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Circumstances, Ended } from './command.js';

const execute = promisify(execFile);

/** Whether wine can be had here; its packages are `wine` and `wine64` on Debian. */
export const isWineThere =
  process.platform === 'linux' && process.arch === 'x64' && spawnSync('wine', ['--version']).status === 0;

/** For the name of a test that needs it: why it is left out, if it is. */
export const lacking = isWineThere ? '' : ' (left out: there is no wine here; apt-get install wine wine64)';

/** A Windows of its own, with its drives and its registry. `close` it. */
export class Wine {
  readonly #prefix: string;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  static async boot(): Promise<Wine> {
    const wine = new Wine(await mkdtemp(join(tmpdir(), 'wickr-bulk-wine-')));
    await execute('wine', ['wineboot', '--init'], { env: wine.#env() });
    // Node.js refuses to start on the Windows 7 that wine 8 is by itself.
    await execute('wine', ['winecfg', '-v', 'win10'], { env: wine.#env() });
    return wine;
  }

  async close(): Promise<void> {
    await execute('wineserver', ['--kill', '--wait'], { env: this.#env() }).catch(() => {});
    await rm(this.#prefix, { recursive: true, force: true });
  }

  /** A file or folder below `%LOCALAPPDATA%`. */
  localAppData(path: string): string {
    return join(this.#prefix, 'drive_c/users', process.env.USER ?? 'root', 'AppData/Local', path);
  }

  /** Starts a program. Node.js under wine takes files for its standard streams, not pipes. */
  start(line: readonly string[], { env = {}, cwd = tmpdir() }: Circumstances) {
    const begun = this.#spawn(line, env, cwd);
    const ended = (async (): Promise<Ended> => {
      const { child, files } = await begun;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      const [stdout = '', stderr = ''] = await Promise.all(files.map((path) => readFile(path, 'utf8')));
      await Promise.all(files.map((path) => rm(path)));
      return { code: child.exitCode, stdout, stderr };
    })();
    return { child: begun.then(({ child }) => child), ended };
  }

  /** Starts a program in a terminal, to which its keys are written. */
  inTerminal(line: readonly string[], { env = {}, cwd = tmpdir() }: Circumstances): ChildProcess {
    const words = ['wine', ...line].map((word) => `'${word}'`).join(' ');
    const how = { env: this.#env({ ...env, SHELL: '/bin/sh' }), cwd };
    return spawn('script', ['--quiet', '--return', '--command', words, '/dev/null'], how);
  }

  async #spawn(line: readonly string[], env: Record<string, string>, cwd: string) {
    const folder = await mkdtemp(join(this.#prefix, 'streams-'));
    const files = [join(folder, 'stdout'), join(folder, 'stderr')];
    const handles = await Promise.all(files.map((path) => open(path, 'w')));
    const stdio = ['ignore' as const, ...handles.map(({ fd }) => fd)];
    const child = spawn('wine', line, { env: this.#env(env), cwd, stdio });
    await once(child, 'spawn');
    await Promise.all(handles.map((handle) => handle.close()));
    return { child, files };
  }

  #env(env: Record<string, string> = {}): Record<string, string> {
    const quiet = { WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree,mshtml=' };
    return { PATH: process.env.PATH ?? '', HOME: this.#prefix, ...env, ...quiet, WINEPREFIX: this.#prefix };
  }
}
