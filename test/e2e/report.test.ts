/** `report` and `watch` as a user gives them. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLong } from '../length.js';
import { sampleRun } from '../page/sample-run.js';
import { environmentOf, notRenamed, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();

describe('report', () => {
  it('makes the page of the last run, in its folder', async () => {
    const folder = await sampleRun(place.path('wickr-bulk-runs/2026-01-31T120000Z-users'), { rows: 100 });
    const { code, stdout, stderr } = await run(['report', '--last', '--json'], { cwd: place.folder });
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 0,
      path: join(folder, 'report.html'),
      leftOut: 0,
    });
    expect(stderr).toContain('the last run: ');
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain(
      '<h1 data-tone="bad">No: 2 of 100 rows',
    );
  });

  it('makes the page of a plan, with values only if they are asked for', async () => {
    const emulator = await place.emulate({ users: 3 });
    const env = environmentOf(emulator, place.folder);
    await place.write('users.csv', renames(3));
    const circumstances = { env, cwd: place.folder };
    const planned = ['plan', 'users.csv', '--out', 'plan.jsonl', '--network-id', emulator.networkId];
    expect((await run(planned, circumstances)).code).toBe(0);
    expect(await run(['report', 'plan.jsonl'], circumstances)).toMatchObject({
      code: 0,
      stdout: `page: ${place.path('plan.html')}\n`,
    });
    expect(await place.read('plan.html')).toContain('3 users would change.');
    expect(await place.read('plan.html')).not.toContain('Last, ');
    await run(['report', 'plan.jsonl', '--values', '--out', 'full.html'], circumstances);
    expect(await place.read('full.html')).toContain('Last, 3');
    if (process.platform !== 'win32') expect((await stat(place.path('full.html'))).mode & 0o777).toBe(0o600);
  });

  it('says what it cannot do, and what to do instead', async () => {
    await sampleRun(place.path('run'), { rows: 10 });
    const cwd = place.folder;
    expect(await run(['report', 'run', '--values'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Leave --values out.'),
    });
    if (!isLong) return;
    expect(await run(['report'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('report --last'),
    });
    await place.write('mine.html', 'mine');
    expect(await run(['report', 'run', '--out', 'mine.html'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Name another file with --out.'),
    });
    expect(await place.read('mine.html')).toBe('mine');
  });
});

it.runIf(isLong)('watch serves until Ctrl-C, and says if a port is taken', async () => {
  await sampleRun(place.path('run'), { rows: 10 });
  const { child, ended } = start(['watch', place.path('run')]);
  const url = await new Promise<URL>((resolve) => {
    child.stdout?.on('data', (part) => {
      resolve(new URL(/live page: (\S+)/.exec(String(part))?.[1] ?? ''));
    });
  });
  expect(await (await fetch(url)).text()).toContain('Yes: all 10 rows went through.');
  expect(await run(['watch', place.path('run'), '--serve-port', url.port])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Choose another one with --serve-port'),
  });
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
});

it.runIf(isLong)('update --serve goes on without its page if the port is taken', async () => {
  await sampleRun(place.path('seen'), { rows: 10 });
  const watch = start(['watch', place.path('seen')]);
  const url = await new Promise<URL>((resolve) => {
    watch.child.stdout?.on('data', (part) =>
      resolve(new URL(/live page: (\S+)/.exec(String(part))?.[1] ?? '')),
    );
  });
  const emulator = await place.emulate({ users: 30 });
  const input = await place.write('users.csv', renames(30));
  const args = ['update', input, '--network-id', emulator.networkId, '--out', place.path('run'), '--yes'];
  const { code, stderr } = await run([...args, '--serve', '--serve-port', url.port], {
    env: environmentOf(emulator, place.folder),
  });
  expect(stderr).toContain(`there is no live page: port ${url.port} cannot be had for the page (EADDRINUSE)`);
  expect(code).toBe(0);
  expect(notRenamed(emulator, 30)).toEqual([]);
  watch.child.kill('SIGINT');
  await watch.ended;
});
