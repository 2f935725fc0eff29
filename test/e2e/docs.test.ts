/** README and `docs/`: links lead somewhere, promises name tests that are there, and commands do what the pages show. */

import { execFile, spawnSync } from 'node:child_process';
import { access, chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings } from '../../src/cli/help/exit-codes-topic.js';
import type { Emulator } from '../../src/emulator/server.js';
import { firstOf, isLong } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { main, run } from './command.js';

const place = useWorkplace();
const root = fileURLToPath(new URL('../../', import.meta.url));
const names = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir(`${root}docs`)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];
const pages = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(root + name, 'utf8')] as const)),
);

function page(name: string): string {
  const text = pages.get(name);
  if (text === undefined) throw new Error(`there is no ${name}`);
  return text;
}

/** What stands under a heading of a page, up to the next one. */
function section(name: string, heading: string): string {
  const found = page(name).split(`\n## ${heading}\n`)[1];
  if (found === undefined) throw new Error(`${name} has no "${heading}"`);
  return found.split(/\n## /)[0] ?? '';
}

/**
 * The fenced blocks of a language, without the indentation of a list. One that is not run here says why behind its
 * language, where only the source shows it: `sh not run: needs docker`.
 */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'gm'))].map(
    ([, indent = '', block = '']) => block.replace(new RegExp(`^${indent}`, 'gm'), ''),
  );

/** Each command with all that it prints. */
const exchanges = (text: string) =>
  blocks(text, 'console')
    .join('')
    .split(/^\$ /m)
    .filter(Boolean)
    .map((exchange) => {
      const end = exchange.indexOf('\n');
      return { command: exchange.slice(0, end), output: exchange.slice(end + 1) };
    });

/** Without what differs from one time to the next, and without where the network is and whose credentials they are. */
const masked = (output: string) =>
  output
    .replaceAll(place.folder, '/home/jo')
    // How far it is, of a run that takes its time.
    .replace(/^\d+\/\d+, .*\n/gm, '')
    .replace(/^(?:network|account) {3}.*\n(?: {10}.*\n)*/gm, '')
    .replace(/[\d,.]+ rows\/s, [^\n]*/g, 'N rows/s')
    .replace(
      /^(time {6}|\d.* updates, )(?:how fast the service[^;\n]*|about [^;]* at the rate that is known)/gm,
      '$1TIME',
    );

/**
 * What takes a command as somebody types it: bash, and an interactive zsh, which has no comments and asks of a pattern
 * that it fits something.
 */
const shells: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash', '-c'],
  zsh: ['zsh', '-f', '-i', '-c'],
};
const hasZsh = spawnSync('zsh', ['--version']).status === 0;
/** What is more exacting comes first: it is the one that is tried in a short run. */
const shellNames = ['zsh', 'bash'].filter((name) => name !== 'zsh' || hasZsh);
const lacking = hasZsh ? '' : ' (in bash alone: there is no zsh)';

/** A shell in which `wickr-bulk` is the built command. */
async function shellFor(emulator: Emulator, name = 'bash') {
  const [program = '', ...flags] = shells[name] ?? [];
  await mkdir(place.path('bin'));
  await writeFile(place.path('bin/wickr-bulk'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(place.path('bin/wickr-bulk'), 0o755);
  await symlink(`${root}fixtures`, place.path('fixtures'));
  const env = environmentOf(emulator, place.folder);
  return (command: string) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const options = {
        cwd: place.folder,
        env: { ...env, PATH: `${place.path('bin')}:${env.PATH}`, XDG_STATE_HOME: place.path('state') },
      };
      execFile(program, [...flags, `{ ${command}\n} 2>&1`], options, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }),
      );
    });
}

describe.runIf(isLong)(`the recipe${lacking}`, () => {
  const recipes = [
    'Mass rename from an HR export',
    'Move a security group',
    'Move to another domain',
    'Departments to security groups',
  ];
  it.each(shellNames.flatMap((name) => recipes.map((heading) => [heading, name] as const)))(
    '%s works as it stands there, in %s',
    async (heading, name) => {
      const emulator = await place.emulate();
      const shell = await shellFor(emulator, name);
      const all = exchanges(section('docs/recipes.md', heading));
      expect(all.length).toBeGreaterThan(1);
      for (const { command, output } of all) {
        const { code, output: said } = await shell(command);
        expect([command, masked(said), code]).toEqual([command, masked(output), 0]);
      }
    },
  );
});

describe(`the commands${lacking}`, () => {
  it.runIf(isLong).each(shellNames)(
    'of the README make a first real run and take it back, in %s',
    async (name) => {
      const emulator = await place.emulate();
      const shell = await shellFor(emulator, name);
      const readme = page('README.md');
      // As many rows as a file has that is worth five rows first.
      const more = [3, 4, 5, 6, 7].map((n) => `1000000${n},Renamed,,\n`);
      await place.write('users.csv', `${blocks(readme, 'csv')[0]}${more.join('')}`);
      const said: string[] = [];
      for (const command of blocks(readme, 'sh')) {
        const { code, output } = await shell(command.trim());
        expect([command, code, output]).toEqual([command, 0, output]);
        said.push(output);
      }
      const shown = said.join('').match(/.*all valid|\d+ of \d+ users|^\d+ rows: .*|^ended$/gm);
      expect(shown).toEqual([
        ...['7 rows for network 12345678, all valid', '7 of 7 users'],
        ...['5 of 5 users', '5 rows: 5 updated'],
        ...['2 of 7 users', '7 rows: 2 updated, 5 unchanged'],
        ...['2 of 2 users', '2 rows: 2 updated'],
        ...['ended', '2 rows: 2 updated'],
      ]);
      expect(emulator.counts.UpdateUser).toBe(9);
    },
  );

  it.each(
    firstOf(
      1,
      shellNames.flatMap((shell) => ['docs/setup.md', 'docs/input.md'].map((name) => [name, shell] as const)),
    ),
  )('of %s work and say what it shows, in %s', async (name, shellName) => {
    const shell = await shellFor(await place.emulate(), shellName);
    const text = page(name);
    for (const command of blocks(text, 'sh')) {
      const { code, output } = await shell(command.trim().replaceAll('~/', `${place.folder}/`));
      expect([command, code, output]).toEqual([command, 0, output]);
    }
    for (const { command, output } of exchanges(text)) {
      const { code, output: said } = await shell(command);
      expect([command, masked(said), code]).toEqual([command, masked(output), 0]);
    }
  });

  it('are all run by a test, or say why not', () => {
    const isRun = ['README.md', 'docs/setup.md', 'docs/input.md', 'docs/recipes.md'];
    const others = [...pages].filter(([name]) => !isRun.includes(name));
    const notRun = others.filter(
      ([, text]) => blocks(text, 'sh').length + blocks(text, 'console').length > 0,
    );
    expect(notRun.map(([name]) => name)).toEqual([]);
    // Of the recipes, two scripts: `alarms.test.ts` runs the first one, with the crontabs and units, `nightly.test.ts` the other.
    const scripts = blocks(page('docs/recipes.md'), 'sh').map((block) => block.split('\n')[1]?.split(':')[0]);
    expect(scripts).toEqual(['# wickr-night', '# wickr-nightly']);
    const languages = [...pages.values()].flatMap(
      (text) => text.match(/(?<=^ *```)(?:bash|zsh|shell|console|sh)\b.*/gm) ?? [],
    );
    expect(languages.filter((each) => !/^(?:sh|console|sh not run: \S.*)$/.test(each))).toEqual([]);
  });

  it('have no comment behind them, which an interactive zsh takes for words', () => {
    const lines = [...pages.values()]
      .flatMap((text) => [...blocks(text, 'sh(?: not run.*)?'), ...blocks(text, 'console')])
      .flatMap((block) => block.split('\n'));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter((line) => /\S +#/.test(line))).toEqual([]);
  });
});

describe('the README', () => {
  it('can be read in one go', () => {
    expect(page('README.md').split('\n').length).toBeLessThanOrEqual(200);
  });

  it('has every command, every exit code and every page', () => {
    const listed = (heading: string, what: RegExp) =>
      [...section('README.md', heading).matchAll(what)].map(([, found = '']) => found);
    const commands = [...page('docs/reference.md').matchAll(/^### wickr-bulk (\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(commands.length).toBeGreaterThan(15);
    expect(listed('The commands', /^\| `(\w+)/gm).sort()).toEqual(commands.sort());
    const codes = listed('Exit codes', /^\| ([\d, ]+) \|/gm).flatMap((each) => each.split(', '));
    expect(codes.map(Number)).toEqual(exitCodeMeanings.map(([code]) => code));
    const linked = listed('Where to read more', /\]\(([\w/]+\.md)\)/g);
    expect(names.filter((name) => name !== 'README.md' && !linked.includes(name))).toEqual([]);
  });
});

it('the reference is the one of the present options: `npm run docs` makes it', async () => {
  const { stdout, code } = await run(['man', '--markdown']);
  expect(code).toBe(0);
  expect(page('docs/reference.md')).toBe(stdout);
});

it.each(names)('the links of %s lead to files and headings that are there', async (name) => {
  const links = [...withoutCode(page(name)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link));
  if (name === 'README.md') expect(links.length).toBeGreaterThan(20);
  const broken: string[] = [];
  for (const link of links) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? name : posix.join(posix.dirname(name), path);
    const isThere = await access(root + target).then(
      () => true,
      () => false,
    );
    if (!isThere || (anchor !== undefined && !anchorsOf(page(target)).includes(anchor))) broken.push(link);
  }
  expect(broken).toEqual([]);
});

const withoutCode = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '');

/** As GitHub makes them of headings. */
const anchorsOf = (text: string) =>
  [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

it('each promise names tests that are there', async () => {
  const named = [...pages.values()].flatMap(
    (text) => text.match(/(?<=`)test\/[\w./-]+\.test\.ts(?=`)/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(30);
  await Promise.all(named.map((path) => access(root + path)));
});

it('each line of what happens when names a test', () => {
  const lines =
    section('docs/guarantees.md', 'What happens when…')
      .match(/^\|.*\|$/gm)
      ?.slice(2) ?? [];
  expect(lines.length).toBeGreaterThan(60);
  const tests = (line: string) =>
    line
      .split(' | ')
      .at(-1)
      ?.match(/`test\/[\w./*-]+\.test\.ts`/g) ?? [];
  expect(lines.filter((line) => tests(line).length === 0)).toEqual([]);
});

describe('the library', () => {
  it('runs the example as it stands there', async () => {
    const emulator = await place.emulate();
    const [example = ''] = blocks(section('docs/library.md', 'As a library'), 'ts');
    // The library asks the environment for nothing but credentials.
    const here = example.replace(
      "region: 'us-east-1',",
      `region: '${emulator.region}', endpointUrl: '${emulator.url}',`,
    );
    expect(here).not.toBe(example);
    await mkdir(place.path('node_modules'));
    await symlink(root, place.path('node_modules/wickr-bulk'));
    await writeFile(place.path('example.mjs'), here);
    const options = { cwd: place.folder, env: environmentOf(emulator, place.folder) };
    const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], options);
    expect(stdout.split('\n').sort()).toEqual([
      '',
      '10000001: firstName, lastName',
      '10000002: securityGroupIds',
      '2 undefined',
    ]);
    expect(await outcomes(place.path('runs/new-names/report.csv'))).toHaveLength(2);
  });

  it('has every call that the page names', async () => {
    const named = [...section('docs/library.md', 'As a library').matchAll(/`(\w+)`/g)].map(
      ([, name = '']) => name,
    );
    const calls = named.filter((name) =>
      /^(update|reconcile|apply|undo|resume|retry|plan|export|validate|read|list|serve|write|prune|stop|pause|continue|tune)[A-Z]/.test(
        name,
      ),
    );
    expect(calls.length).toBeGreaterThan(10);
    const library = await import('../../src/index.js');
    const known = [...Object.keys(library), 'planFile'];
    expect(calls.filter((name) => !known.includes(name))).toEqual([]);
    expect(
      Object.keys(library).filter(
        (name) => /^[a-z]/.test(name) && name !== 'version' && !calls.includes(name),
      ),
    ).toEqual([]);
  });
});
