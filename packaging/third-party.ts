/** Whose work is in what was bundled, with the terms that have to go with it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * The licences of packages, and of Node.js in an executable.
 *
 * @param files that were bundled
 * @param others folders of what else goes with them
 * @throws Error for a package without a licence
 */
export async function noticesOf(files: readonly string[], others: readonly string[] = []): Promise<string> {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const notices = await Promise.all([...others, ...[...packages].sort()].map(notice));
  return notices.join(`\n${'-'.repeat(80)}\n\n`);
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const texts = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (texts.length === 0 && license === undefined) throw new Error(`${name} has no licence`);
  const terms = await Promise.all(texts.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version}: ${license ?? 'see below'}\n`, ...terms].join('\n');
}
