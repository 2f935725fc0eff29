/**
 * The second half of `npm run build`: the command with all that it imports at its start in few files, so that it starts in
 * half the time. What it needs for some commands alone is in files of its own. And what the pages show themselves with.
 */
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './page.js';
import { noticesOf } from './third-party.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist/cli');

/** A package that is asked for when it is needed stays one: bundled, one in the older form would lose its names. */
const rarePackages: Plugin = {
  name: 'rare packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, importer }) => {
      const isOwn = importer.startsWith(join(root, 'src'));
      return kind === 'dynamic-import' && isOwn ? { external: true } : undefined;
    });
  },
};

/**
 * Of undici the two dispatchers that the command imports, with the methods that its index gives all of them: the rest,
 * `fetch` among it, is a quarter of what a start loads.
 */
const dispatchersOnly: Plugin = {
  name: 'dispatchers only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'dispatchers' }));
    onLoad({ filter: /^undici$/, namespace: 'dispatchers' }, () => ({
      contents: `import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
        import methods from 'undici/lib/api/index.js';
        Object.assign(Dispatcher.prototype, methods);
        export { default as Pool } from 'undici/lib/dispatcher/pool.js';
        export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';`,
      resolveDir: root,
    }));
  },
};

// Made by the compiler, and nobody's any more.
await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [join(root, 'src/cli/main.ts')],
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.18',
  format: 'esm',
  // Packages in the older form ask for Node.js's own modules by it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  legalComments: 'none',
  minifyWhitespace: true,
  logLevel: 'warning',
  metafile: true,
  plugins: [rarePackages, dispatchersOnly],
  outdir,
});
await chmod(join(outdir, 'main.js'), 0o755);
const inPage = await buildPage(join(root, 'dist/page'));
const inAll = [...Object.keys(metafile.inputs), ...inPage];
await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await noticesOf(inAll));
