/** A file that has no name while it is filled: if the process is killed, nothing of it is left. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';

/** Linux's O_TMPFILE, as open(2) has it. Node.js does not list it. */
const TEMPORARY = (constants.O_DIRECTORY ?? 0) | 0o20000000;

/** GNU's and uutils' `ln` can name such a file. Not searched for in PATH, where somebody else's could stand. */
const LINKERS = ['/bin/ln', '/usr/bin/ln'];

/** A new file in the folder of `path`, mode 0600; undefined if the system or the file system has none without a name. */
export async function openUnnamed(path: string): Promise<FileHandle | undefined> {
  if (platform() !== 'linux') return undefined;
  // What is really wrong with the folder is told when a file with a name is made in it.
  return open(dirname(path), TEMPORARY | constants.O_RDWR, 0o600).catch(() => undefined);
}

/**
 * Gives it a name in one step, unless there is something by that name. Node.js has no call for that; `ln` has.
 *
 * @returns whether it has the name now
 */
export async function nameFile(file: FileHandle, path: string): Promise<boolean> {
  for (const linker of LINKERS) {
    const args = ['-L', '-T', '--', '/proc/self/fd/3', path];
    if (await succeeds(linker, args, file.fd)) return true;
  }
  return false;
}

function succeeds(program: string, args: readonly string[], fd: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: {}, stdio: ['ignore', 'ignore', 'ignore', fd] });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
