import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isLong } from '../length.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

describe('the package', () => {
  it.runIf(isLong)('holds what a user needs and nothing else', async () => {
    const { stdout } = await execute('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'docs/guarantees.md',
      'docs/input.md',
      'docs/library.md',
      'docs/machines.md',
      'docs/pace.md',
      'docs/page.md',
      'docs/page.png',
      'docs/recipes.md',
      'docs/reference.md',
      'docs/runs.md',
      'docs/session.svg',
      'docs/setup.md',
      'docs/troubleshooting.md',
      'fixtures/demo.csv',
      'fixtures/groups.csv',
      'fixtures/hr/.gitattributes',
      'fixtures/hr/active-directory-powershell-5.csv',
      'fixtures/hr/active-directory-powershell-7.csv',
      'fixtures/hr/adp.csv',
      'fixtures/hr/bamboohr.csv',
      'fixtures/hr/excel-csv-utf-8.csv',
      'fixtures/hr/excel-unicode-text.txt',
      'fixtures/hr/semicolon.csv',
      'fixtures/hr/successfactors.csv',
      'fixtures/hr/windows-1252.csv',
      'fixtures/hr/workday-preferred.csv',
      'fixtures/hr/workday.csv',
      'fixtures/users.csv',
      'fixtures/users.jsonl',
      'package.json',
    ]);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['dist/page/page.js', 'dist/page/page.css'],
        ...['dist/cli/main.js', 'dist/cli/THIRD-PARTY-LICENSES.txt', 'dist/index.js', 'dist/index.d.ts'],
      ]),
    );
    expect(paths.filter((path) => /test|\.map$/.test(path))).toEqual([]);
  });

  it.each([
    [
      'wickr-bulk',
      ['updateUsers', 'validateInput', 'planUpdate', 'applyPlan', 'reconcileUsers', 'undoRun', 'readReport'],
    ],
    ['wickr-bulk/emulator', ['startEmulator', 'parseFault']],
  ])('is imported as %s', async (name, members) => {
    const script = `import(${JSON.stringify(name)}).then((library) => console.log(JSON.stringify(Object.keys(library))))`;
    const { stdout } = await execute(process.execPath, ['-e', script], { cwd: root });
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining(members));
  });

  it.runIf(isLong)('runs as `npx wickr-bulk`', async () => {
    const { stdout } = await execute('npx', ['wickr-bulk', '--help'], { cwd: root });
    expect(stdout).toContain('Usage: wickr-bulk');
  });
});
