/** The rooms of the house: who may import whom, and what may stand where. CONTRIBUTING.md is the map in words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Rooms from the ground up: a room imports its own files and lower lines; those of one line do not import each other. */
const lines: readonly string[] = [
  'text',
  'ground',
  'wickr/connection input/workbook pace/rate',
  'input/source pace metrics wickr report plan/diff plan/renames emulator/network',
  'input/records wickr/sources emulator/signature pace/shared',
  'input/columns emulator/api redis',
  'input/fields emulator/faults queue',
  'input/rules',
  'input/options emulator',
  'input/rows plan/lookup',
  'plan',
  'run/options/table',
  'run/options',
  'run/lock',
  'run/state',
  'run/control',
  'run/service',
  'run/prepare run/batch',
  'run',
  'verbs',
  'screen',
  'screen/input page/view',
  'page page/browser',
  'index.ts',
  'cli/aws cli/process',
  'cli/metrics',
  'cli/runs',
  'cli',
  'cli/help cli/queue',
  'cli/verbs',
  'cli/command-line.ts',
  'cli/program.ts',
  'cli/main.ts',
];
const levels = new Map(
  lines.flatMap((rooms, level) => rooms.split(' ').map((room) => [room, level] as const)),
);
/** These hold one file for each command. */
const unbounded: readonly string[] = ['verbs', 'cli/verbs'];
const MOST_FILES = 15;

const roomOf = (file: string) => {
  if (levels.has(file)) return file;
  return dirname(file) === '.' ? 'ground' : dirname(file);
};
const levelOf = (file: string) => levels.get(roomOf(file)) ?? Number.NaN;
const isEmulator = (file: string) => file.startsWith('emulator/');

/** Each package, and the one place that imports it; `node:process` counts as one. */
const importers: Record<string, RegExp> = {
  // One provider for each kind of source; none that goes from one source to the next.
  '@aws-sdk/credential-provider-http': /^wickr\/sources\/load-credentials\.ts$/,
  '@aws-sdk/credential-provider-login': /^wickr\/sources\/load-credentials\.ts$/,
  '@aws-sdk/credential-provider-sso': /^wickr\/sources\/load-credentials\.ts$/,
  '@aws-sdk/credential-provider-web-identity': /^wickr\/sources\/load-credentials\.ts$/,
  '@aws-sdk/nested-clients': /^wickr\/sources\/assume-role\.ts$/,
  '@aws-sdk/signature-v4': /^wickr\/sign\.ts$/,
  '@aws-sdk/util-endpoints': /^wickr\/endpoint\.ts$/,
  '@smithy/core': /^wickr\/sources\/shared-files\.ts$/,
  '@smithy/credential-provider-imds': /^wickr\/sources\/load-credentials\.ts$/,
  'any-ascii': /^input\/rules\/text-filters\.ts$/,
  bottleneck: /^pace\/lease-queue\.ts$/,
  commander: /^cli\//,
  // The reader of inputs, and the reader of what the report's writer wrote.
  'csv-parse': /^(input\/records\/csv-cells|report\/line)\.ts$/,
  'iconv-lite': /^input\/source\/encoding\.ts$/,
  'csv-stringify': /^(report\/line|run\/state\/unlisted-file|verbs\/export-file)\.ts$/,
  // Whether the process that holds a lock is still there.
  // And AWS's variables, as AWS's own SDKs read them.
  'node:process': /^(run\/(lock\/process-id|state\/foreign-files)|wickr\/sources\/default-credentials)\.ts$/,
  bullmq: /^queue\//,
  ioredis: /^redis\/connection\.ts$/,
  'p-limit': /^run\/service\//,
  pino: /^cli\/pino-logger\.ts$/,
  re2js: /^input\/rules\/linear-regex\.ts$/,
  saxes: /^input\/workbook\/xml\.ts$/,
  yauzl: /^input\/workbook\/archive\.ts$/,
  // In the script of a page, which has it within: nothing that an installation needs.
  uplot: /^page\/browser\/charts\.ts$/,
  undici: /^wickr\/(send|connection\/(dispatcher|request-handler))\.ts$/,
  zod: /^(queue\/queued-run|report\/series|run\/options\/table\/option|run\/control\/order|run\/lock\/lock-file|run\/state\/(journal|remembered|run-record|plan-file)|wickr\/(update-answer|list-answers))\.ts$/,
};

const source = (file: string) => readFileSync(join(root, file), 'utf8');
/** A file without the lines that are comments. */
const code = (file: string) => source(file).replace(/^\s*(\/\*|\*|\/\/).*$/gm, '');
/** What a file imports or exports from elsewhere: statements of one or many lines, types, bare and dynamic imports. */
const importsOf = (file: string) =>
  [...code(file).matchAll(/\b(?:from|import)\b\s*\(?\s*(['"`])([\w@./:#-]+)\1/g)].map(
    ([, , name = '']) => name,
  );
const isOwn = (name: string) => name.startsWith('.');
const isPackage = (name: string) => !isOwn(name) && (!name.startsWith('node:') || name in importers);

/** Each import of the project's own files, as the file and its target. */
const ownImports = files.flatMap((file) =>
  importsOf(file)
    .filter(isOwn)
    .map((name) => [file, relative(root, join(root, file, '..', name)).replace(/\.js$/, '.ts')] as const),
);

it('every file stands in a known room', () => {
  expect(files.filter((file) => Number.isNaN(levelOf(file)))).toEqual([]);
});

it('a file is named for what it holds', () => {
  expect(files.filter((file) => /(^|[/-])(utils?|helpers?|common|managers?|misc)\b/.test(file))).toEqual([]);
});

it('a file imports only its own room and lower lines', () => {
  const isAllowed = (file: string, target: string) =>
    roomOf(target) === roomOf(file) || levelOf(target) < levelOf(file);
  expect(ownImports.filter(([file, target]) => !isAllowed(file, target))).toEqual([]);
  expect(ownImports.length).toBeGreaterThan(files.length);
});

it('an import names what it imports', () => {
  const isHidden = (file: string) =>
    /\bimport\s*\((?!\s*'[^']+'\s*\))|\brequire\s*\(|\bcreateRequire\b/.test(code(file));
  expect(files.filter(isHidden)).toEqual([]);
});

it('no file imports itself by way of others', () => {
  const targets = new Map(files.map((file) => [file, [] as string[]]));
  for (const [file, target] of ownImports) targets.get(file)?.push(target);
  // Takes away, again and again, what imports nothing that is left: a circle is what stays.
  for (let before = -1; before !== targets.size; ) {
    before = targets.size;
    for (const [file, its] of targets) if (!its.some((target) => targets.has(target))) targets.delete(file);
  }
  expect([...targets.keys()]).toEqual([]);
});

it('a room has at most fifteen files', () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(roomOf(file), (counts.get(roomOf(file)) ?? 0) + 1);
  const crowded = [...counts].filter(([room, count]) => count > MOST_FILES && !unbounded.includes(room));
  expect(crowded).toEqual([]);
});

it('the emulator shares the wire types alone, and only the command starts it', () => {
  const crossing = ownImports.filter(([file, target]) => isEmulator(file) !== isEmulator(target));
  expect(crossing.filter(([file, target]) => target !== 'wire-types.ts' && !file.startsWith('cli/'))).toEqual(
    [],
  );
});

it('a package is imported in its one place, and every package is used', () => {
  const packageOf = (name: string) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
  const imports = files.flatMap((file) =>
    importsOf(file)
      .filter(isPackage)
      .map((name) => [file, packageOf(name)] as const),
  );
  expect(imports.filter(([file, name]) => !importers[name]?.test(file))).toEqual([]);
  const { dependencies } = JSON.parse(source('../package.json')) as { dependencies: object };
  const isInstalled = ([file, name]: readonly [string, string]) =>
    !file.startsWith('page/browser/') && !name.startsWith('node:');
  const used = new Set(imports.filter(isInstalled).map(([, name]) => name));
  expect([...used].sort()).toEqual(Object.keys(dependencies).sort());
});

it('only the command touches the process', () => {
  const isTouching = (file: string) =>
    !file.startsWith('cli/') && /\bprocess\.(?!hrtime)|[=(]\s*process\s*[;,)[]/.test(code(file));
  expect(files.filter(isTouching)).toEqual([]);
});

it('the tests of a room stand in the folder of its name', () => {
  const tests = readdirSync(here, { recursive: true, withFileTypes: true });
  const folders = tests
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)));
  const isRoom = (folder: string) => [...levels.keys()].some((room) => `${room}/`.startsWith(`${folder}/`));
  const others = ['e2e', 'e2e/accidents', 'bench', 'browser', 'model', 'mutation'];
  expect(folders.filter((folder) => !isRoom(folder) && !others.includes(folder))).toEqual([]);
});

it('CONTRIBUTING.md names files and folders that are there', () => {
  const named = source('../CONTRIBUTING.md').match(/(?<=`)(src|test)\/[\w/.-]+(?=`)/g) ?? [];
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(root, '..', path)))).toEqual([]);
});
