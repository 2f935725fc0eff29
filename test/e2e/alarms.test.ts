/** The recipes for a nightly job: a good night says nothing, a bad one reaches somebody by mail, by URL or by systemd. */

import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, useWorkplace } from '../workplace.js';
import { main } from './command.js';

const place = useWorkplace();
const recipes = await readFile(fileURLToPath(new URL('../../docs/recipes.md', import.meta.url)), 'utf8');
const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** The blocks of a language below a heading, with the places of this test for those of the recipe. */
function blocks(heading: string, language: string): string[] {
  const [, part = ''] = recipes.split(`\n### ${heading}\n`);
  const [before = ''] = part.split(/\n##/);
  return [...before.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) =>
      block
        .replaceAll('/usr/local/bin', place.path('bin'))
        .replaceAll('/var/lib/wickr', place.path('wickr'))
        .replaceAll('/srv/hr', place.path('hr')),
  );
}

/** A machine with the command, a file from HR that renames one user, and a file that would rename more than a cap allows. */
async function machine() {
  const users = Array.from({ length: 60 }, (_, i) => ({
    userId: String(10_000_001 + i),
    username: `user${i + 1}@example.com`,
    firstName: `First${i + 1}`,
    lastName: 'Last',
  }));
  const emulator = await place.emulate({ users });
  for (const folder of ['bin', 'hr', 'wickr']) await mkdir(place.path(folder));
  const program = async (name: string, text: string) => {
    await writeFile(place.path(`bin/${name}`), `#!/bin/sh\n${text.replace(/^#!.*\n/, '')}`);
    await chmod(place.path(`bin/${name}`), 0o755);
  };
  await program('wickr-bulk', `exec "${process.execPath}" "${main}" "$@"\n`);
  const hr = (names: (n: number) => string) => {
    const rows = users.map(({ username }, i) => `${username},${names(i + 1)}\n`);
    return place.write('hr/users.csv', `Work Email,First Name\n${rows.join('')}`);
  };
  const good = () => hr((n) => (n === 1 ? 'Renamed' : `First${n}`));
  const bad = () => hr((n) => `Other${n}`);
  const env = { ...environmentOf(emulator, place.folder), XDG_STATE_HOME: place.path('state') };
  return { emulator, program, good, bad, env };
}

type Env = Record<string, string>;

const sh = (line: string, env: Env) =>
  new Promise<{ code: number; output: string }>((resolve) =>
    execFile('/bin/sh', ['-c', `{ ${line}\n} 2>&1`], { env, cwd: place.folder }, (error, output) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output }),
    ),
  );

/** A line of a crontab, as cron runs it: in sh, with the crontab's own variables, in nobody's folder. */
function cron(crontab: string, env: Env) {
  const variables = [...crontab.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const line = /^15 3 \* \* \* (.*)$/m.exec(crontab)?.[1] ?? '';
  expect(line).not.toMatch(/(?<!\\)%/);
  return sh(line, { ...env, ...Object.fromEntries(variables) });
}

it('cron has nothing to mail after a good night, and the screen of the end after a bad one', async () => {
  const { emulator, good, bad, env } = await machine();
  const [crontab = ''] = blocks("With cron's mail", 'crontab');
  expect(crontab).toMatch(/^MAILTO=\S+@\S+$/m);
  await good();
  expect(await cron(crontab, env)).toEqual({ code: 0, output: '' });
  expect(emulator.counts.UpdateUser).toBe(1);
  await bad();
  const { code, output } = await cron(crontab, env);
  expect(code).toBe(4);
  expect(output).toMatch(/60 .*max.?changes/i);
  const wrong = await cron(crontab.replace('12345678', '00000000'), env);
  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain('00000000');
  expect(emulator.counts.UpdateUser).toBe(1);
});

const noCurl = has('curl') ? '' : ' (skipped: there is no curl here)';
it.skipIf(noCurl !== '' || !isLong)(
  `the healthcheck URL is called after each night, with /fail after a bad one${noCurl}`,
  async () => {
    const { program, good, bad, env } = await machine();
    const [script = ''] = blocks('With a healthcheck URL', 'sh');
    const [crontab = ''] = blocks('With a healthcheck URL', 'crontab');
    const called: string[] = [];
    const server = createServer((request, response) => {
      called.push(`${request.method} ${request.url}`);
      response.end('OK');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await program('wickr-night', script.replace('https://hc-ping.com', url));
    try {
      await good();
      expect(await cron(crontab, env)).toEqual({ code: 0, output: '' });
      expect(called).toEqual(['GET /YOUR-CHECK']);
      await bad();
      const { code, output } = await cron(crontab, env);
      expect([code, output]).toEqual([4, expect.stringMatching(/max.?changes/i)]);
      expect(called).toEqual(['GET /YOUR-CHECK', 'GET /YOUR-CHECK/fail']);
    } finally {
      server.close();
    }
  },
);

/** The units of the recipe by their names, which the text before each says. */
const units = () => {
  const [job = '', timer = '', tell = ''] = blocks('With systemd', 'ini');
  return { 'wickr-reconcile.service': job, 'wickr-reconcile.timer': timer, 'wickr-tell@.service': tell };
};

const settingOf = (unit: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

it.runIf(isLong)(
  'the units: the job works, and the one that systemd starts when it fails mails its state',
  async () => {
    const { emulator, program, good, bad, env } = await machine();
    const { 'wickr-reconcile.service': job, 'wickr-tell@.service': tell } = units();
    const variables = settingOf(job, 'Environment')
      .split(' ')
      .map((each) => each.split('='));
    const night = () =>
      sh(`cd ${settingOf(job, 'WorkingDirectory')} && ${settingOf(job, 'ExecStart')}`, {
        ...env,
        ...Object.fromEntries(variables),
      });
    await good();
    const first = await night();
    expect([first.code, first.output]).toEqual([
      0,
      expect.stringContaining('60 rows: 1 updated, 59 unchanged'),
    ]);
    expect(await readdir(place.path('wickr/state/wickr-bulk'))).toContain('locks');
    await bad();
    expect((await night()).code).toBe(4);
    expect(emulator.counts.UpdateUser).toBe(1);

    // As systemd names them: the whole name of the unit that failed is what is between @ and the last dot.
    const told = settingOf(job, 'OnFailure').replace('%n', 'wickr-reconcile.service');
    const instance = /^wickr-tell@(.*)\.service$/.exec(told)?.[1] ?? '';
    await program('systemctl', 'echo "state of $4, by $*"; exit 3\n');
    await program('mail', `{ echo "to $3: $2"; cat; } > "${place.path('mail')}"\n`);
    const command = settingOf(tell, 'ExecStart').replaceAll('%i', instance).replaceAll('%H', 'hr-server');
    const path = `${place.path('bin')}:${process.env.PATH}`;
    expect(await sh(command, { PATH: path })).toEqual({ code: 0, output: '' });
    expect(await place.read('mail')).toBe(
      'to wickr-admins@example.com: wickr-reconcile.service has failed on hr-server\n' +
        'state of wickr-reconcile.service, by status --full --lines=100 wickr-reconcile.service\n',
    );
  },
);

const noSystemd = has('systemd-analyze') ? '' : ' (skipped: there is no systemd here)';
it.skipIf(noSystemd !== '')(`systemd finds nothing wrong with the units${noSystemd}`, async () => {
  await machine();
  await mkdir(place.path('system'));
  const files = Object.entries(units());
  for (const [name, text] of files) await place.write(`system/${name}`, text);
  const paths = files.map(([name]) => place.path(`system/${name}`));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  // Of the machine's own units it may say something as well.
  expect([status, stderr.split('\n').filter((line) => line.includes('wickr'))]).toEqual([0, []]);
});
