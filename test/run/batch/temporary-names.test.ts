/** Whoever has a temporary username gets a lasting one again, whatever happens, or the report says who did not. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/emulator/faults/fault-rule.js';
import type { Emulator } from '../../../src/emulator/server.js';
import {
  applyPlan,
  type Logger,
  planUpdate,
  readRunStatus,
  resumeRun,
  type UpdateOptions,
  undoRun,
} from '../../../src/index.js';
import { silentLogger } from '../../../src/run/options/table/logger.js';
import { readJournal } from '../../../src/run/state/journal.js';
import { renderStatus } from '../../../src/screen/status.js';
import { outcomes, reachOf, serviceOf, summaryOf, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const idOf = (at: number) => String(10_000_001 + at);
const users = ['a@x.org', 'b@x.org', 'c@x.org'].map((username, at) => ({ userId: idOf(at), username }));
const swap = 'userId,username\n10000001,b@x.org\n10000002,a@x.org\n';
const usernames = (emulator: Emulator) => [...emulator.users.values()].map(({ username }) => username);
const compared = { keepBefore: true, allowTemporaryNames: true };
const plain = { allowTemporaryNames: true };

/** A run that is stopped as soon as so many updates were answered. */
async function stoppedAfter(
  updates: number,
  options: Partial<UpdateOptions>,
  emulator: Emulator,
  content = swap,
) {
  const stopping = new AbortController();
  let seen = 0;
  const trace = ({ operation }: { operation?: unknown }) => {
    if (operation === 'UpdateUser') seen += 1;
    if (seen === updates) stopping.abort();
  };
  const logger: Logger = { ...silentLogger, trace };
  const given = { ...options, stopping: stopping.signal, logger, concurrency: 1 };
  return updateIn(place, content, given, emulator);
}

const resumed = (emulator: Emulator, options = {}) =>
  resumeRun(place.path('run'), { ...reachOf(emulator), rate: 5000, maxAttempts: 1, ...options }).summary;

const byRow = async () =>
  (await outcomes(place.path('run/report.csv'))).toSorted((one, other) => one.row - other.row);

describe.each([
  ['a run that compares', compared],
  ['a run that does not', plain],
])('%s', (_, options) => {
  it.each([1, 2])('that is stopped after %i updates of a swap is finished by resume', async (updates) => {
    const emulator = await place.emulate({ users });
    const summary = await stoppedAfter(updates, options, emulator);
    expect(summary.statuses.unprocessed).toBeGreaterThan(0);
    const [first] = await byRow();
    expect(first).toMatchObject({ status: 'unprocessed', temporaryName: true });
    const left = { count: 1, rows: [1] };
    expect(summary.temporaryNames).toEqual(left);
    const status = await readRunStatus(place.path('run'));
    expect(status.temporaryNames).toEqual(left);
    expect(renderStatus(status)).toContain('\n1 user has or may have a temporary username: row 1\n');
    expect(first?.message).toContain('a temporary username');
    const ended = await resumed(emulator);
    expect(ended.statuses).toMatchObject({ updated: 2, conflict: 0 });
    expect(ended.temporaryNames).toBeUndefined();
    expect(usernames(emulator)).toEqual(['b@x.org', 'a@x.org', 'c@x.org']);
    expect((await byRow()).every(({ temporaryName }) => temporaryName === undefined)).toBe(true);
    expect((await readJournal(place.path('run/journal.jsonl'))).temporaryNames.size).toBe(0);
  });

  it('gives the former username back if a resumed swap comes to nothing', async () => {
    const emulator = await place.emulate({ users });
    await stoppedAfter(1, options, emulator);
    emulator.setFaults([{ kind: 'echo', userId: '10000002' }]);
    expect((await resumed(emulator)).statuses).toMatchObject({ failed: 2 });
    expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
    expect((await byRow())[0]?.message).toContain('the user has the former username again');
  });

  it('gives it back if somebody else has taken the wanted username meanwhile', async () => {
    const emulator = await place.emulate({ users });
    await stoppedAfter(1, options, emulator);
    emulator.edit('10000002', { username: 'z@x.org' });
    emulator.edit('10000003', { username: 'b@x.org' });
    await resumed(emulator);
    expect(usernames(emulator)[0]).toBe('a@x.org');
    expect(usernames(emulator)[2]).toBe('b@x.org');
  });

  it('leaves a user alone whom somebody else has given another username meanwhile', async () => {
    if (options === plain) return;
    const emulator = await place.emulate({ users });
    await stoppedAfter(1, options, emulator);
    emulator.edit('10000001', { username: 'z@x.org' });
    expect((await resumed(emulator)).statuses.conflict).toBeGreaterThan(0);
    expect(usernames(emulator)[0]).toBe('z@x.org');
    expect((await byRow())[0]?.temporaryName).toBeUndefined();
  });

  it('whose answer to the temporary step is lost gives the former username back', async () => {
    const lost: FaultRule = { kind: 'reset-after', userId: '10000001', times: 1 };
    const emulator = await place.emulate({ users, faults: [lost] });
    const given = { ...options, maxAttempts: 1 };
    const summary = await updateIn(place, swap, given, emulator);
    expect(summary.statuses).toMatchObject({ unprocessed: 2 });
    expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
    expect((await byRow())[0]?.message).toContain('the user has the former username again');
  });

  it('says so if the answer to the temporary step is lost and no other attempt gets through', async () => {
    const emulator = await place.emulate({
      users,
      faults: [
        { kind: 'reset-after', userId: '10000001', times: 1 },
        { kind: 'throttle', userId: '10000001' },
      ],
    });
    await updateIn(place, swap, { ...options, throttlePatienceMs: 100 }, emulator);
    const [first] = await byRow();
    expect(first).toMatchObject({ status: expect.stringMatching(/failed|unprocessed/), temporaryName: true });
    expect((await readJournal(place.path('run/journal.jsonl'))).temporaryNames.size).toBe(1);
  });

  it('says so, in message and column, if it cannot be given back', async () => {
    const emulator = await place.emulate({
      users,
      faults: [{ kind: 'echo', userId: '10000001', after: 1 }],
    });
    await updateIn(place, swap, options, emulator);
    const [first, second] = await byRow();
    expect(first).toMatchObject({ status: 'failed', temporaryName: true });
    expect(first?.message).toMatch(/the user has a temporary username$/);
    expect(second?.temporaryName).toBeUndefined();
  });
});

it.each([
  ['compares', { keepBefore: true }],
  ['does not', {}],
])(
  'a chain in a run that %s goes on at once, though reads show who had the usernames',
  async (_, options) => {
    // The clock stands still, so that every read is older than the run.
    const now = Date.now();
    const emulator = await place.emulate({ users, readLag: 60_000, now: () => now });
    const chain = 'userId,username\n10000001,b@x.org\n10000002,d@x.org\n';
    expect((await stoppedAfter(1, options, emulator, chain)).statuses.updated).toBe(1);
    expect((await resumed(emulator)).statuses).toMatchObject({ updated: 2 });
    expect(usernames(emulator)).toEqual(['b@x.org', 'd@x.org', 'c@x.org']);
  },
);

it('the journal knows the name before the service does', async () => {
  const emulator = await place.emulate({ users, faults: [{ kind: 'hang', userId: '10000001', times: 1 }] });
  const stopping = new AbortController();
  const running = updateIn(place, swap, { ...plain, stopping: stopping.signal, timeoutMs: 300 }, emulator);
  await emulator.arrival(1);
  const entry = JSON.parse((await readFile(place.path('run/journal.jsonl'), 'utf8')).split('\n')[0] ?? '');
  expect(entry).toMatchObject({ kind: 'temporary-name', row: 1, userId: '10000001', from: 'a@x.org' });
  expect(entry.via).toBe('a.tmp10000001@x.org');
  await running;
});

it('a plan that is stopped in the midst of a swap is finished by resume, and nobody is a conflict', async () => {
  const emulator = await place.emulate({ users });
  const plan = place.path('plan.jsonl');
  const input = await place.write('swap.csv', swap);
  await planUpdate({ ...serviceOf(emulator), input, planFile: plan, allowTemporaryNames: true }).summary;
  const stopping = new AbortController();
  const trace = ({ operation }: { operation?: unknown }) => {
    if (operation === 'UpdateUser') stopping.abort();
  };
  const logger: Logger = { ...silentLogger, trace };
  const reach = { ...reachOf(emulator), rate: 5000 };
  const run = applyPlan(plan, { ...reach, folder: place.path('run'), logger, concurrency: 1 });
  expect((await summaryOf(run, stopping.signal)).statuses.unprocessed).toBe(2);
  expect((await resumed(emulator)).statuses).toMatchObject({ updated: 2, conflict: 0 });
  expect(usernames(emulator)).toEqual(['b@x.org', 'a@x.org', 'c@x.org']);
});

describe('somebody who changes a user between the two steps of a rename', () => {
  const named = users.map((user) => ({ ...user, firstName: 'Ann' }));
  const rows = 'userId,username,firstName\n10000001,b@x.org,Zoë\n10000002,a@x.org,\n';
  const guarded = { ...compared, maxAgeMs: 1, rate: 50 };

  it('is not overwritten, and the user gets the wanted username', async () => {
    const emulator = await place.emulate({ users: named });
    const editing = emulator.arrival(1).then(() => emulator.edit(idOf(0), { firstName: 'Mine' }));
    await updateIn(place, rows, guarded, emulator);
    await editing;
    expect(emulator.users.get(idOf(0))).toMatchObject({ username: 'b@x.org', firstName: 'Mine' });
    const [first] = await byRow();
    expect(first).toMatchObject({ status: 'conflict', errorFields: ['firstName'], changed: ['username'] });
    expect(first?.temporaryName).toBeUndefined();
  });

  it('and gives the user another username, has the last word', async () => {
    const emulator = await place.emulate({ users: named });
    const editing = emulator.arrival(2).then(() => emulator.edit(idOf(0), { username: 'z@x.org' }));
    await updateIn(place, rows, guarded, emulator);
    await editing;
    expect(usernames(emulator)).toEqual(['z@x.org', 'a@x.org', 'c@x.org']);
    const [first] = await byRow();
    expect(first).toMatchObject({ status: 'conflict', errorFields: ['username'] });
    expect(first?.temporaryName).toBeUndefined();
  });
});

it('a swap goes through though reads are older than its first step', async () => {
  const clock = { ms: Date.now() };
  const emulator = await place.emulate({ users, readLag: 60_000, now: () => clock.ms });
  // Both users are read for the plan and before they are sent, and the first one again before the second step.
  void emulator.arrival(6, 'GetUser').then(() => {
    clock.ms += 61_000;
  });
  const summary = await updateIn(place, swap, { ...compared, maxAgeMs: 1 }, emulator);
  expect(summary.statuses).toMatchObject({ updated: 2 });
  expect(usernames(emulator)).toEqual(['b@x.org', 'a@x.org', 'c@x.org']);
});

it('undo gives the former username back to a user who is still on a temporary one', async () => {
  const emulator = await place.emulate({ users, faults: [{ kind: 'echo', userId: idOf(0), after: 1 }] });
  await updateIn(place, swap, compared, emulator);
  expect((await byRow())[0]).toMatchObject({ temporaryName: true });
  emulator.setFaults([]);
  const run = undoRun(place.path('run'), { ...reachOf(emulator), folder: place.path('undo') });
  expect((await run.summary).statuses).toMatchObject({ updated: 2, conflict: 0 });
  expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
});

it('a conflict after a failed attempt has freed no username: who waits for it is not sent', async () => {
  const emulator = await place.emulate({ users, faults: [{ kind: '500', userId: '10000001', times: 1 }] });
  const plan = place.path('plan.jsonl');
  const named = swap.replace('username', 'username,firstName').replaceAll('@x.org', '@x.org,New');
  const input = await place.write('swap.csv', named);
  await planUpdate({ ...serviceOf(emulator), input, planFile: plan, allowTemporaryNames: true }).summary;
  const editing = emulator.arrival(1).then(() => emulator.edit('10000001', { firstName: 'Mine' }));
  const reach = { ...reachOf(emulator), rate: 5000, maxAgeMs: 1 };
  await applyPlan(plan, { ...reach, folder: place.path('run') }).summary;
  await editing;
  expect(await byRow()).toMatchObject([
    { status: 'conflict', errorFields: ['firstName'] },
    { status: 'failed', errorCode: 'EarlierRowFailed', attempts: 0 },
  ]);
  expect(usernames(emulator)).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
});
