/** On a terminal of its own, which `script` makes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { main } from './command.js';

const place = useWorkplace();
const hasScript = spawnSync('script', ['--version']).status === 0;

/** Runs an update of 600 rows on a terminal; `early` is typed before it asks, `answers` when it does. */
async function onTerminal(answers: readonly string[], flags = '', early = '') {
  const emulator = await place.emulate({ users: 600 });
  await place.write('users.csv', renames(600));
  const command = `"${process.execPath}" "${main}" update users.csv --network-id 12345678 --rate 5000 --out run ${flags}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: place.folder,
    env: { ...environmentOf(emulator, place.folder), TERM: 'xterm', NO_COLOR: '1' },
    stdio: 'pipe',
  });
  child.stdin.write(early);
  let screen = '';
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk;
    const asked = screen.split('[y/N/d] ').length - 1;
    if (asked === answered) return;
    answered = asked;
    expect(emulator.counts).toMatchObject({ UpdateUser: 10, GetUser: 10 });
    child.stdin.write(answers[asked - 1] ?? '');
  });
  const [code] = await once(child, 'close');
  return { code, screen, asked: answered, updates: emulator.counts.UpdateUser };
}

describe.runIf(hasScript)('a run of more than 500 rows on a terminal', () => {
  it.each(
    firstOf(1, [
      // A yes is the end of the one below that asks twice.
      ['n\r', 4, 10],
      ['y\r', 0, 600],
      ['\r', 4, 10],
      ['\u0004', 4, 10],
      ['\u0003', 130, 10],
    ]),
  )('asks once ten rows have gone through; %j ends with %i', async (answer, code, updates) => {
    const ended = await onTerminal([answer]);
    expect(ended.screen).toContain(
      '10 users of network 12345678 "Emulated network" were changed, each as asked:',
    );
    expect(ended.screen).toMatch(/\n {2}\d{8} {2}\S+@example\.com\r\n/);
    expect(ended.screen).toContain('They can be undone.');
    expect(ended.screen).toContain('Go on with the other 590 of users.csv in network 12345678? [y/N/d]');
    expect([ended.code, ended.updates]).toEqual([code, updates]);
  });

  it.each(firstOf(1, ['y\r', 'y']))(
    'takes %j for no answer if it was typed before the question was there',
    async (early) => {
      const ended = await onTerminal(['\r'], '', early);
      expect([ended.code, ended.asked, ended.updates]).toEqual([4, 1, 10]);
    },
  );

  it.each(
    firstOf(1, [
      ['', /firstName: "\S+" → "First \d+"/],
      ['--no-keep-before', /firstName: \(not known\) → "First \d+"/],
    ] as const),
  )('shows what was changed if the answer is d, and asks again (%s)', async (flags, difference) => {
    const ended = await onTerminal(['d\r', 'y\r'], flags);
    const shown = ended.screen.split('[y/N/d] ')[1] ?? '';
    expect(shown.match(/~ \d{8}.* \(line \d+\)\r$/gm)).toHaveLength(10);
    expect(shown).toMatch(difference);
    expect([ended.code, ended.asked, ended.updates]).toEqual([0, 2, 600]);
  });

  it.runIf(isLong)('does not ask with --yes, but looks all the same', async () => {
    const emulator = await onTerminal([], '--yes');
    expect([emulator.code, emulator.asked, emulator.updates]).toEqual([0, 0, 600]);
    expect(emulator.screen).toContain('600 rows\r\n  600 updated');
  });
});
