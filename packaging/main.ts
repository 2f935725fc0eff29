/**
 * `npm run package [FOLDER]`: the command as one file that needs no Node.js, for Linux and Windows, with checksums. It is
 * made on Linux x64: the Node.js that writes the part with the program has to be of the same version as the one that
 * gets it, and has to run here.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { nodeFolder, nodeProgram, type Platform } from './node-binaries.js';
import { buildPage } from './page.js';
import { noticesOf } from './third-party.js';

/** Of the executables. `test/e2e/executable.test.ts` runs them. */
const NODE = '22.23.3';
/** By which Node.js knows that a program was put into it, as its documentation of single executables has it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (path: string) => join(root, path);

async function main(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'wickr-bulk-package-'));
  try {
    const bundle = join(work, 'wickr-bulk.cjs');
    const notices = join(out, 'THIRD-PARTY-LICENSES.txt');
    const inAll = [...(await bundled(bundle)), ...(await buildPage(work))];
    await writeFile(notices, await noticesOf(inAll, [await nodeFolder('linux-x64', NODE)]));
    await copyFile(inRoot('LICENSE'), join(out, 'LICENSE'));
    const blob = await blobOf(bundle, work);
    const executables = [
      await executable('linux-x64', blob, join(out, 'wickr-bulk-linux-x64')),
      await executable('win-x64', blob, join(out, 'wickr-bulk-win-x64.exe')),
    ];
    const sums = await Promise.all(
      executables.map(async (path) => `${await sha256(path)}  ${basename(path)}\n`),
    );
    await writeFile(join(out, 'SHA256SUMS'), sums.join(''));
    process.stdout.write(`${out}\n${sums.join('')}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Makes one file of the command and all that it imports. @returns the files that are in it */
async function bundled(outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [inRoot('src/cli/main.ts')],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    // Node.js takes no other form into an executable.
    format: 'cjs',
    // What reads a file of the package by it takes an asset instead.
    define: { 'import.meta.resolve': 'undefined' },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    outfile,
  });
  return Object.keys(metafile.inputs);
}

/** What is put into Node.js: the program, and the files that it reads. It is the same for every system. */
async function blobOf(main: string, work: string): Promise<string> {
  const output = join(work, 'wickr-bulk.blob');
  const config = join(work, 'sea-config.json');
  const assets = {
    'package.json': inRoot('package.json'),
    'demo.csv': inRoot('fixtures/demo.csv'),
    'page.js': join(work, 'page.js'),
    'page.css': join(work, 'page.css'),
  };
  await writeFile(config, JSON.stringify({ main, output, assets, disableExperimentalSEAWarning: true }));
  await execute(await nodeProgram('linux-x64', NODE), ['--experimental-sea-config', config]);
  return output;
}

async function executable(platform: Platform, blob: string, path: string): Promise<string> {
  await copyFile(await nodeProgram(platform, NODE), path);
  await chmod(path, 0o755);
  const postject = inRoot('node_modules/postject/dist/cli.js');
  await execute(process.execPath, [postject, path, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
  return path;
}

const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

await main(resolve(process.argv[2] ?? inRoot('dist-package')));
