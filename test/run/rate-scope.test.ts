/** Which requests a limit of the service counts: those of each operation, or all together; over HTTP. */

import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { type UpdateOptions, updateUsers } from '../../src/index.js';
import { openRateMemory } from '../../src/run/state/remembered.js';
import { isLong } from '../length.js';
import { renames, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** Updates so many users; the rates (requests/s) that the updates went at. */
async function update(emulator: Emulator, rows: number, options: Partial<UpdateOptions>) {
  const rates: number[] = [];
  const input = await place.write('users.csv', renames(rows));
  const summary = await updateUsers({
    ...serviceOf(emulator),
    ...{ input, folder: place.path(`run-${options.rateScope}`), ...options },
    onRate: (rate) => {
      if (emulator.counts.UpdateUser > 0) rates.push(rate);
    },
  }).summary;
  expect(summary.statuses.updated).toBe(rows);
  return { throttled: summary.throttled, rates };
}

/** What comes of both scopes, at once. */
const ofBoth = async (measure: (rateScope: 'all' | 'operation') => Promise<number>) => {
  const [together, apart] = await Promise.all([measure('all'), measure('operation')]);
  return { together, apart };
};

it('slow reads slow the updates down only if they are counted together', async () => {
  const { together, apart } = await ofBoth(async (rateScope) => {
    // So many users that each is read by themselves.
    const emulator = await place.emulate({ users: 10_000, rateScope: 'operation', latency: 5 });
    emulator.setRate(15, 1, 'GetUser');
    const { rates } = await update(emulator, 12, { rateScope });
    expect(emulator.counts.GetUser).toBeGreaterThanOrEqual(12);
    return rates[0] ?? Number.NaN;
  });
  // That is the rate of a run that knows nothing yet.
  expect(apart).toBeGreaterThan(19);
  expect(together).toBeLessThan(19);
});

it.runIf(isLong)('a limit on all requests refuses fewer of them if they are counted together', async () => {
  const { together, apart } = await ofBoth(async (rateScope) => {
    const emulator = await place.emulate({ users: 100, rate: 20, burst: 2, latency: 5 });
    await update(emulator, 60, { rateScope, verify: '100%' });
    return emulator.statuses.get(429) ?? 0;
  });
  expect(together).toBeLessThan(apart);
});

it.runIf(isLong)('what an earlier run found of the reads does the updates no harm', async () => {
  const emulator = await place.emulate({ users: 100, rateScope: 'operation', latency: 20 });
  emulator.setRate(10, 1, 'UpdateUser');
  const rateMemory = place.path('rates.json');
  const of = [new URL(emulator.url), emulator.networkId, emulator.credentials] as const;
  const memory = openRateMemory(rateMemory, ...of, 'operation');
  await memory.remember('reads', 5000);
  const { throttled } = await update(emulator, 24, { rateMemory });
  // At 5000/s all would have gone before the first answer.
  expect(throttled).toBeLessThan(20);
  expect((await memory.recall()).reads).toBe(5000);
});
