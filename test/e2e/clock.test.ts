/** This machine's clock is set while the command works: nothing waits for it, nothing is refused, no time is out of order. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { firstOf } from '../length.js';
import { environmentOf, notRenamed, outcomes, renames, useWorkplace } from '../workplace.js';
import { start } from './command.js';

const place = useWorkplace();
const ROWS = 60;
const MINUTES = 60_000;

/** Sets the clock by this much (ms) at each SIGUSR2, in turn. */
const settable = (
  steps: readonly number[],
) => `const Real = Date; const steps = ${JSON.stringify(steps)}; let off = 0;
globalThis.Date = class extends Real {
  constructor(...given) { given.length === 0 ? super(Real.now() + off) : super(...given); }
  static now() { return Real.now() + off; }
};
process.on('SIGUSR2', () => { off += steps.shift() ?? 0; process._rawDebug('clock set'); });`;

it.each(
  firstOf(2, [
    ['back and forward', 'update', [-10 * MINUTES, 20 * MINUTES]],
    ['forward and back', 'reconcile', [10 * MINUTES, -20 * MINUTES]],
    ['back, twice', 'reconcile', [-10 * MINUTES, -10 * MINUTES]],
    ['forward, twice', 'update', [10 * MINUTES, 10 * MINUTES]],
  ] as const),
)('%s, by ten minutes, during %s', async (_name, verb, steps) => {
  // Faults, so that there are waits for another attempt, and throttles.
  const faults = [{ kind: '500' as const, share: 0.2 }];
  const emulator = await place.emulate({ users: ROWS, latency: 20, rate: 60, burst: 5, seed: 3, faults });
  await place.write('users.csv', renames(ROWS));
  const own = verb === 'update' ? ['--keep-before'] : ['--max-changes', '100%', '--max-renames', '100%'];
  const args = [verb, 'users.csv', '--network-id', '12345678', '--out', 'run', ...own, '--max-age', '1'];
  const { child, ended } = start([...args, '--concurrency', '8'], {
    cwd: place.folder,
    env: {
      ...environmentOf(emulator, place.folder),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(settable(steps))}`,
    },
  });
  const { UpdateUser: before } = emulator.counts;
  for (const sent of [15, 35]) {
    await Promise.race([emulator.arrival(before + sent), ended]);
    child.kill('SIGUSR2');
  }
  const { code, stdout, stderr } = await ended;
  expect(stderr.match(/clock set/g)).toHaveLength(2);
  expect([code, stdout.split('\n')[0]]).toEqual([0, `${ROWS} rows: ${ROWS} updated`]);
  expect(notRenamed(emulator, ROWS)).toEqual([]);
  // A signature from ten minutes away is one that AWS refuses.
  expect([...emulator.statuses.keys()].filter((status) => status === 401 || status === 403)).toEqual([]);
  const lines = await outcomes(place.path('run/report.csv'));
  const firstSent = Math.min(...lines.map(({ startedAt = 0 }) => startedAt));
  for (const { startedAt = 0, finishedAt = 0 } of lines) {
    expect(finishedAt - startedAt).toBeGreaterThanOrEqual(0);
    expect(finishedAt - firstSent).toBeLessThan(9 * MINUTES);
  }
  const summary = JSON.parse(await readFile(place.path('run/summary.json'), 'utf8'));
  const [from, to] = [summary.startedAt, summary.finishedAt].map((time: string) => Date.parse(time));
  expect(to).toBeGreaterThanOrEqual(from as number);
  expect((to as number) - (from as number)).toBeLessThan(9 * MINUTES);
});
