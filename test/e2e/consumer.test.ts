/** A project of somebody's that uses the package as it is published: compiled against its types, and run. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { useWorkplace } from '../workplace.js';

const place = useWorkplace();
const root = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

/** What `npm install` of the package's file would give, from the packages that are here already. */
async function install(): Promise<void> {
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', place.folder],
    {
      cwd: root,
    },
  );
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await mkdir(place.path('node_modules/@types'), { recursive: true });
  await execute('tar', ['-xzf', filename], { cwd: place.folder });
  await cp(place.path('package'), place.path('node_modules/wickr-bulk'), { recursive: true });
  const { dependencies } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as {
    dependencies: object;
  };
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types', 'typescript']) {
    const [scope] = name.split('/');
    if (name.startsWith('@')) await mkdir(place.path(`node_modules/${scope}`), { recursive: true });
    await symlink(`${root}node_modules/${name}`, place.path(`node_modules/${name}`));
  }
}

const program = `import { createReadStream } from 'node:fs';
import {
  exportUsers, InvalidInputError, planUpdate, readReport, readRunStatus, resumeRun, undoRun, updateUsers, validateInput,
  version, WickrBulkError, writeTemplate,
  type Credentials, type Outcome, type RunHandle, type UpdateOptions, type UserUpdate,
} from 'wickr-bulk';
import { startEmulator } from 'wickr-bulk/emulator';

const emulator = await startEmulator({ users: 20 });
const credentials: Credentials = emulator.credentials;
const service = { networkId: emulator.networkId, region: emulator.region, endpointUrl: emulator.url, credentials };

async function* rows(): AsyncGenerator<UserUpdate> {
  for (let i = 1; i <= 5; i += 1) yield { userId: String(10_000_000 + i), firstName: 'Zoë' };
}

const options: UpdateOptions = { ...service, input: rows(), folder: 'run', keepBefore: true };
const run: RunHandle = updateUsers(options);
const given: Outcome[] = [];
for await (const outcome of run) given.push(outcome);
const { statuses } = await run.summary;
const report = [];
for await (const { row } of readReport((await run.summary).report, 'csv')) report.push(row);

const plan = planUpdate({ ...service, input: [{ userId: '10000006', lastName: 'Lee' }] });
const fields: string[] = [];
for await (const change of plan) fields.push(...Object.keys(change.fields));

const users: string[] = [];
for await (const { userId } of exportUsers(service)) users.push(userId);

await writeTemplate('template.csv');
const checked = await validateInput({ input: createReadStream('template.csv'), format: 'csv' });
const refused = await validateInput({ input: [{ userId: 'x' }], networkId: '12345678' }).catch((error: unknown) =>
  error instanceof InvalidInputError && error instanceof WickrBulkError ? error.code : 'no error of ours',
);
const { endpointUrl } = service;
const undone = await undoRun(run.folder, { folder: 'undo', credentials, endpointUrl }).summary;
const again = await resumeRun('undo', { credentials, endpointUrl }).summary;
console.log(JSON.stringify({
  version, given: given.length, report: report.length, updated: statuses.updated, fields, users: users.length,
  rows: checked.rows, refused, undone: undone.statuses.updated, again: again.statuses.updated,
  state: (await readRunStatus('run')).state,
}));
await emulator.close();
`;

const compilerOptions = { target: 'es2022', strict: true, noEmit: false, outDir: 'dist', types: ['node'] };

describe.runIf(isLong)('a project that uses the package', () => {
  beforeEach(async () => {
    await install();
    await writeFile(place.path('program.ts'), program);
    await writeFile(place.path('package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
  });

  it.each(
    firstOf(1, [
      ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
      ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
      [
        'bundler, with the types of browsers and exact optional members',
        {
          ...{ module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom'] },
          ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
        },
      ],
    ]),
  )('compiles, with nothing left out, and runs: %s', async (_resolution, resolving) => {
    const settings = {
      compilerOptions: { ...compilerOptions, ...resolving, skipLibCheck: false },
      files: ['program.ts'],
    };
    await writeFile(place.path('tsconfig.json'), JSON.stringify(settings));
    const compiler = place.path('node_modules/typescript/bin/tsc');
    const compiled = await execute(process.execPath, [compiler, '-p', '.'], { cwd: place.folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');
    const { stdout } = await execute(process.execPath, ['dist/program.js'], { cwd: place.folder });
    expect(JSON.parse(stdout)).toEqual({
      ...{ version: expect.any(String), given: 5, report: 5, updated: 5, fields: ['lastName'], users: 20 },
      ...{ rows: 3, refused: 'INPUT_INVALID', undone: 5, again: 5, state: 'ended' },
    });
  });
});
