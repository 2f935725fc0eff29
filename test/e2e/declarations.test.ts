/** The public types as a reviewed contract: `npx vitest run test/e2e/declarations -u` writes them anew. */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** The declarations that a caller's compiler reads, by file, without comments. */
async function declarationsFrom(entry: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const waiting = [join(dist, entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (texts.has(file)) continue;
    const text = await readFile(file, 'utf8');
    texts.set(file, text.replace(/^\s*(\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm, '').replace(/^#!.*\n/, ''));
    for (const [, name = ''] of text.matchAll(/\b(?:from|import\()\s*["'](\.[^"']+)\.js["']/g))
      waiting.push(join(dirname(file), `${name}.d.ts`));
  }
  return texts;
}

it.each([
  ['index.d.ts', 'declarations.txt'],
  ['emulator/server.d.ts', 'emulator-declarations.txt'],
])('%s declares what was agreed on', async (entry, snapshot) => {
  const texts = await declarationsFrom(entry);
  const parts = [...texts].map(([file, text]) => `// ${relative(dist, file)}\n${text.trim()}\n`);
  await expect(parts.sort().join('\n')).toMatchFileSnapshot(snapshot);
});

it('a declaration names nothing of this machine', async () => {
  const texts = await declarationsFrom('index.d.ts');
  for (const text of texts.values()) expect(text).not.toMatch(/node_modules|file:\/\/|\/home\/|\/tmp\//);
});
