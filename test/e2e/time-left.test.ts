/** The time left as a terminal shows it, in a real run with a question, a pause and a resume. */
import { chmod } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, renames, until, useWorkplace } from '../workplace.js';
import { main, run } from './command.js';
import { hasTmux, Terminal } from './tmux.js';

const place = useWorkplace();
const ROWS = 1000;
const RATE = 16;
/** ms */
const THINKING = 30_000;

interface Look {
  readonly at: number;
  readonly done: number;
  /** ms */
  readonly left: number;
}

/** Looks at the bar once a second until it shows so many rows, and gives what it has said of the time left. */
async function looks(terminal: Terminal, upTo: number): Promise<Look[]> {
  const seen: Look[] = [];
  for (;;) {
    const bar = (await terminal.screen()).split('\n').at(-1) ?? '';
    const at = performance.now();
    if (/^\[\d+\]\$/.test(bar)) return seen;
    const [, rows] = /([\d,]+)\/1,000/.exec(bar) ?? [];
    const done = Number(rows?.replace(',', '') ?? 0);
    const [, minutes = '0', seconds] = /(?:(\d+) min )?(\d+) s left/.exec(bar) ?? [];
    if (seconds !== undefined) seen.push({ at, done, left: 1000 * (60 * Number(minutes) + Number(seconds)) });
    if (done >= upTo) return seen;
    await sleep(1000);
  }
}

it.runIf(hasTmux && isLong)(
  'it is right within a fifth from a tenth of the rows on, whatever somebody takes to think',
  async () => {
    const emulator = await place.emulate({ users: ROWS, latency: 5 });
    const command = await place.write('wickr-bulk', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    await chmod(command, 0o755);
    await place.write('users.csv', renames(ROWS));
    const env = environmentOf(emulator, place.folder);
    const terminal = await Terminal.open({
      ...{ folder: place.folder, columns: 100, rows: 24 },
      env: { ...env, PATH: `${place.folder}:${env.PATH}`, NO_COLOR: '1' },
    });
    await terminal.begin(`wickr-bulk update users.csv --network-id 12345678 --rate ${RATE} --out run`);
    await terminal.until(/\[y\/N\/d\]/);
    await sleep(THINKING);
    await terminal.answer('y');
    const first = await looks(terminal, ROWS / 3);
    expect((await run(['pause', 'run'], { env, cwd: place.folder })).code).toBe(0);
    await sleep(THINKING);
    expect((await run(['continue', 'run'], { env, cwd: place.folder })).code).toBe(0);
    const second = await looks(terminal, (2 * ROWS) / 3);
    await terminal.interrupt();
    await terminal.end();
    await terminal.begin('wickr-bulk resume run');
    const third = await looks(terminal, ROWS);
    await until(async () => /\[0\]\$/.test(await terminal.screen()));
    // At a fixed rate the rows that are left say how long the rest takes.
    const wrong = [...first, ...second, ...third]
      .map((look) => ({ ...look, truth: (1000 * (ROWS - look.done)) / RATE }))
      .filter(({ done, truth }) => done >= ROWS / 10 && truth > 5000)
      .map((look) => ({ ...look, share: Math.abs(look.left / look.truth - 1) }));
    expect(wrong.length).toBeGreaterThan(20);
    expect(wrong.filter(({ share }) => share > 0.2)).toEqual([]);
  },
);
