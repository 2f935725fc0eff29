/** Somebody at a terminal goes from the first run to an undo, and does what the screen says as it says it. */
import { chmod, mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { isLong } from '../length.js';
import { environmentOf, renames, useWorkplace } from '../workplace.js';
import { main } from './command.js';
import { type Done, hasTmux, Terminal } from './tmux.js';

const place = useWorkplace();
const ROWS = 520;
/** The service refuses the last user's change until somebody has seen to it. */
const REFUSED = String(10_000_000 + ROWS);
const refusing = { kind: 'refused', userId: REFUSED } as const;

async function sitDown(columns: number): Promise<{ emulator: Emulator; terminal: Terminal }> {
  const emulator = await place.emulate({ users: ROWS, latency: 5 });
  emulator.setFaults([refusing]);
  // As the package's installation puts it on the path.
  const command = await place.write('wickr-bulk', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(command, 0o755);
  await mkdir(place.path('my files'));
  await place.write('my files/users.csv', renames(ROWS));
  const env = environmentOf(emulator, place.folder);
  const terminal = await Terminal.open({
    ...{ folder: place.path('my files'), columns, rows: 24 },
    env: { ...env, PATH: `${place.folder}:${env.PATH}` },
  });
  return { emulator, terminal };
}

/** The commands that a screen names, as they are printed. */
const commandsIn = (screen: string): string[] =>
  [...screen.matchAll(/^(?!.*"wickr-bulk ).*?(wickr-bulk (?:resume|retry|undo|update) .+)$/gm)].map(
    ([, command = '']) => command,
  );

/** The one command that it names. */
function nextCommand({ screen }: Done, verb: string): string {
  const [command = '', ...others] = commandsIn(screen);
  expect(others).toEqual([]);
  expect(command).toMatch(new RegExp(`^wickr-bulk ${verb} '`));
  return command;
}

/** Names by ID. */
const namesIn = (emulator: Emulator) =>
  new Map([...emulator.users].map(([id, { firstName, lastName }]) => [id, `${firstName} ${lastName}`]));

const renamed = (emulator: Emulator): number =>
  [...emulator.users.values()].filter(({ firstName }) => firstName?.startsWith('First ')).length;

/** No bar and nothing of one is left. */
const expectClean = ({ screen }: Done) => expect(screen).not.toMatch(/\[[#.]{5,}\]|\d+ left/);

it.runIf(hasTmux && isLong).each([80, 100, 40])(
  'a no, a yes, Ctrl-C, a resume, a retry and an undo, each as printed, at %i columns',
  async (columns) => {
    const { emulator, terminal } = await sitDown(columns);
    const before = namesIn(emulator);

    await terminal.begin('wickr-bulk update users.csv --network-id 12345678');
    const asked = await terminal.until(/\[y\/N\/d\]/);
    expect(asked).toMatch(/Go on with the other 510 of users\.csv in network 12345678\? \[y\/N\/d\]$/);
    expect(asked).toContain('10 users of network 12345678 "Emulated network" were changed, each as asked:\n');
    expect(asked.match(/^ {2}10000\d{3} {2}\S+@example\.com$/gm)).toHaveLength(10);
    await terminal.answer('n');
    const declined = await terminal.end();
    expect([declined.code, renamed(emulator)]).toEqual([4, 10]);
    expect(declined.screen).toContain('\nstopped: the run was stopped after its first 10 rows');

    const resume = nextCommand(declined, 'resume');
    emulator.setFaults([refusing, { kind: 'slow', ms: 300 }]);
    await terminal.begin(resume);
    expect(await terminal.until(/\[y\/N\/d\]/)).toMatch(/Go on with the other \d+ .*\[y\/N\/d\]$/);
    await terminal.answer('y');
    await terminal.until(/\d+\/520.* left$/);
    await terminal.resize(columns - 8);
    const sent = emulator.counts.UpdateUser;
    await emulator.arrival(sent + 50);
    // One line, however narrow the terminal is by now.
    const bar = (await terminal.screen()).split('\n').at(-1) ?? '';
    expect(bar).toMatch(/\d+\/520/);
    expect(bar.length).toBeLessThan(columns - 8);
    await terminal.interrupt();
    const interrupted = await terminal.end();
    expectClean(interrupted);
    expect(interrupted.code).toBe(130);
    expect(interrupted.screen).toContain('stopped by SIGINT');
    expect(renamed(emulator)).toBeLessThan(ROWS - 1);
    expect(nextCommand(interrupted, 'resume')).toBe(resume);

    emulator.setFaults([refusing]);
    await terminal.resize(columns);
    const resumed = await terminal.run('wickr-bulk resume --last');
    expectClean(resumed);
    expect([resumed.code, renamed(emulator)]).toEqual([3, ROWS - 1]);
    expect(resumed.screen).toContain('520 rows\n  519 updated\n    1 failed\n');

    const retry = nextCommand(resumed, 'retry');
    emulator.setFaults([]);
    const retried = await terminal.run(retry);
    expect([retried.code, renamed(emulator)]).toEqual([0, ROWS]);

    const undone = await terminal.run(nextCommand(retried, 'undo'));
    expect([undone.code, renamed(emulator)]).toEqual([0, ROWS - 1]);
    expect(emulator.users.get(REFUSED)?.firstName).toBe(before.get(REFUSED)?.split(' ')[0]);

    const redone = await terminal.run(nextCommand(undone, 'undo'));
    expect([redone.code, renamed(emulator)]).toEqual([0, ROWS]);
    expect((await terminal.run(nextCommand(redone, 'undo'))).code).toBe(0);

    await terminal.begin(resume.replace('resume', 'undo'));
    await terminal.until(/\[y\/N\/d\]/);
    await terminal.answer('yes');
    const back = await terminal.end();
    expectClean(back);
    expect(back.code).toBe(0);
    expect(namesIn(emulator)).toEqual(before);
  },
);
