/** An update that looks at its users first: how many requests that takes, and that what it keeps is what they were. */

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.js';
import { resumeRun, undoRun, updateUsers } from '../../src/index.js';
import { isLong, size } from '../length.js';
import { outcomes, reachOf, renames, serviceOf, until, updateIn, useWorkplace } from '../workplace.js';

const place = useWorkplace();

/** The rows of `renames` in an order that has nothing to do with the list of users. */
function shuffled(rows: number): string {
  const [head = '', ...lines] = renames(rows).trim().split('\n');
  const order = lines.map((line, index) => [(index * 7919) % 104_729, line] as const);
  return `${head}\n${order
    .toSorted(([a], [b]) => a - b)
    .map(([, line]) => `${line}\n`)
    .join('')}`;
}

const userIds = (emulator: Emulator) =>
  emulator.requests.flatMap(({ operation, userId }) => (operation === 'UpdateUser' ? [userId ?? ''] : []));

const namesIn = (emulator: Emulator) =>
  [...emulator.users.values()].map(({ userId, firstName, lastName }) => [userId, firstName, lastName]);

it.each([
  [true, { changes: expect.objectContaining({ rows: 3, changed: 2, unchanged: 1 }), canBeUndone: true }],
  [false, { canBeUndone: false }],
])('what a run is about to do is told before it does it (keepBefore: %s)', async (keepBefore, told) => {
  const emulator = await place.emulate({ users: 3 });
  await updateIn(place, renames(1), { folder: place.path('first') }, emulator);
  const starts: unknown[] = [];
  const onStart = (start: object) => starts.push({ ...start, sent: emulator.counts.UpdateUser });
  await updateIn(place, renames(3), { keepBefore, onStart }, emulator);
  expect(starts).toEqual([
    {
      ...{ networkId: emulator.networkId, networkName: 'Emulated network', rows: 3 },
      ...{ seconds: expect.any(Number), sent: 1, ...told },
    },
  ]);
});

const MANY = size(300, 1000);

describe(`an update of everybody in a network of ${MANY}`, () => {
  it('takes at most a twentieth more requests than one that does not look', async () => {
    const emulator = await place.emulate({ users: MANY });
    const summary = await updateIn(place, shuffled(MANY), { keepBefore: true }, emulator);
    expect(summary.statuses.updated).toBe(MANY);
    expect(emulator.requests.length).toBeLessThanOrEqual(MANY * 1.05);
  });

  it('can be undone, also if it was stopped in the middle and resumed', async () => {
    const emulator = await place.emulate({ users: MANY });
    const before = namesIn(emulator);
    const stopping = new AbortController();
    void emulator.arrival(MANY / 3).then(() => stopping.abort());
    const options = { keepBefore: true, stopping: stopping.signal, rate: 2000 };
    const { statuses, folder } = await updateIn(place, shuffled(MANY), options, emulator);
    expect(statuses.unprocessed).toBeGreaterThan(0);
    const resumed = await resumeRun(folder, { ...reachOf(emulator), rate: 5000 }).summary;
    expect(resumed.statuses).toMatchObject({ updated: MANY, unprocessed: 0 });
    const rows = (await outcomes(resumed.report)).map(({ row }) => row);
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: MANY }, (_, i) => i + 1));
    // No user was sent twice.
    expect(new Set(userIds(emulator)).size).toBe(emulator.counts.UpdateUser);
    const options2 = { ...reachOf(emulator), rate: 5000, folder: place.path('undo') };
    expect((await undoRun(folder, options2).summary).statuses.updated).toBe(MANY);
    expect(namesIn(emulator)).toEqual(before);
  });
});

describe('rows in the order of the list', () => {
  /** Where each user stands in the service's list, active users first. */
  const listed = (emulator: Emulator): string[] =>
    [2, 1].flatMap((status) => {
      const users = [...emulator.users.values()].filter((user) => (user.status ?? 2) === status);
      return users
        .toSorted((a, b) => ((a.username ?? '') < (b.username ?? '') ? -1 : 1))
        .map(({ userId }) => userId);
    });

  it('are each sent once, page by page, if most users are changed', async () => {
    const emulator = await place.emulate({ users: 400 });
    const summary = await updateIn(place, shuffled(400), { keepBefore: true, concurrency: 1 }, emulator);
    expect(summary.statuses.updated).toBe(400);
    const order = listed(emulator);
    const pages = userIds(emulator).map((userId) => Math.floor(order.indexOf(userId) / 100));
    expect(new Set(pages).size).toBe(4);
    expect(pages.filter((page, i) => i > 0 && page !== pages[i - 1])).toHaveLength(3);
  });

  it('stay in that of the file if few users are changed', async () => {
    const emulator = await place.emulate({ users: 400 });
    const content = shuffled(90);
    await updateIn(place, content, { keepBefore: true, concurrency: 1 }, emulator);
    const asked = content
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0]);
    expect(userIds(emulator)).toEqual(asked);
  });
});

describe('users who were listed too long ago', () => {
  it('are read again by the page', async () => {
    const emulator = await place.emulate({ users: 600 });
    const options = { keepBefore: true, rate: 300, maxAgeMs: 1000 };
    const summary = await updateIn(place, shuffled(600), options, emulator);
    expect(summary.statuses.updated).toBe(600);
    // The list, and once more what was too old by then; not a read for each of some 300 users.
    expect(emulator.counts.ListUsers).toBeGreaterThan(7);
    expect(emulator.counts.ListUsers + emulator.counts.GetUser).toBeLessThan(200);
  });

  it.runIf(isLong)('and whom somebody has changed since, are left alone', async () => {
    const emulator = await place.emulate({ users: 600 });
    const options = { keepBefore: true, rate: 300, maxAgeMs: 500 };
    const last = [...emulator.users.values()].findLast(({ status }) => status === 2)?.userId ?? '';
    void emulator.arrival(100).then(() => emulator.edit(last, { lastName: 'Mine' }));
    const summary = await updateIn(place, shuffled(600), options, emulator);
    expect(summary.statuses).toMatchObject({ updated: 599, conflict: 1 });
    expect(emulator.users.get(last)?.lastName).toBe('Mine');
  });
});

describe('an update whose credentials may not read', () => {
  it.each(['ListUsers', 'GetUser'] as const)(
    '%s stops before it sends anything, and says how it goes without',
    async (operation) => {
      const emulator = await place.emulate({ users: 200, faults: [{ kind: '403', operation, times: 1e9 }] });
      const rows = operation === 'ListUsers' ? 200 : 2;
      const input = await place.write('users.csv', renames(rows));
      const given = { ...serviceOf(emulator), input, rate: 5000 };
      const error = await updateUsers({ ...given, folder: place.path('run') }).summary.catch(
        (it: unknown) => it,
      );
      expect(error).toMatchObject({
        code: 'CREDENTIALS',
        message: expect.stringContaining('nothing was sent'),
        hint: expect.stringContaining('`keepBefore: false`'),
      });
      expect(emulator.counts.UpdateUser).toBe(0);
      const blind = await updateUsers({ ...given, folder: place.path('blind'), keepBefore: false }).summary;
      expect(blind.statuses.updated).toBe(rows);
    },
  );
});

it('what users were is on the disk before any of them is changed', async () => {
  const emulator = await place.emulate({ users: 300, faults: [{ kind: 'hang', operation: 'UpdateUser' }] });
  const input = await place.write('users.csv', renames(300));
  const run = updateUsers({ ...serviceOf(emulator), input, folder: place.path('run'), rate: 5000 });
  await emulator.arrival(1);
  const kept = (await readFile(place.path('run/before.jsonl'), 'utf8')).trim().split('\n');
  expect(kept).toHaveLength(301);
  run.kill();
  await until(() => run.summary.then(() => true));
});
