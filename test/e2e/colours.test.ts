/** Colours: on a terminal, and as NO_COLOR and FORCE_COLOR say. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { firstOf } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { main } from './command.js';

const place = useWorkplace();
const hasScript = spawnSync('script', ['--version']).status === 0;

/** All that a shell's commands print, on a terminal of their own or into a pipe. */
async function printed(emulator: Emulator, line: string, isTerminal: boolean, env: Record<string, string>) {
  const program = `"${process.execPath}" "${main}"`;
  const commands = line.replaceAll('wickr-bulk', program);
  const [file, ...args] = isTerminal
    ? ['script', '-qec', `{ ${commands}; }`, '/dev/null']
    : ['sh', '-c', `{ ${commands}; } 2>&1`];
  const { stdout } = await promisify(execFile)(file ?? '', args, {
    cwd: place.folder,
    env: { ...environmentOf(emulator, place.folder), TERM: 'xterm', ...env },
  });
  return stdout.replaceAll('\r\n', '\n');
}

const red = '\x1b[31m';
const green = '\x1b[32m';
/** What a terminal is told that is no colour: to clear a line. */
const withoutClearing = (text: string) => text.replaceAll('\x1b[K', '');

it.runIf(hasScript).each(
  firstOf(1, [
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, {}, false],
    [true, { FORCE_COLOR: '0' }, false],
  ] as const),
)('on a terminal (%s), with %j there are some: %s', async (isTerminal, env, areThere) => {
  const emulator = await place.emulate({ users: 2 });
  await place.write('users.csv', `${renames(2)}99,No,Body\n`);
  const network = '--network-id 12345678';
  const text = await printed(
    emulator,
    `${[
      `wickr-bulk plan users.csv ${network} --skip-invalid`,
      `wickr-bulk update users.csv ${network} --skip-invalid --out run`,
      'wickr-bulk status run',
      'wickr-bulk update nowhere.csv',
    ].join('; ')}; true`,
    isTerminal,
    env,
  );
  expect(text).toContain('2 updated');
  if (!areThere) {
    expect(withoutClearing(text)).not.toContain('\x1b');
    return;
  }
  // Of the plan, the header, the progress's end or the summary, the status and the error.
  expect(text).toContain(`→ ${green}"First 1"`);
  expect(text).toContain('\x1b[2mupdate    \x1b[22musers.csv: 3 rows\n');
  expect(text.split(`${green}2 updated`)).toHaveLength(3);
  expect(text).toContain(`${red}1 invalid`);
  expect(text).toContain(`${red}wickr-bulk:`);
});
