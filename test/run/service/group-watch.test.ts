/** A security group that rows name is renamed while they wait: nobody else is put into it. */
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../../src/emulator/server.js';
import { applyPlan, planUpdate, reconcileUsers, resumeRun, type Summary } from '../../../src/index.js';
import { GroupWatch } from '../../../src/run/service/group-watch.js';
import { Stop } from '../../../src/run/service/stop-switch.js';
import { reachOf, serviceOf, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const ROWS = 8;
const ids = Array.from({ length: ROWS }, (_, i) => String(10_000_001 + i));
const byName = `userId,securityGroupNames\n${ids.map((id) => `${id},Sales\n`).join('')}`;
/** So that what is known of the groups is always too old. */
const old = { maxAgeMs: 1, concurrency: 1 };

/** A network with nobody in the group. */
async function network(): Promise<{ emulator: Emulator; sales: { id: string; name: string } }> {
  const emulator = await place.emulate({ users: ROWS });
  const [everyone, sales] = emulator.groups;
  if (!everyone || !sales) throw new Error('the network has fewer groups');
  for (const id of ids) emulator.edit(id, { securityGroupIds: [everyone.id] });
  return { emulator, sales };
}

const jobs: Record<string, (emulator: Emulator) => Promise<Summary>> = {
  update: (emulator) => updateIn(place, byName, old, emulator),
  'update that reads its users': (emulator) =>
    updateIn(place, byName, { ...old, maxAgeMs: 1, keepBefore: true }, emulator),
  'update that reads users back': (emulator) => updateIn(place, byName, { ...old, canary: 1 }, emulator),
  reconcile: async (emulator) => {
    const input = await place.write('users.csv', byName);
    const caps = { maxChanges: '100%', maxGroupDrain: '100%' };
    const options = { ...serviceOf(emulator), ...old, ...caps, rate: 5000, input };
    return reconcileUsers({ ...options, folder: place.path('run') }).summary;
  },
  apply: async (emulator) => {
    const input = await place.write('users.csv', byName);
    const planFile = place.path('plan.jsonl');
    await planUpdate({ ...serviceOf(emulator), input, planFile, rate: 5000 }).summary;
    const options = { ...reachOf(emulator), ...old, rate: 5000, folder: place.path('run') };
    return applyPlan(planFile, options).summary;
  },
};

describe.each(Object.entries(jobs))('%s', (_, job) => {
  it.each([
    ['is renamed', (sales: { name: string }) => Object.assign(sales, { name: 'Legal hold' })],
    [
      'is gone, and another one has its name',
      (sales: { id: string }) => Object.assign(sales, { id: 'Another1' }),
    ],
  ])('stops once the group %s', async (_what, change) => {
    const { emulator, sales } = await network();
    const before = sales.id;
    const changing = emulator.arrival(3).then(() => change(sales));
    const summary = await job(emulator);
    await changing;
    expect(summary.stopped).toMatchObject({ code: 'GROUPS_CHANGED' });
    expect(summary.statuses).toMatchObject({ unprocessed: ROWS - emulator.counts.UpdateUser });
    // The third was on its way.
    expect(emulator.counts.UpdateUser).toBe(3);
    const members = ids.filter((id) => emulator.users.get(id)?.securityGroupIds?.includes(before));
    expect(members.length).toBeLessThanOrEqual(3);
  });
});

it('a run that was stopped by it goes on once the group has its name again', async () => {
  const { emulator, sales } = await network();
  const changing = emulator.arrival(3).then(() => Object.assign(sales, { name: 'Legal hold' }));
  await updateIn(place, byName, old, emulator);
  await changing;
  Object.assign(sales, { name: 'Sales' });
  const { statuses, stopped } = await resumeRun(place.path('run'), { ...reachOf(emulator), rate: 5000 })
    .summary;
  expect([statuses.updated, stopped]).toEqual([ROWS, undefined]);
});

it('a group that users only leave may get another name', async () => {
  const { emulator } = await network();
  const changing = emulator
    .arrival(3)
    .then(() => Object.assign(emulator.groups[0] ?? {}, { name: 'All of us' }));
  const { statuses, stopped } = (await jobs.apply?.(emulator)) ?? {};
  await changing;
  expect([statuses?.updated, stopped]).toEqual([ROWS, undefined]);
});

it('groups that are not old are not read again', async () => {
  const { emulator } = await network();
  expect((await updateIn(place, byName, {}, emulator)).statuses.updated).toBe(ROWS);
  expect(emulator.counts.ListSecurityGroups).toBe(1);
});

it('rows that look at the same time share one request', async () => {
  let reads = 0;
  let answer = () => {};
  const watch = new GroupWatch({
    ...{ readAt: Number.NEGATIVE_INFINITY, maxAge: 60_000, stop: new Stop(), areAsMeant: () => true },
    read: () => {
      reads += 1;
      return new Promise((resolve) => {
        answer = () => resolve([]);
      });
    },
  });
  expect(watch.isFresh(false)).toBe(false);
  const looks = [watch.look(), watch.look(), watch.look()];
  answer();
  expect(await Promise.all(looks)).toEqual(['holds', 'holds', 'holds']);
  expect([reads, watch.isFresh(false)]).toEqual([1, true]);
});
