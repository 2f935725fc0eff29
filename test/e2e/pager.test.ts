/** A plan that is longer than the terminal is shown page by page, in a real one. */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { main } from './command.js';
import { hasTmux, Terminal } from './tmux.js';

const place = useWorkplace();
const hasLess = spawnSync('less', ['--version']).status === 0;
const ROWS = 40;

async function desk() {
  const emulator = await place.emulate({ users: ROWS });
  await place.write('users.csv', renames(ROWS));
  const terminal = await Terminal.open({
    folder: place.folder,
    env: { ...environmentOf(emulator, place.folder), PATH: process.env.PATH ?? '' },
    columns: 80,
    rows: 24,
  });
  const plan = `'${process.execPath}' '${main}' plan users.csv --network-id 12345678`;
  return { terminal, plan };
}

const last = new RegExp(`^~ ${10_000_000 + ROWS} `, 'm');
const sum = `${ROWS} of ${ROWS} users of network 12345678 would change`;

describe.runIf(hasTmux && hasLess)('a plan in a terminal', () => {
  it('that is longer than it is shown by less, and its numbers stay on the screen', async () => {
    const { terminal, plan } = await desk();
    await terminal.begin(plan);
    expect(await terminal.until(/^:$/m)).not.toMatch(last);
    await terminal.press('G');
    await terminal.until(last);
    await terminal.press('q');
    const { code, screen } = await terminal.end();
    expect([code, screen]).toEqual([0, expect.stringContaining(sum)]);
    expect(screen).not.toContain('~ 10000001');
  });

  it('is left by Ctrl-C as well, and the numbers are there', async () => {
    const { terminal, plan } = await desk();
    await terminal.begin(plan);
    await terminal.until(/^:$/m);
    await terminal.interrupt();
    const { code, screen } = await terminal.end();
    expect([code, screen]).toEqual([0, expect.stringContaining(sum)]);
  });

  it.runIf(isLong).each([
    ['PAGER is empty', { PAGER: '' }],
    ['PAGER is cat', { PAGER: 'cat' }],
    ['the terminal cannot move its cursor', { TERM: 'dumb' }],
  ])('stands there as a whole if %s', async (_why, env) => {
    const { terminal, plan } = await desk();
    const set = Object.entries(env).map(([name, value]) => `${name}='${value}' `);
    const { code, screen } = await terminal.run(`${set.join('')}${plan}`);
    expect([code, screen]).toEqual([0, expect.stringMatching(last)]);
    expect(screen).toContain(sum);
  });

  it.runIf(isLong)('stands there as a whole if there is no less, or if it fits', async () => {
    const { terminal, plan } = await desk();
    await mkdir(place.path('bin'));
    const { screen } = await terminal.run(`PATH='${place.path('bin')}' ${plan}`);
    expect(screen).toMatch(last);
    const short = await terminal.run(`${plan} --limit 2`);
    expect([short.code, short.screen]).toEqual([0, expect.stringContaining('~ 10000002 ')]);
  });
});
