/** The README's promises name tests that are there; the commands of its recipes are run, and have to say what it shows. */

import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { firstOf } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { main } from './command.js';

const place = useWorkplace();
const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = await readFile(`${root}README.md`, 'utf8');

/** What stands under a heading, up to the next one. */
function section(heading: string): string {
  const [, found] = readme.split(new RegExp(`^###? ${heading}\\n`, 'm'));
  if (found === undefined) throw new Error(`the README has no "${heading}"`);
  return found.split(/\n###? /)[0] ?? '';
}

/** The fenced blocks of a language. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
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
    .replace(/^credentials: .*\n/gm, '')
    // How far it is, of a run that takes its time.
    .replace(/^\d+\/\d+, .*\n/gm, '')
    .replace(/^wickr-bulk: network .*\n(?: {2}.* from .*\n)*/gm, '')
    .replace(/[\d,.]+ rows\/s, [^\n]*/g, 'N rows/s')
    .replace(/how fast the service[^;]*|about [^;]* at the rate that is known/g, 'TIME');

/** A shell in which `wickr-bulk` is the built command. */
async function shellFor(emulator: Emulator) {
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
      execFile('/bin/sh', ['-c', `{ ${command}; } 2>&1`], options, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }),
      );
    });
}

describe('the recipe', () => {
  it.each(
    firstOf(1, [
      'Mass rename from an HR export',
      'Move a security group',
      'Move to another domain',
      'Departments to security groups',
    ]),
  )('%s works as it stands there', async (heading) => {
    const emulator = await place.emulate();
    const shell = await shellFor(emulator);
    const all = exchanges(section(heading));
    expect(all.length).toBeGreaterThan(1);
    for (const { command, output } of all) {
      const { code, output: said } = await shell(command);
      expect([command, masked(said), code]).toEqual([command, masked(output), 0]);
    }
  });

  it('Nightly reconciliation has a crontab line and a service that work', async () => {
    const emulator = await place.emulate();
    const shell = await shellFor(emulator);
    await mkdir(place.path('srv/hr'), { recursive: true });
    await mkdir(place.path('var'));
    await writeFile(
      place.path('srv/hr/users.csv'),
      (await readFile(`${root}fixtures/hr/workday.csv`, 'utf8')).split('\n').slice(0, 2).join('\n'),
    );
    const text = section('Nightly reconciliation');
    const [crontab = ''] = blocks(text, 'crontab');
    const here = (command: string) =>
      command
        .replaceAll('/var/lib/wickr', place.path('var'))
        .replaceAll('/srv/hr', place.path('srv/hr'))
        .replaceAll('/usr/local/bin/', '');
    const line = crontab.split('\n').find((each) => each.startsWith('15 3 * * * ')) ?? '';
    expect((await shell(here(line.replace('15 3 * * * ', '')))).code).toBe(0);
    const log = JSON.parse(await place.read('var/summaries.jsonl')) as { statuses: object; report: string };
    expect(log.statuses).toMatchObject({ updated: 1 });
    expect(await outcomes(log.report)).toHaveLength(1);
    const service = blocks(text, 'ini')[0] ?? '';
    const start = /^ExecStart=(.*)$/m.exec(service)?.[1] ?? '';
    const { code, output } = await shell(`cd "${place.path('var')}" && ${here(start)}`);
    expect([code, output]).toEqual([0, expect.stringContaining('1 row: 1 unchanged')]);
    expect(emulator.counts.UpdateUser).toBe(1);
  });
});

it('no command has a comment behind it, which an interactive zsh takes for words', () => {
  const lines = [...blocks(readme, 'sh'), ...blocks(readme, 'console')].flatMap((block) => block.split('\n'));
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => /\S +#/.test(line))).toEqual([]);
});

it('each promise names tests that are there', async () => {
  const named = readme.match(/(?<=`)test\/[\w./-]+\.test\.ts(?=`)/g) ?? [];
  expect(named.length).toBeGreaterThan(30);
  await Promise.all(named.map((path) => access(root + path)));
});

it('each line of what happens when names a test', () => {
  const lines =
    section('What happens when…')
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
    const [example = ''] = blocks(section('As a library'), 'ts');
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

  it('has every call that the README names', async () => {
    const named = [...section('As a library').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const calls = named.filter((name) =>
      /^(update|reconcile|apply|undo|resume|retry|plan|export|validate|read|list|write)[A-Z]/.test(name),
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
