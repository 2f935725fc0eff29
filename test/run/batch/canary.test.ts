import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { exitCodeOfRun, withExitCode } from '../../../src/cli/exit-codes.js';
import type { FaultRule } from '../../../src/emulator/faults/fault-rule.js';
import { type Canary, resumeRun } from '../../../src/index.js';
import { outcomes, reachOf, renames, serviceOf, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();

describe('a canary', () => {
  it('is sent before any other row and read back; then the rest follows', async () => {
    const emulator = await place.emulate({ users: 60 });
    const asked: Canary[] = [];
    const confirm = async (canary: Canary) => {
      asked.push(canary);
      expect(emulator.counts).toMatchObject({ UpdateUser: 10, GetUser: 10 });
      return true;
    };
    const summary = await updateIn(place, renames(60), { canary: 10, confirm }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 0, statuses: { updated: 60 } });
    expect(asked).toMatchObject([{ sent: 10, left: 50 }]);
    expect(emulator.counts.GetUser).toBe(10);
  });

  it('shows the users in the order of the file, though the first row was answered last', async () => {
    const faults = [{ kind: '500', userId: '10000001', times: 1 }] as const;
    const emulator = await place.emulate({ users: 20, faults });
    const asked: Canary[] = [];
    const confirm = async (canary: Canary) => asked.push(canary) > 0;
    await updateIn(place, renames(20), { keepBefore: true, canary: 3, confirm }, emulator);
    expect(asked[0]?.users.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it.each<[string, FaultRule]>([
    ['is refused', { kind: 'echo' }],
    ['is not as asked', { kind: 'altered' }],
  ])('stops the run if a row %s; resume sends the rest', async (_, fault) => {
    const emulator = await place.emulate({ users: 60, faults: [{ ...fault, every: 5 }] });
    const summary = await updateIn(place, renames(60), { canary: 10 }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 4, statuses: { unprocessed: 50 } });
    expect(summary.stopped?.message).toMatch(/of the first 10 rows, row \d+ did not go through as asked/);
    emulator.setFaults([]);
    const { networkId: _id, region: _region, ...service } = serviceOf(emulator);
    const resumed = await resumeRun(summary.folder, { ...service, rate: 5000 }).summary;
    expect(resumed.statuses.unprocessed).toBe(0);
  });

  it.each([
    ['was stopped', false],
    ['was killed', true],
  ])('that %s before it had passed is done again, with its question, by resume', async (_, isKilled) => {
    const emulator = await place.emulate({ users: 60, latency: 5 });
    const stopping = new AbortController();
    const options = { canary: 10, confirm: async () => true, stopping: stopping.signal };
    const running = updateIn(place, renames(60), { ...options, concurrency: 2 }, emulator);
    await emulator.arrival(4);
    stopping.abort();
    const { folder } = await running;
    if (isKilled) await rm(`${folder}/summary.json`);
    const sent = emulator.counts.UpdateUser;
    const asked: Canary[] = [];
    const confirm = async (canary: Canary) => {
      asked.push(canary);
      return asked.length > 1;
    };
    const again = { ...reachOf(emulator), rate: 5000, confirm };
    const declined = await resumeRun(folder, again).summary;
    expect(declined.stopped?.code).toBe('DECLINED');
    expect(emulator.counts.UpdateUser).toBe(sent + 10);
    expect(emulator.counts.GetUser).toBeGreaterThanOrEqual(10);
    const resumed = await resumeRun(folder, again).summary;
    expect(resumed.statuses).toMatchObject({ updated: 60 });
    expect(asked.map(({ sent: rows }) => rows)).toEqual([10, 10]);
  });

  it('that has passed is not done again by resume', async () => {
    const emulator = await place.emulate({ users: 60, latency: 5 });
    const stopping = new AbortController();
    const options = { canary: 10, stopping: stopping.signal, concurrency: 2 };
    const running = updateIn(place, renames(60), options, emulator);
    await emulator.arrival(35);
    stopping.abort();
    const { folder } = await running;
    const read = emulator.counts.GetUser;
    const confirm = () => Promise.reject(new Error('asked'));
    const resumed = await resumeRun(folder, { ...reachOf(emulator), rate: 5000, confirm }).summary;
    expect(resumed.statuses.updated).toBe(60);
    expect(emulator.counts.GetUser).toBe(read);
  });

  it('stops the run if the answer is no', async () => {
    const emulator = await place.emulate({ users: 60 });
    const summary = await updateIn(place, renames(60), { canary: 5, confirm: async () => false }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 4, statuses: { updated: 5, unprocessed: 55 } });
    expect(summary.stopped?.message).toContain('as you answered');
  });

  it('takes other rows instead of those that were held back', async () => {
    const emulator = await place.emulate({ users: 20 });
    const asked: (Canary & { updates: number | undefined })[] = [];
    const confirm = async (canary: Canary) => {
      asked.push({ ...canary, updates: emulator.counts.UpdateUser });
      return true;
    };
    const onProgress = () => {
      if (emulator.counts.UpdateUser) return;
      for (const row of [1, 2, 3]) emulator.edit(`1000000${row}`, { lastName: 'Mine' });
    };
    const options = { keepBefore: true, maxAgeMs: 1, canary: 3, confirm, onProgress };
    const summary = await updateIn(place, renames(20), options, emulator);
    expect(summary.statuses).toMatchObject({ conflict: 3, updated: 17 });
    expect(asked).toMatchObject([
      { sent: 3, left: 14, updates: 3, networkId: '12345678', canBeUndone: true },
    ]);
    // Rows 1 to 3 were held back.
    const users = ['10000004', '10000005', '10000006'].map((userId) => {
      const username = emulator.users.get(userId)?.username;
      return expect.objectContaining({ userId, username });
    });
    expect(asked[0]?.users.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual(users);
  });

  it.each([
    ['before', 20, { sent: 1, left: 21 }],
    ['if there are only such rows, before all of', 0, { sent: 0, left: 2 }],
  ])('asks %s rows that exchange usernames', async (_, others, question) => {
    const emulator = await place.emulate({ users: 30 });
    const names = () => ['10000001', '10000002'].map((userId) => emulator.users.get(userId)?.username);
    const before = names();
    const asked: Canary[] = [];
    const confirm = async (canary: Canary) => {
      expect(names()).toEqual(before);
      asked.push(canary);
      return asked.length > 1;
    };
    const lines = Array.from({ length: others }, (_, at) => `${10000011 + at},,New\n`).join('');
    const swap = `userId,username,firstName\n10000001,${before[1]},\n10000002,${before[0]},\n${lines}`;
    const options = { canary: 1, confirm, allowTemporaryNames: true };
    const { folder, stopped, statuses } = await updateIn(place, swap, options, emulator);
    expect(stopped?.code).toBe('DECLINED');
    expect(statuses.updated).toBe(question.sent);
    expect(names()).toEqual(before);
    const resumed = await resumeRun(folder, { ...reachOf(emulator), rate: 5000, confirm }).summary;
    expect(resumed.statuses.updated).toBe(others + 2);
    expect(asked[0]).toMatchObject(question);
    expect(names()).toEqual(before.toReversed());
  });

  it('is left out if the run is no longer than the canary, or than `canaryAbove`', async () => {
    const emulator = await place.emulate({ users: 60 });
    const confirm = () => Promise.reject(new Error('asked'));
    const short = { canary: 10, confirm, folder: place.path('short') };
    expect(exitCodeOfRun(await updateIn(place, renames(10), short, emulator))).toBe(0);
    const above = { canary: 10, canaryAbove: 60, confirm };
    expect(exitCodeOfRun(await updateIn(place, renames(60), above, emulator))).toBe(0);
    expect(emulator.counts.GetUser).toBe(0);
  });
});

describe('--verify', () => {
  it('reads a share of the changed users back', async () => {
    const emulator = await place.emulate({ users: 200 });
    const summary = await updateIn(place, renames(200), { verify: '25%' }, emulator);
    expect(exitCodeOfRun(summary)).toBe(0);
    expect(emulator.counts.GetUser).toBeGreaterThan(15);
    expect(emulator.counts.GetUser).toBeLessThan(90);
  });

  it('finds a username that was not taken, which no answer to an update shows', async () => {
    const emulator = await place.emulate({ users: 3, faults: [{ kind: 'ignored' }] });
    const content = 'userId,username\n10000001,new.name@example.com\n';
    const summary = await updateIn(place, content, { verify: '100%', skipRenameCheck: true }, emulator);
    expect(withExitCode(summary)).toMatchObject({ exitCode: 3, statuses: { mismatch: 1 } });
    const [line] = await outcomes(summary.report);
    expect(line).toMatchObject({ errorCode: 'Mismatch', errorFields: ['username'] });
  });

  it('does not take back a yes that it cannot check', async () => {
    const emulator = await place.emulate({
      users: 3,
      faults: [{ kind: '500', operation: 'GetUser' }],
    });
    const summary = await updateIn(place, renames(1), { verify: '100%', maxAttempts: 1 }, emulator);
    expect(summary.statuses.updated).toBe(1);
    expect((await outcomes(summary.report))[0]?.message).toContain('could not be read back');
  });
});
