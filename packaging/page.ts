/** The script and the style of the pages, each as one file, with the library that draws the charts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const uplot = join(root, 'node_modules/uplot');

/**
 * Writes `page.js` and `page.css` into a folder.
 *
 * @returns the files that are in them
 */
export async function buildPage(outdir: string): Promise<readonly string[]> {
  // A page goes its own ways, without the list of licences beside it.
  const terms = await readFile(join(uplot, 'LICENSE'), 'utf8');
  const { metafile } = await build({
    entryPoints: [
      { in: join(root, 'src/page/browser/main.ts'), out: 'page' },
      { in: join(root, 'src/page/browser/style.css'), out: 'page' },
    ],
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    charset: 'utf8',
    banner: { js: `/*! uPlot: ${terms.replaceAll('*/', '* /')}*/` },
    legalComments: 'none',
    minify: true,
    logLevel: 'warning',
    metafile: true,
    outdir,
  });
  return Object.keys(metafile.inputs);
}
