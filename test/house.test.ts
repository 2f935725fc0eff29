/** Who may import whom: the floors of the house. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const ground = ['model.ts', 'errors.ts', 'disk.ts', 'version.ts', 'wickr/types.ts'];
const floors: Record<string, number> = {
  cli: 6,
  screen: 5,
  run: 4,
  plan: 3,
  input: 2,
  pace: 2,
  wickr: 2,
  report: 2,
  emulator: 1,
};
const floorOf = (file: string) =>
  ground.includes(file) ? 0 : file === 'index.ts' ? 5 : (floors[folderOf(file)] ?? Number.NaN);
const folderOf = (file: string) => file.split('/')[0] ?? '';

/** Each package, and the one place that imports it. */
const importers: Record<string, RegExp> = {
  '@aws-sdk/credential-provider-node': /^wickr\/credentials\.ts$/,
  '@aws-sdk/signature-v4': /^wickr\/sign\.ts$/,
  '@aws-sdk/util-endpoints': /^wickr\/endpoint\.ts$/,
  '@smithy/core': /^cli\/service\.ts$/,
  bottleneck: /^pace\/limiter\.ts$/,
  commander: /^cli\//,
  // The reader of inputs, and the reader of what the report's writer wrote.
  'csv-parse': /^(input\/cells|report\/line)\.ts$/,
  'iconv-lite': /^input\/encoding\.ts$/,
  'csv-stringify': /^(report\/line|run\/member-line)\.ts$/,
  'p-limit': /^run\/(service|attempts)\.ts$/,
  pino: /^cli\/log\.ts$/,
  undici: /^wickr\/send\.ts$/,
  zod: /^(run\/(parse-options|option-shapes|memory|record|lock|plan-file)|wickr\/(answer|reads))\.ts$/,
};

const source = (file: string) => readFileSync(join(root, file), 'utf8');
const importsOf = (file: string) =>
  [...source(file).matchAll(/(?:^(?:import|export|\}) .*?from |\bimport\()'([^']+)'/gm)].map(
    ([, name = '']) => name,
  );
const isOwn = (name: string) => name.startsWith('.');

/** Each import of the project's own files, as the file and its target. */
const ownImports = files.flatMap((file) =>
  importsOf(file)
    .filter(isOwn)
    .map((name) => [file, relative(root, join(root, file, '..', name)).replace(/\.js$/, '.ts')] as const),
);

it('a file imports only what stands in its folder or on a lower floor', () => {
  const isAllowed = (file: string, target: string) =>
    folderOf(target) === folderOf(file) ||
    floorOf(target) < floorOf(file) ||
    floorOf(file) + floorOf(target) === 0;
  expect(ownImports.filter(([file, target]) => !isAllowed(file, target))).toEqual([]);
  expect(ownImports.length).toBeGreaterThan(files.length);
});

it('the emulator shares the wire types alone, and only the command starts it', () => {
  const crossing = ownImports.filter(
    ([file, target]) => (folderOf(file) === 'emulator') !== (folderOf(target) === 'emulator'),
  );
  expect(
    crossing.filter(([file, target]) => target !== 'wickr/types.ts' && folderOf(file) !== 'cli'),
  ).toEqual([]);
});

it('a package is imported in its one place, and every package is used', () => {
  const packageOf = (name: string) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
  const imports = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !isOwn(name) && !name.startsWith('node:'))
      .map((name) => [file, packageOf(name)] as const),
  );
  expect(imports.filter(([file, name]) => !importers[name]?.test(file))).toEqual([]);
  const { dependencies } = JSON.parse(source('../package.json')) as { dependencies: object };
  expect([...new Set(imports.map(([, name]) => name))].sort()).toEqual(Object.keys(dependencies).sort());
});

it('only the command touches the process', () => {
  const code = (file: string) => source(file).replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '');
  const touching = files.filter(
    (file) => folderOf(file) !== 'cli' && /\bprocess\.(?!hrtime)/.test(code(file)),
  );
  expect(touching).toEqual([]);
});
